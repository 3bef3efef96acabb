"""What stands in a text as letters and is none: pictures, fonts, certificates in base64. See docs/decisions/0238."""

import re

from core.long_words import has_long_word

LONG = 256
"""No word, name or path has so many characters."""
DATA = re.compile(r"data:([\w.+-]{1,60}/[\w.+-]{1,60})?((?:;[\w=.-]{1,60}){0,5}),[\w%+/=.~!$&*@:;?-]{64,}")
BREAK = r"(?:\r?\n[ \t>]{0,20}|\\r?\\n|\\n)"
RUN = re.compile(
    rf"(?<![\w+/=-])[\w+/-]{{40,}}(?:{BREAK}[\w+/-]{{40,}})*(?:{BREAK}?[\w+/-]*={{1,2}}(?![\w=]))?", re.ASCII
)
LEAST = ((re.compile("[a-z]"), 8), (re.compile("[A-Z]"), 8), (re.compile("[0-9]"), 50))
"""Of these a payload has one in so many; paths, names and hashes lack one of them."""
GONE = "…"


def without_payloads(text: str) -> str:
    """A `data:` address keeps its type, a long run of base64 becomes a sign that something stood there."""
    if "data:" in text:
        text = DATA.sub(r"data:\1\2", text)
    return RUN.sub(_shown, text) if has_long_word(text, chars=LONG) else text


def _shown(run: re.Match[str]) -> str:
    size = len(run[0])
    if size < LONG or any(len(sign.findall(run[0])) * share < size for sign, share in LEAST):
        return run[0]
    return GONE
