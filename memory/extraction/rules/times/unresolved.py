"""Times that are told and are no date: `two winters ago`, `the summer before last`, `in my twenties`, `as a child`."""

from collections.abc import Sequence

from memory.extraction.rules.text.lexicon import BE, FUNCTION_WORDS, NUMBERS, spelled_number
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.moments import UNITS

_SEASONS = words("spring summer autumn fall winter christmas easter")
_SPANS = _SEASONS | words("night evening morning afternoon weekend holiday term semester season") | UNITS.keys()
_FEW = words("a an few several many some couple half")
_BETWEEN = words("few couple of good long short odd or so a")
_OWN = words("my his her our their the")
_AGES = words(
    """teens twenties thirties forties fifties sixties seventies eighties nineties childhood youth infancy noughties
    20s 30s 40s 50s 60s 70s 80s 90s 1950s 1960s 1970s 1980s 1990s 2000s 2010s"""
)
_YOUNG = words("child kid teenager teen toddler baby boy girl youngster")


def unresolved_end(tokens: Sequence[Token], at: int) -> int:
    """Where a phrase that begins at `at` ends; 0 for none."""
    lows = [token.low for token in tokens[at : at + 8]]
    width = _ago(lows) or _other(lows) or _of_life(lows)
    if lows[:1] == ["one"] and not width and len(lows) > 1 and lows[1] in _SEASONS:
        width = 2 if len(lows) == 2 or lows[2] in FUNCTION_WORDS or not tokens[at + 2].is_word else 0
    near = {token.low for token in tokens[max(0, at - 2) : at]}
    is_what_one_is = bool(near & (BE | {"'m", "'s", "'re"}))  # `I'm in my twenties`
    return at + width if width and not (is_what_one_is and lows[0] in ("in", "as")) else 0


def _ago(lows: Sequence[str]) -> int:
    """`two winters ago`, `a few summers back`, `a year and a half ago`, `half a year ago`, `three jobs ago`."""
    first = lows[0]
    if first not in _FEW and first not in NUMBERS and not first.isdecimal() and spelled_number(first) is None:
        return 0
    at = 4 if tuple(lows[1:4]) == _HALF else 1
    if lows[2:3] == ["and"] and lows[1] in UNITS:  # `three weeks and two days ago`
        at = 4
    while at < len(lows) and (lows[at] in _BETWEEN or (lows[at - 1] == "good" and lows[at] in NUMBERS)):
        at += 1
    noun = lows[at] if at < len(lows) else ""
    at += 3 if tuple(lows[at + 1 : at + 4]) == _HALF else 0
    ago = lows[at + 1] if at + 1 < len(lows) else ""
    span = noun in _SPANS or noun.removesuffix("s") in _SPANS
    return at + 2 if noun.isalpha() and (ago == "ago" or (ago == "back" and span)) else 0


_HALF = ("and", "a", "half")


def _other(lows: Sequence[str]) -> int:
    """`the other night`, `the summer before last`; and `last Christmas`."""
    if lows[0] == "last" and lows[1:2] in (["christmas"], ["easter"]):
        return 2
    if lows[0] != "the" or len(lows) < 3:
        return 0
    if lows[1] == "other" and lows[2] in _SPANS:
        return 3
    return 4 if lows[1] in _SPANS and lows[2:4] == ["before", "last"] else 0


def _of_life(lows: Sequence[str]) -> int:
    """`in my twenties`, `in the nineties`, `in my early thirties`; `as a child`."""
    if lows[:2] == ["as", "a"] and len(lows) > 2 and lows[2] in _YOUNG:
        return 3
    if lows[0] != "in" or len(lows) < 3 or lows[1] not in _OWN:
        return 0
    at = 3 if lows[2] in ("early", "late", "mid") else 2
    return at + 1 if at < len(lows) and lows[at] in _AGES else 0
