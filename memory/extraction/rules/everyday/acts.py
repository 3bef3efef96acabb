"""A verb with the rest of its clause: `charges 55 an hour, 80 at weekends`, `tore my hamstring`, `starts on Monday`."""

from memory.extraction.rules.everyday.meant import is_told
from memory.extraction.rules.everyday.tails import PARTICLES, Tail, read_tail
from memory.extraction.rules.everyday.verbs import (
    ANCHORED,
    CONCRETE,
    HAPPENED,
    OF_THINGS,
    PERSONAL_ALONE,
    SCHEDULED,
    UNDER_WAY,
)
from memory.extraction.rules.general.complements import day_of
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import BROKEN, HAVABLE, STARTED, UNDERGONE
from memory.extraction.rules.general.shapes import Act
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.lexicon import FUNCTION_WORDS
from memory.extraction.rules.text.phrases import Cursor
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words

_KNOWN = CONCRETE | ANCHORED | OF_THINGS


def read_act(cursor: Cursor, doer: Doer, group: VerbGroup) -> Act | None:
    """What the verb group at the cursor does; all that stands behind it, or nothing."""
    to_speaker = cursor.take_any(("me", "us"))
    tail = read_tail(cursor)
    if tail is None or (doer.bare and not tail.anchored) or (to_speaker and group.lemma not in _GIVING):
        return None
    if group.passive:
        return _suffered(group, tail)
    for reader in (_ended, _changed, _scheduled, _so, _planned, _got, _happened):
        if told := reader(doer, group, tail):
            told.key += "_speaker" * bool(to_speaker)
            return told
    return None


_GIVING = words(
    "owe lend pay send bring sell give teach charge call phone text visit email help wake coach mentor train"
)
"""`lends me his trailer`: it is told that he lends it to the speaker."""


def _ended(doer: Doer, group: VerbGroup, tail: Tail) -> Act | None:
    """`no longer do gas work`, `stopped taking cash`."""
    if not group.ended or group.lemma not in _KNOWN or tail.is_bare:
        return None
    return _act(form_of(group.lemma, "third"), tail, state=True)


def _changed(doer: Doer, group: VerbGroup, tail: Tail) -> Act | None:
    """`have swapped to oat milk`."""
    past = group.tense in (Tense.PAST, Tense.PERFECT) and not group.progressive
    if group.lemma not in ("swap", "switch") or not past or tail.joint != "to":
        return None
    plain = 1 < len(tail.tokens) <= 5 and tail.tokens[1].low != "the" and len(tail.dated) <= 1 and not tail.again
    return _act(form_of(group.lemma, "past"), tail) if plain and doer.is_person else None


def _scheduled(doer: Doer, group: VerbGroup, tail: Tail) -> Act | None:
    """`starts on Monday`, `comes to visit in July`: in the present, with its day."""
    present = group.tense is Tense.PRESENT and not group.progressive
    if not present or group.lemma not in SCHEDULED or tail.again or not _is_ahead(tail) or doer.head in _WRITTEN:
        return None
    key = form_of(group.lemma, "third")
    if not tail.text:
        return _on_its_day(key, tail, planned=True)
    begun = group.lemma in ("start", "begin", "finish") and {token.low for token in tail.tokens} & _BEGUN
    return _act(key, tail, planned=True) if tail.joint or begun else None


_BEGUN = STARTED | words("job role post placement contract shift nights leave sabbatical retirement season term")
_WRITTEN = words("story song novel book film movie")


def _is_ahead(tail: Tail) -> bool:
    """`on Monday`, `next week`, `until December`; not `since`, `for two years`, `last week`."""
    return len(tail.dated) == 1 and tail.dated[0].casefold().split(" ")[0] in _AHEAD


_AHEAD = words("on in at next this by tomorrow tonight from")


def _so(doer: Doer, group: VerbGroup, tail: Tail) -> Act | None:
    """What is so, or is done again and again."""
    lasts = any(said.casefold().startswith(("since", "for ")) for said in tail.dated)
    if group.tense is not Tense.PRESENT and not (group.tense is Tense.PERFECT and lasts):
        return None
    if group.progressive and _is_course(group, tail):
        return _act("doing", tail, state=True)
    if group.progressive and group.lemma not in UNDER_WAY and not tail.again:
        return None
    if tail.is_bare:
        alone = group.lemma in PERSONAL_ALONE and doer.is_somebody and not (doer.is_speaker or tail.dated)
        return Act("habit", [form_of(group.lemma, "ing")], state=True) if alone else None
    return _act(form_of(group.lemma, "third"), tail, state=True) if is_told(doer, group, tail) else None


def _is_course(group: VerbGroup, tail: Tail) -> bool:
    """`doing an apprenticeship with Siemens`, `did my training in Manila`."""
    return group.lemma == "do" and not tail.joint and bool({token.low for token in tail.tokens} & _COURSES)


