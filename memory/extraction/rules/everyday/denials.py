"""What somebody never does: `I don't work Sundays`, `we don't answer emails at weekends`, `I never fly`."""

from collections.abc import Sequence

from memory.extraction.rules.everyday.tails import Tail, read_tail
from memory.extraction.rules.everyday.verbs import DENIED
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.words import words

_DOING = words("do does")
_NO_HABIT = words("any much well enough anymore badly")


def read_denial(cursor: Cursor, doer: Doer) -> Sequence[Assertion] | None:
    """Told under `does_not`, so that it stands beside what one does; a fact that may be known is denied by families."""
    denied = cursor.take_any(("never", *_DOING, "can"))
    if not denied or (denied != "never" and not cursor.take("not")):
        return None
    cursor.take_any(("really", "usually", "normally"))
    lemma = next((lemma for lemma, kind in VERB_FORMS.get(cursor.low(), ()) if kind in ("base", "third")), "")
    if lemma not in DENIED:
        return None
    cursor.at += 1
    tail = read_tail(cursor)
    if tail is None or tail.dated or {token.low for token in tail.tokens} & _NO_HABIT:
        return None
    if lemma in _WITH_TIMES and not (tail.again or (lemma == "do" and _is_kind(tail))):
        return None
    said = " ".join(filter(None, (lemma, tail.joint, tail.text)))
    return doer.tell("cannot" if denied == "can" else "does_not", said)


def _is_kind(tail: Tail) -> bool:
    """`computers`, `gas work`: what somebody leaves to others."""
    return not tail.joint and 0 < len(tail.tokens) <= 5 and all(token.is_word for token in tail.tokens)


_WITH_TIMES = words("work open do serve accept charge wear own")
"""`I don't work at Acme` denies a job."""
