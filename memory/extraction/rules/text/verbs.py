"""The verb group of a clause: adverbs, auxiliaries, negation, and what time it speaks of."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from memory.extraction.rules.text.forms import VERB_FORMS
from memory.extraction.rules.text.lexicon import ADVERBS, BE, DO, HAVE
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.words import words


class Tense(StrEnum):
    PRESENT = "present"
    PAST = "past"
    PERFECT = "perfect"
    FUTURE = "future"


@dataclass
class VerbGroup:
    """`ended`: "no longer", "used to", "stopped", "not … any more". `vague`: "recently" and its like."""

    lemma: str = ""
    tense: Tense = Tense.PRESENT
    negated: bool = False
    ended: bool = False
    passive: bool = False
    progressive: bool = False
    began: bool = False
    added: bool = False
    able: bool = False
    vague: str = ""
    actually: bool = False
    plain: bool = False


_BEGINNING = {"start": True, "begin": True}
_CEASING = words("stop quit cease")


def read_verb(cursor: Cursor, *, copula: bool = False) -> VerbGroup | None:
    """The group at the cursor; None where no known verb stands. The copula has the lemma `be`; with `copula` what
    follows it is left alone ("my hobby is painting")."""
    group = VerbGroup(plain=copula)
    auxiliaries: list[str] = []
    while not cursor.done and _step(cursor, group, auxiliaries):
        cursor.at += 1
    if not _main(cursor, group, auxiliaries):
        return None
    _adverbs_after(cursor, group)
    return group


def _adverb(cursor: Cursor, group: VerbGroup) -> bool:
    low = cursor.low()
    if low in ADVERBS:
        group.added |= low in ("also", "too")
        group.actually |= low == "actually"
        return True
    if low in ("not", "never"):
        group.negated = True
        return True
    if low == "no" and cursor.low(1) == "longer":
        group.ended = True
        cursor.at += 1
        return True
    if low in ("formerly", "previously", "once", "originally"):
        group.ended = True
        return True
    return False


_HELPING = BE | DO | HAVE


def _step(cursor: Cursor, group: VerbGroup, auxiliaries: list[str]) -> bool:
    if cursor.kind() == "time":
        return _time(cursor, group, auxiliaries)
    if _adverb(cursor, group) or _phrase(cursor, group, auxiliaries):
        return True
    low = cursor.low()
    if low in _HELPING or low in ("will", "shall", "can", "'s") or (low == "would" and cursor.low(1) == "been"):
        if low not in BE and low in _HELPING and not _is_auxiliary(cursor):
            return False
        auxiliaries.append("had" if low == "would" else low)
        return True
    return _aspect(cursor, group)


def _time(cursor: Cursor, group: VerbGroup, auxiliaries: Sequence[str]) -> bool:
    if group.plain and auxiliaries:
        return False
    group.vague = group.vague or (cursor.low() if cursor.low() in ("recently", "lately") else "")
    return True


def _phrase(cursor: Cursor, group: VerbGroup, auxiliaries: list[str]) -> bool:
    """`used to`, `am going to`: two words that are one auxiliary."""
    helped = bool(auxiliaries) and auxiliaries[-1] in BE
    if cursor.low(1) != "to":
        return False
    if cursor.low() == "used" and not helped:
        group.ended = True
    elif cursor.low() == "going" and helped and _is_verb(cursor.low(2)):
        auxiliaries.append("will")
    else:
        return False
    cursor.at += 1
    return True


def _is_verb(low: str) -> bool:
    return low in VERB_FORMS


def _is_auxiliary(cursor: Cursor) -> bool:
    """Whether `have` and `do` help another verb here."""
    ahead = 1
    while (
        cursor.low(ahead) in ADVERBS
        or cursor.low(ahead) in ("not", "never", "no", "longer", "recently")
        or (cursor.kind(ahead) == "time" and cursor.low(ahead) in ("recently", "lately"))
    ):
        ahead += 1
    low = cursor.low(ahead)
    if cursor.low() in DO:
        return any(kind == "base" for _, kind in VERB_FORMS.get(low, ())) or low == "have"
    return low == "got" or low == "been" or any(kind == "participle" for _, kind in VERB_FORMS.get(low, ()))


def _aspect(cursor: Cursor, group: VerbGroup) -> bool:
    """`started working`, `began to use`, `stopped using`."""
    lemma = next((lemma for lemma, _ in VERB_FORMS.get(cursor.low(), ())), "")
    follows = {kind for _, kind in VERB_FORMS.get(cursor.low(1), ())}
    infinitive = cursor.low(1) == "to" and any(kind == "base" for _, kind in VERB_FORMS.get(cursor.low(2), ()))
    if lemma in _BEGINNING and ("ing" in follows or infinitive):
        group.began = True
    elif lemma in _CEASING and "ing" in follows:
        group.ended = True
    else:
        return False
    group.tense = Tense.PAST if cursor.low() in ("started", "began", "stopped", "ceased", "quit") else group.tense
    cursor.at += int(infinitive)
    return True


def _main(cursor: Cursor, group: VerbGroup, auxiliaries: list[str]) -> bool:
    low = cursor.low()
    _tense_of_auxiliaries(group, auxiliaries)
    last = auxiliaries[-1] if auxiliaries else ""
    copula = last in BE or last == "'s"
    forms = VERB_FORMS.get(low, frozenset())
    kinds = {kind: lemma for lemma, kind in sorted(forms)}
    if copula:
        return _after_be(cursor, group, kinds, last)
    if last in HAVE:
        return _after_have(cursor, group, kinds)
    if "had" in auxiliaries and "been" not in auxiliaries:
        group.tense = Tense.PAST
    return _finite(cursor, group, kinds, low, bool(auxiliaries))


def _tense_of_auxiliaries(group: VerbGroup, auxiliaries: list[str]) -> None:
    if any(low in ("was", "were", "did", "had") for low in auxiliaries):
        group.tense = Tense.PAST
    elif "will" in auxiliaries or "shall" in auxiliaries:
        group.tense = Tense.FUTURE
    elif any(low in HAVE for low in auxiliaries) or ("'s" in auxiliaries and "been" in auxiliaries):
        group.tense = Tense.PERFECT
    group.able = "can" in auxiliaries


_SUFFERED = words(
    """hire employ marry base locate headquarter promote appoint fire make manufacture produce certify found
    establish acquire call name manage supervise"""
)
"""`Dana's hired` is a passive, `Dana's worked` a perfect."""


def _is_had(cursor: Cursor) -> bool:
    """`she's got a bad knee`; `she's got married` came about."""
    low = cursor.low(1)
    came = low in ("to", "it", "up", "out", "in", "over", "off") or low.endswith(("er", "ly"))
    kinds = {kind for _, kind in VERB_FORMS.get(low, ())}
    return bool(low) and (low in _HAD or low.isdecimal() or not (came or "participle" in kinds or low in ADVERBS))


_HAD = words(
    """a an the two three four five six no his her their my our dementia asthma diabetes epilepsy arthritis autism adhd
    dyslexia eczema cancer"""
)


def _after_be(cursor: Cursor, group: VerbGroup, kinds: dict[str, str], auxiliary: str) -> bool:
    group.lemma = "be"
    if auxiliary == "'s" and cursor.low() == "got" and _is_had(cursor):
        group.lemma, group.tense = "have", Tense.PRESENT
        cursor.at += 1
        return True
    if group.plain and cursor.low() not in ("called", "named"):
        return True
    if "ing" in kinds and cursor.low(1) != "'s":
        group.lemma, group.progressive = kinds["ing"], True
        cursor.at += 1
        if group.lemma == "get" and cursor.take_any(("married", "wed")):
            group.lemma, group.passive = "marry", True
    elif "participle" in kinds and cursor.low() not in ("open", "left", "known", "retired"):
        group.lemma, group.passive = kinds["participle"], True
        cursor.at += 1
        if auxiliary == "'s" and group.lemma not in _SUFFERED:
            group.passive, group.tense = False, Tense.PERFECT
    else:
        _dismissed(cursor, group)
    return True


def _dismissed(cursor: Cursor, group: VerbGroup) -> bool:
    """`was laid off`, `got fired`."""
    if not (cursor.take_any(("fired", "dismissed")) or cursor.take("laid", "off") or cursor.take("let", "go")):
        return False
    group.lemma, group.passive = "fire", True
    return True


def _after_have(cursor: Cursor, group: VerbGroup, kinds: dict[str, str]) -> bool:
    if cursor.low() == "got" and not any(kind == "participle" for _, kind in VERB_FORMS.get(cursor.low(1), ())):
        group.lemma, group.tense = "have", Tense.PRESENT
        cursor.at += 1
        return True
    if "participle" not in kinds:
        return False
    group.lemma = kinds["participle"]
    group.tense = Tense.PERFECT if group.tense is not Tense.PAST else group.tense
    cursor.at += 1
    return _got(cursor, group)


def _finite(cursor: Cursor, group: VerbGroup, kinds: dict[str, str], low: str, helped: bool) -> bool:
    if group.began or group.ended:
        kind = next((kind for kind in ("ing", "base") if kind in kinds), "")
        kind = kind or next((kind for kind in ("third", "past") if kind in kinds and not helped), "")
    elif helped:
        kind = "base" if "base" in kinds else ""
    else:
        kind = next((kind for kind in ("base", "third", "past") if kind in kinds), "")
    if low == "cost" and not helped:
        kind = "base"
    if low in ("left", "quit", "found") and not helped:
        kind = "past"
    if not kind:
        return False
    group.lemma = kinds[kind]
    if kind == "past" and not helped:
        group.tense = Tense.PAST
    cursor.at += 1
    return _got(cursor, group)


def _got(cursor: Cursor, group: VerbGroup) -> bool:
    """`got hired`, `got married`: a passive."""
    if group.lemma != "get":
        return True
    participle = next((lemma for lemma, kind in sorted(VERB_FORMS.get(cursor.low(), ())) if kind == "participle"), "")
    if not _dismissed(cursor, group) and participle:
        group.lemma, group.passive = participle, True
        cursor.at += 1
    return True


def _adverbs_after(cursor: Cursor, group: VerbGroup) -> None:
    while not cursor.done and _adverb(cursor, group):
        cursor.at += 1