_COURSES = words(
    """apprenticeship course degree placement phd doctorate master's masters bachelor's internship traineeship training
    a-levels o-levels levels gcses hnc hnd nvq btec diploma residency national-service foundation exams"""
)


def _planned(doer: Doer, group: VerbGroup, tail: Tail) -> Act | None:
    """`we're upgrading to 16 next month`, `I'm visiting my aunt in June`."""
    ahead = group.tense is Tense.FUTURE or (group.tense is Tense.PRESENT and group.progressive)
    if not ahead or not _is_ahead(tail) or group.lemma not in _KNOWN | HAPPENED | SCHEDULED or tail.again:
        return None
    form = form_of(group.lemma, "ing" if group.lemma in _TO_COME else "past")
    if not tail.text:
        return _on_its_day(form, tail, planned=True)
    return _act(form, tail, planned=True) if tail.anchored or _has_noun(tail) else None


_TO_COME = words("come pop visit drop stay")
"""`coming_round`: who has not come yet did not come."""


def _has_noun(tail: Tail) -> bool:
    return any(token.is_word and len(token.low) > 2 and token.low not in FUNCTION_WORDS for token in tail.tokens)


def _got(doer: Doer, group: VerbGroup, tail: Tail) -> Act | None:
    """`got a van last spring`: what one may have for long."""
    if group.lemma != "get" or group.tense not in (Tense.PAST, Tense.PERFECT) or group.progressive or tail.joint:
        return None
    heads = [token.low for token in tail.tokens if token.is_word]
    plain = len(tail.tokens) > 1 and tail.tokens[0].low in ("a", "an", "two", "three", "new") and heads[-1] in HAVABLE
    return Act("owns", [tail.text]) if plain and doer.is_person else None


def _happened(doer: Doer, group: VerbGroup, tail: Tail) -> Act | None:
    """`tore my hamstring in March`, `ran four marathons`: with a number, a day, or a part of the body."""
    past = group.tense in (Tense.PAST, Tense.PERFECT) and not group.progressive
    if not past or group.lemma not in HAPPENED or tail.again:
        return None
    if not tail.text:
        return _on_its_day(form_of(group.lemma, "past"), tail)
    said = {token.low for token in tail.tokens}
    if _is_course(group, tail) and tail.anchored:
        return _act(form_of(group.lemma, "past"), tail)
    if group.lemma in ("do", "have", "get") and not said & (UNDERGONE | _HAD_ONCE):
        return None
    if group.lemma in _LOOSE and not (tail.counted or tail.tokens[0].low in _POINTED or said & (BROKEN | _OF_BODIES)):
        return None
    tested = group.lemma in ("pass", "fail") and bool(said & _TESTS)
    if not (tail.counted or tail.dated or tested or said & (BROKEN | _OF_BODIES)):
        return None
    return _act(form_of(group.lemma, "past"), tail)


_LOOSE = words("break tear lose cut drop pull catch crack miss")
_POINTED = words("my our his her their a an")
_TESTS = words("mot exam exams test inspection audit interview theory driving a-levels finals")
_HAD_ONCE = words(
    "jab jabs vaccination attack operation stroke fall accident scan baby twins transplant burglary flood"
)
_OF_BODIES = words(
    "hamstring ligament ligaments tendon achilles calf groin thigh cartilage meniscus acl eye sight hearing tooth"
)


def _on_its_day(key: str, tail: Tail, *, planned: bool = False) -> Act | None:
    """With nothing behind it but its day: in its own words where they stay true."""
    if len(tail.dated) != 1:
        return None
    (said,) = tail.dated
    value = day_of(said)
    return Act(f"{key}_{tail.joint}" if tail.joint else key, [value], planned=planned)


_ARRANGED = words("plan marry schedule assign address register insure postpone name locate")


def _suffered(group: VerbGroup, tail: Tail) -> Act | None:
    """`are weighed on Mondays`, `is sponsored by Cole's`, `was replaced in August`."""
    if group.lemma not in _KNOWN | HAPPENED | _ARRANGED or group.tense is Tense.FUTURE:
        return None
    key = form_of(group.lemma, "participle")
    if group.lemma == "marry" and tail.joint == "with":
        return None
    if group.lemma == "marry" and group.progressive:
        if not tail.text:
            return _on_its_day(key, tail, planned=True)
        return _act(key, tail, planned=True) if tail.joint in ("in", "at") and _is_ahead(tail) else None
    if group.tense is Tense.PRESENT:
        placed = tail.joint not in PARTICLES - {"on", "in"} or " " in tail.text
        return _act(key, tail, state=True) if tail.text and (tail.anchored or tail.joint) and placed else None
    if not tail.text:
        return _on_its_day(key, tail)
    return _act(key, tail) if tail.joint and tail.dated else None


def _act(verb: str, tail: Tail, *, state: bool = False, planned: bool = False) -> Act:
    key = f"{verb}_{tail.joint}" if tail.joint else verb
    again = tail.text if tail.again else ""
    return Act(key, [tail.text], state=state, when=again, planned=planned)
