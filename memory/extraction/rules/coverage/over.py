"""What is over and may never have been told before: `used to live in Glasgow`, in its own words."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.diff import SELF, Move
from memory.extraction.rules.scene import KIN, Assertion
from memory.extraction.rules.statements.predication import Predication
from memory.extraction.rules.text.forms import VERB_FORMS, form_of
from memory.extraction.rules.text.lexicon import BE
from memory.extraction.rules.text.phrases import join_tokens
from memory.extraction.rules.text.tokens import Token
from memory.extraction.rules.text.words import words

_MOST = 12
"""Words of a value; what is longer stays with what it ended."""
_ENDINGS = (("anymore",), ("any", "more"), ("any", "longer"))


def over(told: Predication, tokens: Sequence[Token]) -> list[Assertion]:
    """`used_to`, or the verb that ended it (`sold`, `left`), of one subject: true even where nothing is known of it."""
    rows, refs = told.assertions, told.refs
    ended = [each for each in rows if each.move is Move.END]
    if told.silent:
        return []  # a denial says nothing of what was so
    if len(ended) == len(rows) == 1 and not refs and (value := rows[0].target or rows[0].value):
        key = rows[0].key
        gone = replace(rows[0], key=f"former_{key}", value=value, target="", target_type="", move=Move.ADD)
        return [replace(gone, unless_ended=key)]
    key, said = _said(tokens) if ended and len(refs) == 1 else ("", ())
    if ended and not key and len(ended) == len(rows) and len(refs) == 1:
        key, said = _done(tokens, told.group.lemma)
    if not said or len(said) > _MOST:
        return []
    ref = refs[0]
    kin = ref.name.startswith(KIN)
    return [
        Assertion(
            entity=SELF if kin else ref.name,
            entity_type="person" if kin else ref.type,
            key=f"{ref.name.removeprefix(KIN)}_{key}" if kin else key,
            value=join_tokens(said[said[0].low in _OWNERS and len(said) > 1 :]),
            inferred=True,
            move=Move.ADD,
            unless_ended=ended[0].key,
            beside=key in ("used_to", "was"),
        )
    ]


_OWNERS = ("my", "our", "his", "her", "their")


def _said(tokens: Sequence[Token]) -> tuple[str, Sequence[Token]]:
    lows = tuple(token.low for token in tokens)
    for at in range(len(lows) - 2):
        if lows[at : at + 2] == ("used", "to"):
            return "used_to", tokens[at + 2 :]
        if lows[at : at + 2] == ("no", "longer"):
            return "used_to", _in_base_form(tokens[max(at - 1, 0)], tokens[at + 2 :])
    width = next((len(each) for each in _ENDINGS if lows[-len(each) :] == each), 0)
    denied = next((at for at, low in enumerate(lows) if low in ("not", "n't")), len(lows))
    return ("used_to", _in_base_form(tokens[0], tokens[denied + 1 : -width])) if width else ("", ())


def _in_base_form(before: Token, said: Sequence[Token]) -> Sequence[Token]:
    """`work at Acme` of `(no longer) works at Acme`, `be with Acme` of `(is no longer) with Acme`; else nothing."""
    if not said:
        return ()
    first = said[0]
    if before.low in BE or before.low in ("'s", "'m", "'re"):
        return (replace(before, text="be", low="be"), *said)
    lemma = next((lemma for lemma, kind in VERB_FORMS.get(first.low, ()) if kind in ("third", "base")), "")
    return (replace(first, text=lemma, low=lemma), *said[1:]) if lemma else ()


_PARTICLES = ("up", "out", "off", "away", "down")


def _done(tokens: Sequence[Token], lemma: str) -> tuple[str, Sequence[Token]]:
    """`sold` the car, `left` Acme: what was done, without its day."""
    if lemma == "be":
        at = next((at for at, token in enumerate(tokens) if token.low in ("was", "were")), len(tokens))
        article = at + 1 < len(tokens) and tokens[at + 1].low in ("a", "an")
        return "was", tokens[at + 1 + article :]
    at = next((at for at, token in enumerate(tokens) if token.low in _STOPPED or _is_past(token, lemma)), len(tokens))
    said = [token for token in tokens[at + 1 :] if token.kind != "time"]
    stopped = at < len(tokens) and tokens[at].low in _STOPPED
    if (
        not said
        or any(token.low in _TURNING or not token.is_word for token in said)
        or (lemma in _BEING and not stopped)
    ):
        return "", ()
    particle = said[0].low if said[0].low in _PARTICLES else ""
    verb = tokens[at].low if stopped else form_of(lemma, "past")
    return "_".join(filter(None, (verb, particle))), said[1 if particle else 0 :]


_STOPPED = words("stopped quit")
_BEING = words("be have get use")
_TURNING = words("and but so because if to not")


def _is_past(token: Token, lemma: str) -> bool:
    return any(each == lemma and kind in ("past", "participle") for each, kind in VERB_FORMS.get(token.low, ()))
