"""Rich text cut into what it is written in: words of control, bytes, braces."""

import re
from collections.abc import Iterator
from typing import NamedTuple

MARK = re.compile(
    rb"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\\Z",
    re.DOTALL,
)
BINARY = "bin"


class Control(NamedTuple):
    """`kind` is `word`, `sign`, `open`, `close` or `text`; a word has its name in `name`, and its number or None."""

    kind: str
    name: str = ""
    number: int | None = None
    body: bytes = b""


def controls(body: bytes) -> Iterator[Control]:
    """Bytes that are announced as binary are passed over."""
    at, size = 0, len(body)
    while at < size:
        found = MARK.match(body, at)
        if found is None:
            at += 1
            continue
        at = found.end()
        kind = found.lastgroup
        if kind in ("word", "number"):
            name, number = found["word"].decode(), int(found["number"]) if found["number"] else None
            if name == BINARY and number:
                at += max(number, 0)
            yield Control("word", name, number)
        elif kind == "hex":
            yield Control("text", "hex", None, bytes.fromhex(found["hex"].decode()))
        elif kind == "sign":
            yield Control("sign", found["sign"].decode("latin-1"))
        elif kind == "brace":
            yield Control("open" if found["brace"] == b"{" else "close")
        elif kind == "text":
            yield Control("text", "", None, found["text"])
