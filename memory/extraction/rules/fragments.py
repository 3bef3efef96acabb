"""Corrections that are no sentence: `Sorry, Basel`, `I meant Basel, not Bern`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import Move
from memory.extraction.rules.dating import Dates
from memory.extraction.rules.rows import Manner
from memory.extraction.rules.scene import Assertion, Scene
from memory.extraction.rules.text.clauses import Clause
from memory.extraction.rules.text.heads import is_verbal
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS, PREPOSITIONS, SMALL_TALK
from memory.extraction.rules.text.phrases import Cursor, join_tokens, read_name
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words
from memory.extraction.rules.turns import Claims, Discourse
from memory.vocabulary.folding import fold_name

_LEADING = words("in at on to for as with the a an")
_LONGEST = 5


def take_fragment(reading: Discourse, claims: Claims, clause: Clause, *, corrected: bool) -> bool:
    """Whether the clause only names another value. It takes the place of what was said before; else it is unread."""
    tokens, instead_of = _contrast(clause.tokens)
    if (renewed := _renewed(reading, clause)) is not None:
        return _renew(reading, claims, *renewed)
    while tokens and tokens[0].low in _LEADING:
        tokens = tokens[1:]
    if not (corrected or instead_of) or not _is_value(tokens):
        return False
    found = _meant(reading.claims[:-1], instead_of)
    other = _other(found[0].assertions[found[1]][0], tokens, reading.scene) if found else None
    if found is None or other is None:
        claims.unread = True
        return True
    earlier, at = found
    old, dates, manner = earlier.assertions[at]
    earlier.assertions[at] = (other, dates, replace(manner, corrected=True, instead_of=old.target or old.value))
    return True


def _renewed(reading: Discourse, clause: Clause) -> tuple[Assertion, Sequence[Token]] | None:
    """`my manager isn't Kalle any more, it's Triin`: what was ended just before, and what it is instead."""
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    over = [each for each, _, _ in before.assertions if each.move is Move.END] if before else []
    if before is None or before.clause.sentence != clause.sentence or len(over) != 1:
        return None
    lows = clause.lows[1:] if clause.lows[:1] in (("now",), ("but",)) else clause.lows
    tokens = clause.tokens[len(clause.lows) - len(lows) :]
    said = lows[:1] == ("it",) and lows[1:2] in (("'s",), ("is",))
    return (over[0], [each for each in tokens[2:] if each.low != "now"]) if said else None


def _renew(reading: Discourse, claims: Claims, ended: Assertion, tokens: Sequence[Token]) -> bool:
    other = _other(replace(ended, move=None), tokens, reading.scene) if _is_value(tokens) else None
    if other is None:
        return False
    claims.assertions.append((other, Dates(), Manner(span=(claims.clause.start, claims.clause.end))))
    return True


_LEADING_IN = words("sorry no oops wait oh actually well and but yesterday earlier ,")
_SAID = (["i", "said"], ["i", "told", "you"], ["i", "wrote"], ["i", "put"])


def restated(reading: Discourse, clause: Clause, tokens: Sequence[Token]) -> Sequence[Token]:
    """`I said my appointment was Tuesday, it's actually Wednesday`: what was said, with its right value."""
    before = reading.claims[-2] if len(reading.claims) > 1 else None
    it = len(tokens) > 2 and tokens[0].low == "it" and tokens[1].low in ("is", "'s")
    if not it or before is None or before.clause.sentence != clause.sentence:
        return tokens
    said = before.clause.tokens
    lows = [token.low for token in said]
    at = next((at for at, low in enumerate(lows) if low not in _LEADING_IN), 0)  # `if I said …` is a condition
    begin = next((at + len(each) for each in _SAID if lows[at : at + len(each)] == each), 0)
    was = lows.index("was", begin) if begin and "was" in lows[begin:] else 0
    if was <= begin:
        return tokens
    before.unread = False
    before.assertions.clear()
    rest = tokens[3:] if tokens[2].low == "actually" else tokens[2:]
    where = said[was + 1 : was + 2]
    again = where if where and where[0].low in PREPOSITIONS and rest and rest[0].low not in PREPOSITIONS else ()
    return [*said[begin:was], replace(said[was], text="is", low="is"), *again, *rest]


def _contrast(tokens: Sequence[Token]) -> tuple[Sequence[Token], str]:
    """`Basel, not Bern`, `not Bern but Basel`: what is meant, and what is not."""
    lows = [token.low for token in tokens]
    for at in range(1, len(lows) - 2):
        if lows[at : at + 2] == [",", "not"]:
            return tokens[:at], join_tokens(tokens[at + 2 :])
    if lows[:1] == ["not"]:
        at = next((at for at, low in enumerate(lows) if low in (",", "but")), 0)
        return (tokens[at + 1 :], join_tokens(tokens[1:at])) if at else (tokens, "")
    return tokens, ""


def _is_value(tokens: Sequence[Token]) -> bool:
    said = {token.low for token in tokens if not token.is_capital and token.kind != "mark"}
    verbal = any(is_verbal(token) and not token.is_capital for token in tokens)
    small = {token.low for token in tokens if token.kind != "mark"} <= SMALL_TALK
    return 0 < len(tokens) <= _LONGEST and not (verbal or small or said & FUNCTION_WORDS)


def _meant(claims: Sequence[Claims], instead_of: str) -> tuple[Claims, int] | None:
    """What was said of the value that was wrong; without one, the one thing that was said last."""
    for each in reversed(claims):
        for at, (assertion, _, _) in enumerate(each.assertions):
            if instead_of and fold_name(assertion.target or assertion.value) == fold_name(instead_of):
                return each, at
        if each.assertions and not instead_of:
            return (each, 0) if len(each.assertions) == 1 else None
    return None


def _other(assertion: Assertion, tokens: Sequence[Token], scene: Scene) -> Assertion | None:
    """The same claim with the other value, where that may be one."""
    if not assertion.target:
        text = join_tokens(tokens)
        alike = text.isdecimal() == assertion.value.isdecimal()
        return replace(assertion, value=text) if alike else None
    cursor = Cursor(tokens, casual=scene.casual, known=scene.known)
    name = read_name(cursor)
    kind = scene.type_of(name) if name and cursor.done else "none"
    return replace(assertion, target=name) if kind in ("", assertion.target_type) else None
