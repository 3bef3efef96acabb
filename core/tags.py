"""Which tag somebody meant who wrote none: `Café` is `cafe`. Pure. See docs/decisions/0242."""

import re
from unicodedata import combining, normalize

LATIN = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ħ": "h",
    "ı": "i",
    "ŧ": "t",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ŋ": "n",
}
"""Letters that no decomposition takes apart."""

_LATIN = str.maketrans(LATIN)
_PLAIN_NAME = re.compile("[\\w\\s:\u0300-\u036f-]+")
MOST_CHARS, MOST_SHOWN = 200, 40


def nearest_tag(text: str) -> str:
    """`Q3 2024` is `q3_2024`; "" where letters would be lost, as of another script."""
    apart = normalize("NFKD", normalize("NFKC", text).casefold())
    bare = "".join(each for each in apart if not combining(each)).translate(_LATIN)
    if any(each.isalnum() and not each.isascii() for each in bare):
        return ""
    return re.sub(r"[^a-z0-9_:\-]+", "_", bare).strip("_:-")


def near_words(text: str) -> str:
    """The end of a sentence that refuses the text as a tag."""
    nearest = nearest_tag(text[:MOST_CHARS])
    return f"the nearest tag is {nearest!r}" if nearest else "no tag is near, as tags have the letters a to z only"


def near_words_in(expression: str, at: int = 0) -> str:
    """The same of what stands at a place of a tag expression, with "; " before it; "" where nothing like a tag does."""
    start = max(expression.rfind(sign, 0, at) for sign in "+|") + 1
    name = re.split(r"[+|]", expression[start:], maxsplit=1)[0].strip()
    if not _PLAIN_NAME.fullmatch(name) or nearest_tag(name) == name:
        return ""
    return f"; for {name[:MOST_SHOWN]!r} {near_words(name)}"
