"""How somebody wants what one has every day: `I drink my coffee black`, `I always want an aisle seat`."""

from memory.extraction.rules.families.assertions import attribute
from memory.extraction.rules.general.phrases import read_phrase
from memory.extraction.rules.scene import ME, Assertion
from memory.extraction.rules.text.foods import FOODS
from memory.extraction.rules.text.lexicon import NEGATIONS, spelled_number
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.words import words

_TAKEN = words("drink take have like eat prefer want order")
_ALWAYS = words("always usually generally normally")
_DRUNK = words("steak eggs egg burger pasta coffee tea espresso cappuccino latte porridge toast")
_MANNERS = words(
    """black white strong weak sweet unsweetened plain hot cold iced decaf rare medium medium-rare
    well-done al-dente runny well bloody raw spicy
    hard-boiled soft-boiled scrambled fried poached toasted dry neat extra very without with milk sugar lemon honey
    oat soy cream and a no of two one spoon spoons dash splash ice only but just sugars"""
)
_BOOKED = words("seat room window table aisle berth cabin sauce dressing receipt invoice bill decaf shower bed pillow")


def read_preference(cursor: Cursor) -> list[Assertion]:
    if not cursor.take("i"):
        return []
    start = cursor.at
    return _had_so(cursor) or _had_in(cursor, start) or _always(cursor, start)


_PUT_IN = words("sugars sugar milk cream honey lemon sweetener sweeteners oat soy almond spoons spoon of")


def _had_in(cursor: Cursor, start: int) -> list[Assertion]:
    """`I take three sugars in my tea and no milk`: what goes into it, and what does not."""
    cursor.at = start
    cursor.take_any(_ALWAYS)
    if not cursor.take_any(("take", "have", "like", "want")):
        return []
    begin = cursor.at
    counted = cursor.kind() == "number" or spelled_number(cursor.low()) is not None or cursor.low() in ("no", "a")
    cursor.at += counted
    cursor.take_all(_PUT_IN)
    how = join_tokens(cursor.tokens[begin : cursor.at])
    if cursor.at == begin + counted or not cursor.take("in", "my"):
        return []
    what = cursor.take_any(_DRUNK | FOODS)
    more = cursor.at
    while not cursor.done and cursor.low() in _PUT_IN | {",", "and", "no", "but"}:
        cursor.at += 1
    said = f"{how} {join_tokens(cursor.tokens[more : cursor.at])}".strip()
    return [attribute(ME, f"{what}_preference", said)] if what and cursor.done else []


def _had_so(cursor: Cursor) -> list[Assertion]:
    """`I take my tea with milk and no sugar`: what, and how."""
    cursor.take_any(_ALWAYS)
    if not cursor.take_any(_TAKEN) or not cursor.take("my"):
        return []
    what = cursor.take_any(_DRUNK | FOODS)
    start = cursor.at
    while not cursor.done and (cursor.low() in _MANNERS or (cursor.low() == "," and cursor.low(1) in _MANNERS)):
        cursor.at += 1
    how = join_tokens(cursor.tokens[start : cursor.at])
    return [attribute(ME, f"{what}_preference", how)] if what and how and cursor.done else []


def _always(cursor: Cursor, start: int) -> list[Assertion]:
    """`I always want an aisle seat`: of what one books or orders."""
    cursor.at = start
    if not cursor.take_any(_ALWAYS) or not cursor.take_any(
        ("want", "book", "choose", "pick", "take", "prefer", "need")
    ):
        return []
    phrase = read_phrase(cursor)
    plain = phrase and phrase.head in _BOOKED and not {token.low for token in phrase.tokens} & NEGATIONS
    return [attribute(ME, f"{phrase.head}_preference", phrase.text)] if phrase and plain and cursor.done else []
