"""`X is …`: what somebody answers for, where a thing is, what it is by name or number, and how it is for long."""

from memory.extraction.rules.general.complements import Complements, bare, read_complements
from memory.extraction.rules.general.doer import Doer
from memory.extraction.rules.general.lexicon import JOINED, PLACE_NOUNS, SPANS, STANDINGS, UNITS
from memory.extraction.rules.general.phrases import Phrase, read_phrase
from memory.extraction.rules.general.posts import (
    read_breed,
    read_circle,
    read_condition_of,
    read_counterpart,
    read_fellows,
    read_former_firm,
    read_office,
    read_schooling,
)
from memory.extraction.rules.general.sense import PETS
from memory.extraction.rules.scene import Assertion, Scene
from memory.extraction.rules.text.nouns import NAMELESS, OTHER_RELATIONS, ROLES
from memory.extraction.rules.text.phrases import Cursor, join_tokens
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.clocks import read_when
from memory.extraction.rules.times.moments import MONTHS, WEEKDAYS
from memory.vocabulary.folding import fold_token


def read_copular(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """Behind the verb; nothing for a comparison, a judgement or a mood."""
    start = cursor.at
    for reader in (
        _timed,
        read_office,
        read_schooling,
        read_circle,
        read_condition_of,
        read_fellows,
        read_former_firm,
        _about,
        _joined,
        _placed,
        read_breed,
        _since,
        _standing,
        read_counterpart,
        _identity,
    ):
        cursor.at = start
        if told := reader(cursor, doer, scene):
            return told
    cursor.at = start
    return []


_TIMED = words("days hours shift shifts schedule slot times break breaks")


def _timed(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`my working days are Monday to Thursday`."""
    start = cursor.at
    if not doer.noun or doer.head not in _TIMED or not read_when(cursor):
        return []
    if cursor.take_any(("to", "till", "until", "-", "–", "and")) and not read_when(cursor):
        return []
    value = join_tokens(cursor.tokens[start : cursor.at])
    return doer.tell_itself(value.removeprefix("from ").removeprefix("on "))


def _about(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`my thesis is about phase transitions`."""
    if doer.is_person or not cursor.take("about"):
        return []
    found = read_complements(cursor, objects=True)
    if len(found.objects) != 1 or found.when or found.objects[0].is_counted:
        return []
    more = [f"{joint.replace('_', ' ')} {phrase.text}" for joint, phrase in found.further]
    return doer.tell("about", " ".join([found.objects[0].text, *more]))


_ASKING = sorted(JOINED, key=len, reverse=True)


def _joined(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`in charge of payroll`, `compatible with Linux`."""
    for said in _ASKING:
        start = cursor.at
        if cursor.take(*said.split()):
            joint = cursor.low() if cursor.low() in JOINED[said].split() else ""
            if joint:
                found = read_complements(cursor, objects=False)
                return doer.tell(fold_token(f"{said} {joint}"), _text(found)) if found.further else []
        cursor.at = start
    return []


def _text(found: Complements) -> str:
    """All of it but the first preposition."""
    (_, first), *rest = found.further
    more = [f"{joint.replace('_', ' ')} {phrase.text}" for joint, phrase in rest]
    return " ".join([first.text, *more, *found.when])


_WHERE = words("in on at near behind next close under above inside outside between opposite by")


def _placed(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`on the third floor of the Rialto building`: of a thing, at a place that has a name or is known as one."""
    if cursor.low() not in _WHERE or (doer.is_person and doer.is_speaker):
        return []
    start = cursor.at
    found = read_complements(cursor, objects=False)
    if not found.further or found.when or not all(_is_place(phrase) for _, phrase in found.further):
        return []
    where = doer.is_person or (not doer.noun and doer.refs[0].type == "person")
    return [] if where else doer.tell("location", join_tokens(cursor.tokens[start : cursor.at]))


def _is_place(phrase: Phrase) -> bool:
    last = phrase.tokens[-1]
    numbered = last.kind == "number" and len(phrase.tokens) > 1  # `at Portowa 14`
    return phrase.head in PLACE_NOUNS or (phrase.is_named and (last.is_capital or numbered))


def _standing(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`electric`, `red and white`: in a word, and for long."""
    start = cursor.at
    if not cursor.take_any(STANDINGS):
        return []
    while cursor.low() in ("and", ",") and cursor.low(1) in STANDINGS:
        cursor.at += 2
    value = join_tokens(cursor.tokens[start : cursor.at])
    found = read_complements(cursor, objects=False)
    if found.further and value not in _SOMEWHERE:
        return []
    if value in ("open", "closed") and any(each.casefold().startswith("from ") for each in found.dated):
        return []  # mostly from Monday to Friday of every week
    told = [*(f"{joint} {phrase.text}" for joint, phrase in found.further), *found.when]
    if doer.is_speaker and value in ("closed", "open"):  # the speaker's shop, and not the speaker
        key = "closed" if value == "closed" else "opening_hours"
        return doer.tell(key, bare(" ".join(told))) if found.when else []
    value = " ".join([value, *told])
    return doer.tell("described_as", value)


_FAILING = words("broken down offline ill sick away unavailable empty flat blocked stuck missing injured lame")


def _since(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`broken since Monday`: how something is for a while, where it is told since when."""
    state = cursor.take_any(_FAILING)
    found = read_complements(cursor, objects=False)
    dated = len(found.dated) == 1 and found.dated[0].casefold().startswith("since")
    return doer.tell("status", state) if state and dated and not (found.further or found.when) else []


_SOMEWHERE = words("mandatory optional closed open free")
"""What may be so at one place only."""


_EXTENTS = ("long", "wide", "tall", "high", "deep", "thick", "old")
_HANDLES = words("username handle nickname login callsign id slug hostname alias")


def _identity(cursor: Cursor, doer: Doer, scene: Scene) -> list[Assertion]:
    """`Vattenfall`, `Postgres 16`, `12,000 euros`, `a 2019 Skoda`: what has a name or a number."""
    if doer.is_speaker or (not doer.noun and doer.refs[0].type == "person"):
        return []
    start = cursor.at
    phrase = read_phrase(cursor)
    if phrase is None or phrase.pointer in ("his", "her", "their", "its"):
        return []
    if phrase.pointer in ("my", "our") and not (phrase.is_named and phrase.tokens[-1].is_capital and doer.is_person):
        return []
    if phrase.is_counted and cursor.low() in UNITS and cursor.low(1) in SPANS:
        cursor.at += 2
    elif cursor.low() == "each" or (phrase.is_counted and cursor.low() in _EXTENTS):
        cursor.at += 1
    if cursor.low() in ("with", "at", "in", "to", "for", "from"):
        _past_complements(cursor)
    value = join_tokens(cursor.tokens[start + (phrase.pointer in ("a", "an", "the")) : cursor.at])
    if not _is_telling(phrase, doer, scene):
        return []
    return doer.tell_itself(value)


def _is_nameless(phrase: Phrase) -> bool:
    last = phrase.tokens[-1].low.rstrip("s")
    return bool(set(phrase.text.casefold().split()) & NAMELESS) or last in WEEKDAYS | MONTHS.keys()


def _past_complements(cursor: Cursor) -> None:
    start = cursor.at
    found = read_complements(cursor, objects=False)
    if found.when or found.dated or not cursor.done:
        cursor.at = start


def _is_telling(phrase: Phrase, doer: Doer, scene: Scene) -> bool:
    if doer.head in _HANDLES:
        return len(phrase.tokens) == 1
    if doer.is_person and doer.head in ROLES | OTHER_RELATIONS and not phrase.pointer.strip("my our"):
        return phrase.is_named and phrase.tokens[-1].is_capital and not _is_nameless(phrase)
    if doer.is_person or doer.head in PETS:
        return phrase.is_named and phrase.pointer == "" and scene.is_person(phrase.text)
    if {token.low for token in phrase.tokens} & {"one", "ones", "kind", "type", "sort"}:
        return False
    if phrase.is_counted:
        return bool(doer.noun) or len(phrase.tokens) > 1 or not phrase.text.isdecimal()
    last = phrase.tokens[-1]
    if _is_nameless(phrase):
        return False
    named = phrase.is_named and (last.is_capital or phrase.pointer != "")
    return named and not (doer.bare and not phrase.is_counted)
