"""Ordinary verbs: what somebody is busy with, what came about without a day, what things do to each other."""

from memory.extraction.rules.everyday.tails import Tail
from memory.extraction.rules.everyday.who import is_somebody
from memory.extraction.rules.general.complements import day_of
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import IDIOMS, THE_IDIOMS, VAGUE_HEADS
from memory.extraction.rules.plain.shape import Telling
from memory.extraction.rules.text.forms import form_of
from memory.extraction.rules.text.lexicon import PREPOSITIONS
from memory.extraction.rules.text.phrases import is_proper
from memory.extraction.rules.text.verbs import Tense, VerbGroup
from memory.extraction.rules.text.words import words

_DETERMINERS = words("a an the my our his her their its some new two three four five six seven eight nine ten")
_NO_OBJECTS = (IDIOMS | THE_IDIOMS | VAGUE_HEADS) - words("tooth game place house part")
_NO_OBJECTS |= words(
    """it them him her us me everything nothing something anything someone everyone myself himself herself mind head
    heart temper nerve voice patience interest touch track sight count control faith grip hand hands show story
    ticket tickets time today ground bet kick laugh sleep tan cold fright shock feel sense ride job's world
    arm leg arms legs soul will argument fight point lie round drink drinks coffee beer lunch dinner meal"""
)


def _is_concrete(tail: Tail, *, most: int = 10) -> bool:
    """Whether an object stands there that is no figure of speech."""
    lows = [token.low for token in tail.tokens]
    owned = {at for at in range(len(lows) - 1) if lows[at] in ("her", "his")}
    nouns = [token.low for at, token in enumerate(tail.tokens) if token.is_word and at not in owned]
    return 0 < len(lows) <= most and bool(nouns) and not set(nouns) & _NO_OBJECTS


_BUSY = {
    "take": "over",
    "cover": "for",
    "sue": "",
    "date": "",
    "pick": "up",
    "drop": "off",
    "build": "",
    "renovate": "",
    "expand": "into to",
    "replace": "",
    "repair": "",
    "fix": "",
    "prepare": "for",
    "recover": "from",
    "look": "after for",
    "work": "on",
    "organise": "",
    "organize": "",
    "represent": "",
    "train": "for",
    "restore": "",
    "develop": "",
    "translate": "",
    "launch": "",
    "open": "",
    "close": "",
    "hire": "",
    "sell": "",
    "move": "to into from",
    "switch": "to from",
    "migrate": "to from",
    "plan": "",
    "buy": "",
    "paint": "",
    "see": "",
    "visit": "",
    "teach": "",
    "study": "",
    "write": "",
    "harvest": "",
    "plant": "",
    "stay": "with at in",
    "run": "for",
    "apply": "for",
}
"""What one is at for a while, with what may stand behind the verb ("" for its object)."""


