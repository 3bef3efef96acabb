"""Text that says it flows (RFC 3676): a line that ends with a blank goes on in the next one, as deep in quotation."""

from collections.abc import Iterator
from itertools import groupby

SIGNATURE = "-- "
Line = tuple[int, str]
"""How deep it is quoted, and what it says."""


def unflowed(text: str, *, delsp: bool) -> str:
    """Its paragraphs on one line each. With `delsp` the blank at the end of a line is not part of the text: it breaks
    words, addresses and scripts that have no blanks."""
    lines = (_line(line.removesuffix("\r")) for line in text.split("\n"))
    return "\n".join(
        f"{'>' * depth} {said}".rstrip() if depth else said
        for depth, group in groupby(lines, key=lambda line: line[0])
        for said in _paragraphs(group, delsp=delsp)
    )


def _line(line: str) -> Line:
    """Without the blank that was put in front of one that begins with a blank, `From ` or `>`."""
    said = line.lstrip(">")
    return len(line) - len(said), said.removeprefix(" ")


def _paragraphs(lines: Iterator[Line], *, delsp: bool) -> Iterator[str]:
    """An empty line and the mark above a signature end one, whatever the line before them says."""
    held: list[str] = []
    for _, said in lines:
        ends = said in ("", SIGNATURE)
        if ends and held:
            yield "".join(held).rstrip(" ")
            held = []
        if said.endswith(" ") and not ends:
            held.append(said[:-1] if delsp else said)
        else:
            yield "".join([*held, said])
            held = []
    if held:
        yield "".join(held).rstrip(" ")
