"""The rest of a clause behind its verb, in its own words, and what anchors it."""

from collections.abc import Sequence
from dataclasses import dataclass

from memory.extraction.rules.everyday.again import AGAIN
from memory.extraction.rules.general.lexicon import IDIOMS, THE_IDIOMS, TURNING, VAGUE_HEADS
from memory.extraction.rules.text.foods import FOODS
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import (
    ADVERBS,
    BE,
    FUNCTION_WORDS,
    MODALS,
    PREPOSITIONS,
    spelled_number,
)
from memory.extraction.rules.text.phrases import Cursor, is_proper, join_tokens
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

LONGEST = 18
"""Tokens of a tail; a longer one is prose."""
_TAKEN = words(
    "other another former only sometimes occasionally instead except without apart rather more less fewer most eyes"
)
BLOCKED = (
    (TURNING - _TAKEN)
    | BE
    | MODALS
    | words(
        """will shall has had does did i we he she they himself somehow anyway this these crazy mad insane hell
    bananas wild miracle sake fun arms lap"""
    )
)
"""What makes the rest of a clause something else than was said, or begins another one."""
PARTICLES = words("in out up down off away back over round around on along through by")
_OWN = ("the", "a", "an", "some", "my", "our", "any", "his", "her", "their", "its")
_HUGE = words("hundred thousand million billion zillion")
"""Without a number before it as good as a sigh."""
_MARKS = frozenset(",-/&%+'’.£$€#")
_HOURS = words(
    """noon midnight half quarter lunchtime dawn dusk third fourth fifth sixth seventh eighth ninth tenth eleventh
    twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth easter
    christmas"""
)


@dataclass(frozen=True)
class Tail:
    """`text` without the days in it that pass, `joint` the preposition or particle that it opens with, `dated` those
    days. `again`: it says how often. `counted`: a number stands in it; `anchored`: that, a name or a time that comes
    again."""

    text: str
    joint: str
    tokens: Sequence[Token]
    dated: Sequence[str]
    again: bool
    counted: bool
    anchored: bool

    @property
    def is_bare(self) -> bool:
        return not self.text and not self.joint


def read_tail(cursor: Cursor) -> Tail | None:
    """All of it; None where something in it is not plain."""
    rest = list(cursor.tokens[cursor.at :])
    kept, dated = _without_dates(rest)
    if len(kept) > LONGEST or not _is_plain(kept) or any(token.kind == "time" for token in kept):
        return None
    cursor.at = len(cursor.tokens)
    again = any(token.kind == AGAIN for token in kept)
    joint = _joint(kept)
    text = _text(kept[1:] if joint else kept)
    if joint and not text:
        return (
            None if joint not in PARTICLES else Tail("", joint, kept, dated, again=False, counted=False, anchored=False)
        )
    counted = any(_counts(token) for token in kept)
    return Tail(text, joint, kept, dated, again=again, counted=counted, anchored=is_anchored(kept))


def _without_dates(rest: Sequence[Token]) -> tuple[list[Token], list[str]]:
    """The rest, and the days that stand at its ends."""
    kept = list(rest)
    while kept and (kept[-1].kind == "time" or kept[-1].text in ",." or kept[-1].low in _LAST):
        kept.pop()
    while len(kept) > 1 and kept[-1].low in _BY_ONESELF:
        kept.pop()
    if len(kept) > 3 and kept[-1].low == "it" and kept[-2].low in ("on", "in", "with"):
        kept = kept[:-2]  # `has a fridge on it`
    while kept and (kept[0].kind == "time" or kept[0].low in ADVERBS or kept[0].text == ","):
        kept.pop(0)
    begin, end = (kept[0].start, kept[-1].end) if kept else (0, 0)
    outside = [token for token in rest if token.kind == "time" and not begin <= token.start < end]
    return kept, [token.text for token in outside]


_BY_ONESELF = words("myself ourselves himself herself themselves")
"""`fixed the roof myself`; behind nothing it is what is done something to."""
_LAST = ADVERBS | words("here there too though")


