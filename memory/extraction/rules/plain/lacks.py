"""What somebody or something has not, or never does at certain times: `our building has no lift`."""

from memory.extraction.rules.everyday.tails import Tail, read_tail
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import IDIOMS
from memory.extraction.rules.plain.shape import Telling
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.phrases import Cursor, read_name
from memory.extraction.rules.text.words import words

_NOT_HAD = IDIOMS | words(
    """way point chance reason doubt need hope harm question rush hurry problem issue wonder use choice regrets
    right business shame fear clue idea place limits limit end future comparison equal intention plan plans
    effect impact meaning interest time patience money energy say"""
)


def read_lack(cursor: Cursor, doer: Doer) -> Telling | None:
    start = cursor.at
    for reader in (_without, _never_then, _never_been):
        cursor.at = start
        if told := reader(cursor, doer):
            return told
    return None


def _never_been(cursor: Cursor, doer: Doer) -> Telling | None:
    """`have never been to Asia`."""
    if not doer.is_somebody or not cursor.take_any(("have", "has")) or not cursor.take("never", "been", "to"):
        return None
    place = read_name(cursor)
    return Telling(doer.tell("never_been_to", place)) if place and cursor.done else None


def _without(cursor: Cursor, doer: Doer) -> Telling | None:
    """Of things; what a person has not denies what may be known of him."""
    if doer.is_somebody or doer.bare or not cursor.take_any(("has", "have")) or not cursor.take("no"):
        return None
    tail = read_tail(cursor)
    plain = tail is not None and tail.text and not (tail.joint or tail.dated or tail.again) and len(tail.tokens) <= 4
    if not plain or tail is None or {token.low for token in tail.tokens} & _NOT_HAD:
        return None
    return Telling(doer.tell("has_no", tail.text))


_CONSUMED = words("eat drink smoke work call answer deliver cook drive run vape snack")
_LIMITS = words("after before on at during")


def _never_then(cursor: Cursor, doer: Doer) -> Telling | None:
    """`never drink coffee after noon`: what one does not do at certain hours, which denies nothing of others."""
    if not doer.is_somebody:
        return None
    lemma = ""
    if cursor.take("never") or cursor.take("do", "not") or cursor.take("does", "not"):
        lemma = next((each for each, kind in VERB_FORMS.get(cursor.low(), ()) if kind in ("base", "third")), "")
        cursor.at += 1
    if lemma not in _CONSUMED:
        return None
    tail = read_tail(cursor)
    if tail is None or tail.dated or not _is_bound(tail):
        return None
    return Telling(doer.tell("does_not", " ".join(filter(None, (lemma, tail.joint, tail.text)))), dateless=True)


def _is_bound(tail: Tail) -> bool:
    lows = [token.low for token in tail.tokens]
    bound = [at for at, low in enumerate(lows) if low in _LIMITS]
    return bool(bound) and (tail.counted or tail.again) and bound[-1] < len(lows) - 1
