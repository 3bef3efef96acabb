"""What somebody never does: `I don't work Sundays`, `we don't answer emails at weekends`, `I never fly`."""

from collections.abc import Sequence
from dataclasses import replace

from memory.extraction.rules.everyday.situations import inclined
from memory.extraction.rules.everyday.tails import Tail, read_tail
from memory.extraction.rules.everyday.verbs import DENIED
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.words import words

_DOING = words("do does")
_NO_HABIT = words("any much well enough anymore badly")


def read_denial(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """Told under `does_not`, so that it stands beside what one does; a fact that may be known is denied by families."""
    denied = cursor.take_any(("never", *_DOING, "can"))
    if not denied or (denied != "never" and not cursor.take("not")):
        return None
    if denied == "can" and cursor.take("be"):
        return _not_done(cursor, doer)
    cursor.take_any(("really", "usually", "normally"))
    lemma = next((lemma for lemma, kind in VERB_FORMS.get(cursor.low(), ()) if kind in ("base", "third")), "")
    if lemma not in DENIED and not (denied == "can" and lemma in _UNABLE):
        return None
    cursor.at += 1
    limit = _beyond(cursor) if denied == "can" else ""
    tail = read_tail(cursor)
    loose = (_NO_HABIT | {"another"}) - {"well"} if denied == "can" else _NO_HABIT
    if tail is not None and tail.is_bare and denied == "can" and lemma not in _NEVER:
        return None
    if tail is None or tail.dated or {token.low for token in tail.tokens} & loose or (limit and not tail.counted):
        return None
    if lemma in _WITH_TIMES and not (
        tail.again or (tail.counted and lemma == "accept") or (lemma == "do" and _is_kind(tail))
    ):
        return None
    if denied == "can" and lemma == "stand" and doer.is_somebody and _is_disliked(tail):
        return doer.tell("dislikes", tail.text)
    said = " ".join(filter(None, (lemma, limit, tail.joint, tail.text)))
    return doer.tell("cannot" if denied == "can" else "does_not", said)


def _is_disliked(tail: Tail) -> bool:
    """`can't stand the smell of paint`; not `can't stand on one leg` and not `can't stand up straight`."""
    upright = {token.low for token in tail.tokens} & _UPRIGHT
    return not (tail.is_bare or tail.joint or tail.counted or tail.again or upright)


_UPRIGHT = words("up upright straight still long unaided alone properly near without")
_NEVER = words("drive swim cook read walk see hear ride fly ski")
"""What one cannot do at all; who cannot sleep will."""
_UNABLE = words(
    "hear see walk stand climb bend kneel lift carry eat have drink cook sleep reach sit run read sing type drive"
)


def _not_done(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """`cannot be stopped`: of a thing."""
    begin = cursor.at
    participle = any(kind == "participle" for _, kind in VERB_FORMS.get(cursor.low(), ()))
    cursor.at += 1
    tail = read_tail(cursor) if participle and not doer.is_somebody else None
    return doer.tell("cannot", f"be {join_tokens(cursor.tokens[begin:])}") if tail and not tail.dated else None


def read_barred(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """`(are) not allowed candles`, `not good at speaking`: behind the verb that was denied."""
    begin = cursor.at
    if cursor.take("allowed"):
        tail = read_tail(cursor)
        plain = tail is not None and tail.text and not tail.dated and tail.joint in ("", "in", "on", "near", "at")
        return doer.tell("not_allowed", join_tokens(cursor.tokens[begin + 1 :])) if plain else None
    if cursor.take("available"):
        tail = read_tail(cursor)
        said = join_tokens(cursor.tokens[begin:])
        return doer.tell("availability", f"not {said}") if tail is not None and tail.again and not tail.dated else None
    told = inclined(cursor, doer)
    return [replace(each, value=f"not {each.value}") for each in told] if told and cursor.done else None


def _beyond(cursor: Cursor) -> str:
    """`more than`, `anything heavier than`: past which it cannot be."""
    begin = cursor.at
    cursor.take_any(("anything", "owt", "things", "much"))
    if cursor.take_any(("more", "heavier", "longer", "further", "bigger", "higher", "over")):
        cursor.take("than")
        return join_tokens(cursor.tokens[begin : cursor.at])
    cursor.at = begin
    return ""


def _is_kind(tail: Tail) -> bool:
    """`computers`, `gas work`: what somebody leaves to others."""
    return not tail.joint and 0 < len(tail.tokens) <= 5 and all(token.is_word for token in tail.tokens)


_WITH_TIMES = words("work open do serve accept charge wear own")
"""`I don't work at Acme` denies a job."""