def read_busy(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    """`is taking over the Berlin office`, `is suing its former supplier`; with a day to come it is a plan."""
    joints = _BUSY.get(group.lemma)
    plain = joints is not None and group.progressive and group.tense is Tense.PRESENT and not group.passive
    somebody = is_somebody(doer) or doer.refs[0].type in ("organisation", "")
    if not plain or joints is None or doer.bare or not somebody or tail.again or not tail.text:
        return None
    if tail.joint and tail.joint not in joints.split():
        return None
    if not tail.joint and group.lemma in ("cover", "look", "run", "take", "apply"):
        return None
    begun = tail.tokens[1 if tail.joint else 0]
    pointed = begun.low in _DETERMINERS or is_proper(begun) or begun.kind == "number"
    named = pointed or tail.anchored or group.lemma in ("study", "teach")
    if not named or not _is_concrete(tail):
        return None
    key = "_".join(filter(None, (form_of(group.lemma, "ing"), tail.joint)))
    if not tail.dated:
        return Telling(doer.tell(f"is_{key}", tail.text), group)
    ahead = len(tail.dated) == 1 and not tail.dated[0].casefold().startswith(("since", "for ", "last"))
    if not ahead:
        return None
    past = "_".join(filter(None, (form_of(group.lemma, "past"), tail.joint)))
    return Telling(doer.tell(past, tail.text, event=True), group, state=False, planned=True)


_CAME_ABOUT = words(
    """buy sell get lose break fix adopt join win order hire plant receive open build rent replace repair install
    finish publish paint sign swap donate inherit import found close organise organize launch acquire collect
    pick drop fire take_over return borrow harvest renovate"""
)
_TRAINED = {
    "train": "in at as with under",
    "study": "in at under",
    "work": "in at for as with",
    "serve": "in",
    "teach": "in at",
    "call": "about",
    "email": "about",
    "write": "about",
    "complain": "about",
    "ask": "about for",
    "report": "",
    "volunteer": "at in for with",
    "qualify": "as in",
    "apply": "for",
    "graduate": "from in",
}
_GENERIC = words("get take return break lose pick drop open close found fire")
"""Behind these a bare plural says nothing yet."""


def read_came_about(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    """`bought goats instead`, `got a new phone`, `trained in Lyon`, `called about her invoice`."""
    past = group.tense in (Tense.PAST, Tense.PERFECT) and not (group.progressive or group.passive)
    dated = [each for each in tail.dated if not each.casefold().startswith(("since", "for ", "until"))]
    if not past or tail.again or len(tail.dated) > 1 or len(dated) != len(tail.dated) or doer.bare:
        return None
    somebody = is_somebody(doer) or doer.refs[0].type in ("organisation", "")
    if not somebody or not tail.text or not _is_concrete(tail):
        return None
    verb = form_of(group.lemma, "past")
    if group.lemma in _TRAINED and tail.joint in _TRAINED[group.lemma].split():
        named = tail.anchored or tail.joint in ("about", "as", "from") or tail.tokens[1].low in _DETERMINERS
        return _event(doer, group, f"{verb}_{tail.joint}", tail.text) if named and group.tense is Tense.PAST else None
    begun = tail.tokens[1 if tail.joint else 0]
    if group.lemma in _TRAINED and begun.low == "about" and "about" in _TRAINED[group.lemma].split():
        return _event(doer, group, f"{verb}_about", _without_article(tail.text.removeprefix("about ")))
    if group.lemma not in _CAME_ABOUT or (tail.joint and (group.lemma, tail.joint) not in _PARTED):
        return None
    pointed = begun.low in _DETERMINERS or is_proper(begun) or begun.kind == "number"
    plural = group.lemma not in _GENERIC and begun.low.endswith("s") and len(tail.tokens) <= 4
    if not (pointed or plural):
        return None
    if group.lemma in _GENERIC and {token.low for token in tail.tokens[1:]} & PREPOSITIONS:
        return None
    key = f"{verb}_{tail.joint}" if tail.joint else verb
    return _event(doer, group, key, tail.text.removesuffix(" instead"))


def _without_article(text: str) -> str:
    return text.removeprefix("the ").removeprefix("an ").removeprefix("a ")


_PARTED = {("pick", "up"), ("drop", "off"), ("take", "over"), ("break", "down")}


def _event(doer: Doer, group: VerbGroup, key: str, value: str) -> Telling:
    return Telling(doer.tell(key, value, event=True), group, state=False)


_UNDERGONE = words(
    """admit discharge promote make_redundant vaccinate diagnose operate christen baptise elect appoint deliver ship
    issue approve reject cancel refund fix repair replace postpone resolve close reopen return publish
    release sign sell build found rebuild restore install plant harvest inspect treat"""
)


def read_undergone(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    """`was admitted on Sunday`, `was made in Mittenwald in 1890`, `was diagnosed with asthma`."""
    past = group.passive and group.tense in (Tense.PAST, Tense.PERFECT) and not group.progressive
    if not past or tail.again or len(tail.dated) > 1 or doer.bare or group.negated:
        return None
    made = group.lemma == "make" and tail.joint in ("in", "by") and tail.anchored and not is_somebody(doer)
    if group.lemma not in _UNDERGONE and not made:
        return None
    verb = form_of(group.lemma, "participle")
    if tail.text and tail.joint in ("in", "by", "to", "with", "from", "at", "on") and _is_concrete(tail):
        return _event(doer, group, f"{verb}_{tail.joint}", tail.text)
    if tail.text or tail.joint or len(tail.dated) != 1:
        return None
    (said,) = tail.dated
    return _event(doer, group, verb, day_of(said))


_OF_SYSTEMS = {
    "talk": "to with",
    "speak": "to",
    "listen": "on to",
    "write": "to",
    "read": "from",
    "publish": "to",
    "send": "to",
    "forward": "to",
    "connect": "to",
    "report": "to",
    "export": "to",
    "call": "",
    "poll": "",
}
_FAULTS = words("error errors message warning timeout crash crashes exception code blue-screen notification screen")


def read_running(doer: Doer, group: VerbGroup, tail: Tail) -> Telling | None:
    """`talks to a Postgres database`, of a system; `gets error E-204`, of whoever reports it."""
    present = group.tense is Tense.PRESENT and not (group.progressive or group.passive or group.negated)
    if not present or tail.dated or tail.again or not tail.text or not _is_concrete(tail):
        return None
    key = "_".join(filter(None, (form_of(group.lemma, "third"), tail.joint)))
    joints = _OF_SYSTEMS.get(group.lemma)
    if doer.refs[0].type == "service" and joints is not None and tail.joint in joints.split() and tail.anchored:
        return Telling(doer.tell(key, tail.text), group)
    faulty = {token.low for token in tail.tokens} & _FAULTS
    if group.lemma in ("get", "see", "show", "throw", "return") and faulty and _is_coded(tail) and not tail.joint:
        return Telling(doer.tell(key, tail.text), group)
    ailing = {token.low for token in tail.tokens} & _AILMENTS and doer.refs[0].type in ("person", "other")
    if group.lemma == "have" and ailing and not doer.is_speaker and not tail.joint and len(tail.tokens) <= 3:
        return Telling(doer.tell("has", tail.text), group)
    if group.lemma == "have" and is_somebody(doer) and tail.tokens[-1].low in _WORN and len(tail.tokens) <= 2:
        return Telling(doer.tell("has", tail.text), group)
    return None


def _is_coded(tail: Tail) -> bool:
    return tail.anchored or any(letter.isdigit() for letter in tail.text)


_WORN = words("braces dentures glasses freckles dimples dreadlocks piercings tattoos crutches stitches shingles")
_AILMENTS = words("fever flu cough infection rash limp diabetes asthma mastitis pneumonia colic lice mange worms leak")
