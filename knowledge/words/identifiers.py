"""What people look for by the very string: numbers with points in them, dates, versions, paths, addresses, code.

An identifier is kept beside its words as one more word that holds its punctuation: `10.0.0.12` is not `12.0.0.10`.
What stands inside a longer one is kept, too, behind a sign (`10.0.0.12` in `10.0.0.12:8080`), so that who asks for the
shorter one finds it, and first of all where it stands alone. Words with hyphens are kept written together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from itertools import chain

from knowledge.words.cutting import RUN

INSIDE = "~"
"""Before what stands inside of something longer, and before words without their accents."""

LONGEST = 64
"""Characters; of what is longer a digest is kept."""

_JOINT = r"(?:(?!--|\.\.)[-._@&=?%+~#/\\:]{1,3}|(?<=[0-9]),(?=[0-9]))"
_LEAD = r"(?<![^\W_.])(?:--|::|[.@#](?![.@#]))"
_TRAIL = r"(?:\+\+|\#(?![^\W_]))"
IDENTIFIER = re.compile(rf"(?:{_LEAD})?{RUN}(?:{_JOINT}{RUN})*{_TRAIL}?")
_PARTS = re.compile(r"[/\\@:&=?%+~#,]+")
_SCHEME = re.compile(r"https?://(?:www\.)?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_ABBREVIATION = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})t([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)")
_HYPHENED = re.compile(rf"{RUN}(?:-{RUN}){{1,3}}")


@dataclass(frozen=True, slots=True)
class Identifier:
    """How one is kept, what stands inside of it, its words written together, and where it starts and ends.

    A word with hyphens is none by itself: its `name` is "", and so is that of a number that has its points left out.
    """

    name: str
    inside: tuple[str, ...]
    joined: tuple[str, ...]
    start: int
    end: int


def identifiers_of(folded: str) -> Iterator[Identifier]:
    """In order, with their places in the text."""
    at = 0
    for token in _tokens(folded):
        at = folded.index(token, at)
        for found in _identifiers(token):
            yield replace(found, start=at + found.start, end=at + found.end)
        at += len(token)


def identifiers_in(folded: str) -> Iterator[Identifier]:
    """In order; their places are those in the word that they stand in. Most words are looked at once a process."""
    return chain.from_iterable(map(_remembered, _tokens(folded)))


def _tokens(folded: str) -> list[str]:
    return [token for token in folded.split() if not token.isalnum() or len(token) > LONGEST]


def _remembered(token: str) -> tuple[Identifier, ...]:
    return _known(token) if len(token) <= LONGEST else _identifiers(token)


@lru_cache(maxsize=20_000)
def _known(token: str) -> tuple[Identifier, ...]:
    return _identifiers(token)


def _identifiers(token: str) -> tuple[Identifier, ...]:
    found = IDENTIFIER.finditer(token)
    return tuple(_whole(*each) for each in ((one[0], one.start()) for one in found) if _is_one(each[0]))


def _is_one(text: str) -> bool:
    return not text.isalnum() or len(text) > LONGEST


def _whole(text: str, start: int) -> Identifier:
    end = start + len(text)
    name = _SCHEME.sub("", text).replace("\\", "/")
    if _GROUPED.fullmatch(name):
        name = name.replace(",", "")
        return Identifier("" if name.isdigit() else name, (), (name,) if name.isdigit() else (), start, end)
    if _is_word(name):
        return Identifier("", (), (_together(name),), start, end)
    if _ABBREVIATION.fullmatch(name):
        is_long = len(name) > len("i.e")
        return Identifier(name if is_long else "", (), (name.replace(".", ""),) if is_long else (), start, end)
    parts = [part for part in _PARTS.split(name) if not part.isalnum() and part.strip("-._")]
    parts = [part for part in parts if part != name]
    if instant := _INSTANT.match(name):
        parts += instant.groups()
    inside = [part for part in parts if not _is_word(part)]
    joined = [_together(part) for part in (name, *parts) if _HYPHENED.fullmatch(part) and not part[0].isdigit()]
    return Identifier(_short(name), tuple(map(_short, inside)), tuple(joined), start, end)


def _is_word(text: str) -> bool:
    return "-" in text and not any(map(str.isdigit, text)) and _HYPHENED.fullmatch(text) is not None


def _together(text: str) -> str:
    return text.replace("-", "")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"#{blake2b(name.encode(), digest_size=8).hexdigest()}"