def _is_plain(kept: Sequence[Token]) -> bool:
    for at, token in enumerate(kept):
        if token.kind == "mark" and token.text not in _MARKS:
            return False
        crazed = token.low == "nuts" and (at == 0 or kept[at - 1].low not in _BEFORE_NUTS)
        hour = token.low == "am" and at > 0 and kept[at - 1].kind == "number"
        if (
            crazed
            or (token.low in BLOCKED and not hour)
            or _is_figure(kept, at)
            or _begins_anew(kept, at)
            or _is_sigh(kept, at)
        ):
            return False
    hour = len(kept) > 1 and kept[-1].low in ("after", "before") and _counts(kept[-2])  # `120 after`
    return not kept or hour or kept[-1].low not in PREPOSITIONS - PARTICLES


_BEFORE_NUTS = words("or and tree no pine of eat with without any for the brazil cashew , eggs dairy")


def _is_sigh(kept: Sequence[Token], at: int) -> bool:
    """`a million times`, `all day`; not `nine thousand a year`, `all my copper`."""
    if kept[at].low == "all":
        return kept[at + 1].low not in ("my", "our", "the", "of", "her", "his", "their") if at + 1 < len(kept) else True
    before = kept[at - 1] if at else None
    counted = before is not None and (before.kind == "number" or spelled_number(before.low) is not None)
    return kept[at].low.rstrip("s") in _HUGE and not counted


def _is_figure(kept: Sequence[Token], at: int) -> bool:
    """`lose my mind`, `run the show`; not `an eye clinic`, `the road to York`, `bake a cake`."""
    token = kept[at]
    if token.kind != "word" or token.is_capital or token.low in FOODS | {"cake", "cakes", "pie", "eggs", "beef"}:
        return False
    compound = at + 1 < len(kept) and kept[at + 1].is_word and kept[at + 1].low not in FUNCTION_WORDS
    if compound:
        return False
    if token.low == "tooth" and at > 0 and kept[at - 1].low in ("first", "front", "baby", "milk", "wisdom", "back"):
        return False
    article = at > 0 and kept[at - 1].low == "the" and not (at + 1 < len(kept) and kept[at + 1].low in ("of", "to"))
    bare = token.low in _BARE_FIGURES and (at == 0 or kept[at - 1].low in PREPOSITIONS)
    return bare or token.low in _FIGURES or (article and token.low in THE_IDIOMS and at == len(kept) - 1)


_FIGURES = (IDIOMS | VAGUE_HEADS) - words("case fact one ones question load loads pile time deal")
_FIGURES |= words("risk news all-nighter promise weather grief fire")
_BARE_FIGURES = words("corners headlines strides ends waves sides trouble care place part notice note stock water")


def _begins_anew(kept: Sequence[Token], at: int) -> bool:
    """`… and Tom sweeps the floor`: a verb of its own behind a coordinator."""
    kinds = {kind for _, kind in VERB_FORMS.get(kept[at].low, ())}
    if not kinds & {"third", "past"} or kinds & {"participle", "base"} or at == 0:
        return False
    before = kept[at - 1]
    joined = any(token.low in ("and", "but", "so", ",") for token in kept[:at])
    return joined and (is_proper(before) or before.low in ("and", "but", "so", ","))


def is_anchored(kept: Sequence[Token]) -> bool:
    """By a number, a name, a date, an hour or a time that comes again."""
    return any(token.kind in ("url", AGAIN) or _counts(token) or is_proper(token) for token in kept)


def _counts(token: Token) -> bool:
    """`one` counts nothing."""
    if token.kind in ("number", "date", "phone") or token.low in _HOURS:
        return True
    spelled = spelled_number(token.low.partition("-")[0])
    return token.kind == "word" and spelled is not None and spelled != 1


def _joint(kept: Sequence[Token]) -> str:
    low = kept[0].low if kept else ""
    return low if low in PREPOSITIONS - {"about", "like", "than"} or low in PARTICLES else ""


def _text(kept: Sequence[Token]) -> str:
    begin = int(bool(kept) and kept[0].low in _OWN)
    return join_tokens(kept[begin:])
