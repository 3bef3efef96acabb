"""What may stand in a frame's slot; a reader moves the cursor or leaves it."""

import re

from memory.extraction.rules.families.assertions import read_technology
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS, spelled_number
from memory.extraction.rules.text.nouns import (
    NAMELESS,
)
from memory.extraction.rules.text.phrases import Cursor, at_boundary, is_proper, join_tokens, read_name
from memory.extraction.rules.text.words import words


def read_price_of(cursor: Cursor) -> str:
    """With its unit of time: `12 quid a month`."""
    start = cursor.at
    cursor.take_any(("only", "now", "still"))
    begin = cursor.at
    price = cursor.attempt(_pounds)
    if not price:
        cursor.at = start
        return ""
    if cursor.low() in ("a", "per", "an", "each") and cursor.low(1) in _PER:
        cursor.at += 2
    else:
        cursor.take_any(("each", "apiece"))
    return join_tokens(cursor.tokens[begin : cursor.at])


_PER = words("month year week day night hour person head kilo kg piece seat licence license user")
_MONEY = words("quid bucks euros euro dollars pounds francs crowns kronor pence cents")


def _pounds(cursor: Cursor) -> str:
    named = cursor.low(1) in _MONEY
    if cursor.kind() != "number" or not (named or cursor.low()[:1] in ("€", "$", "£", "¥")):
        return ""
    cursor.at += 1 + named
    return cursor.low(-1)


def read_count(cursor: Cursor) -> str:
    """`1,400 pallets`, `500 requests per minute`: a number, and what is counted."""
    start = cursor.at
    cursor.take("up", "to")
    if cursor.kind() != "number" and spelled_number(cursor.low()) is None:
        return ""
    cursor.at += 1
    while cursor.kind() == "word" and cursor.at - start < 6 and not _ends_count(cursor):
        cursor.at += 1
    return join_tokens(cursor.tokens[start : cursor.at])


def _ends_count(cursor: Cursor) -> bool:
    return cursor.low() in FUNCTION_WORDS and cursor.low() not in ("per", "a", "every", "people")


_SITE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?|\d{1,3}(?:\.\d{1,3}){3}", re.IGNORECASE)


def read_site(cursor: Cursor) -> str:
    """A URL, a domain with its path, an address of a host."""
    start = cursor.at
    while not cursor.done and (cursor.at == start or cursor.token().start == cursor.tokens[cursor.at - 1].end):  # type: ignore[union-attr]
        cursor.at += 1
    text = join_tokens(cursor.tokens[start : cursor.at]).rstrip(".,")
    return text if _SITE.fullmatch(text) or text.startswith(("http://", "https://")) else ""


def read_called(cursor: Cursor) -> str:
    return read_name(cursor)


def read_software(cursor: Cursor) -> str:
    """`Fedora 40`: known as software by its name."""
    start = cursor.at
    if not read_technology(cursor):
        return ""
    cursor.at += cursor.kind() == "number"
    return join_tokens(cursor.tokens[start : cursor.at])


def read_people(cursor: Cursor) -> str:
    """`eight people`."""
    start = cursor.at
    counted = read_count(cursor)
    cursor.at = (
        cursor.at if counted.endswith((" people", " members", " engineers", " employees", " students")) else start
    )
    return counted if cursor.at > start else ""


def read_proper(cursor: Cursor) -> str:
    """A name, a handle, a bare number, and nothing behind it that would change it."""
    start = cursor.at
    if cursor.take_any(("@", "#")) and cursor.kind() == "word":
        cursor.at += 1
        return join_tokens(cursor.tokens[start : cursor.at])
    name = read_name(cursor)
    return name if name and at_boundary(cursor) and not set(name.casefold().split()) & NAMELESS else ""


def read_street(cursor: Cursor) -> str:
    """`17 Quarry Lane, Flat 3B, Sheffield`: a number, a street by its name, and what follows it to the end."""
    if cursor.kind() != "number" or not is_proper(cursor.token(1)) or not is_proper(cursor.token(2)):
        return ""
    rest = cursor.tokens[cursor.at :]
    if any(token.is_word and not token.is_capital for token in rest):
        return ""
    cursor.at = len(cursor.tokens)
    return join_tokens(rest)
