"""Times put on claims: since when, until when, and which phrase says that a claim is not of the present."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from memory.extraction.diff import Modality
from memory.extraction.rules.families.tables import EVENTS, STATES
from memory.extraction.rules.scene import Assertion
from memory.extraction.rules.statements import Predication
from memory.extraction.rules.text.verbs import Tense
from memory.extraction.rules.text.words import words
from memory.extraction.rules.times.boundaries import Boundary, TimePhrase
from memory.vocabulary.keys import known_key

_HABITS = words("uses plays teaches learns")
_PASSING = words("status location_now current_focus mood kept_by availability")


@dataclass(frozen=True, kw_only=True)
class Dates:
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    unresolved: str = ""
    future: bool = False


def leans_to_future(statement: Predication) -> bool:
    group = statement.group
    if group.tense is Tense.FUTURE or statement.planned:
        return True
    present = group.tense is Tense.PRESENT
    return present and group.lemma in EVENTS and not statement.general


def _is_habit(key: str) -> bool:
    """`plays`, and what belongs to it (`plays_football_with`)."""
    return key.partition("_")[0] in _HABITS


def read_dates(statement: Predication, phrases: Sequence[TimePhrase], *, spoken: datetime) -> Dates | None:
    """None: said of another time than now, so that nothing is claimed of the present."""
    kinds = {phrase.boundary for phrase in phrases}
    if _are_two(phrases):
        return None
    if Boundary.LASTS in kinds and not _may_last(statement):
        return None
    if Boundary.REPEATS in kinds and not all(_is_habit(each.key) for each in statement.assertions):
        return None
    ended = any(assertion.move == "end" for assertion in statement.assertions)
    fits = _state_fits(statement, kinds, ended) if _is_state(statement) else _event_fits(statement)
    if not fits:
        return None
    dates = _placed(statement, phrases, spoken, ended)
    if dates is None:
        return None
    if leans_to_future(statement) and _needs_future(statement):
        return dates if dates.future else None
    return dates


def _are_two(phrases: Sequence[TimePhrase]) -> bool:
    """`since 2012, together since 2009`: of two things, and which is which nobody can tell."""
    begun = [phrase.at for phrase in phrases if phrase.boundary in (Boundary.FROM, Boundary.LASTS)]
    return len(begun) > 1 and begun[0] != begun[1]


_LASTING = words("live reside work be have study learn know freelance teach play own use drive run lead head")


def _may_last(statement: Predication) -> bool:
    """`charges 12 pounds for an hour` is not since then: of few verbs the present is said with how long it has been."""
    group = statement.group
    if group.lemma == "be" and group.tense is Tense.PRESENT and _is_passing(statement.assertions):
        return False  # `I'm in Riga for a year`: from now on
    return group.tense is not Tense.PRESENT or group.lemma in _LASTING


def _is_state(statement: Predication) -> bool:
    group = statement.group
    return statement.state if statement.general else group.lemma in STATES or group.lemma == "be"


def _state_fits(statement: Predication, kinds: set[Boundary], ended: bool) -> bool:
    group = statement.group
    if ended or group.began:
        return group.tense is not Tense.FUTURE
    if group.tense is Tense.PERFECT:
        return bool(kinds & {Boundary.FROM, Boundary.LASTS}) or (group.passive and group.lemma in ("certify",))
    if group.tense is Tense.PAST:
        return group.passive and group.lemma in ("certify",)
    return True


def _event_fits(statement: Predication) -> bool:
    group = statement.group
    return not (group.ended and not any(assertion.move == "end" for assertion in statement.assertions))


def _needs_future(statement: Predication) -> bool:
    group = statement.group
    if group.tense is Tense.FUTURE or statement.planned:
        return True
    return not (
        group.lemma in ("marry", "study", "divorce") and (group.passive or group.progressive or group.lemma == "study")
    )


def _placed(statement: Predication, phrases: Sequence[TimePhrase], spoken: datetime, ended: bool) -> Dates | None:
    event = any(assertion.event for assertion in statement.assertions) or not statement.state or ended
    placed = Dates()
    for phrase in phrases:
        if phrase.boundary is Boundary.REPEATS:
            continue
        following = _with_phrase(placed, phrase, statement, event=event)
        if following is None:
            return None
        placed = following
    start, end = placed.valid_from, placed.valid_until
    if end is not None and end <= spoken and not ended:
        return None
    if start is not None and start > spoken and statement.group.tense in (Tense.PAST, Tense.PERFECT):
        return None
    return replace(placed, future=start is not None and start > spoken)


def _with_phrase(placed: Dates, phrase: TimePhrase, statement: Predication, *, event: bool) -> Dates | None:
    """The dates with one more phrase; None where it says that this is not of the present."""
    boundary = phrase.boundary
    placed = replace(placed, unresolved=placed.unresolved or ("" if phrase.at or phrase.to else phrase.text))
    if boundary is Boundary.LASTS and event:
        return None
    if boundary in (Boundary.FROM, Boundary.LASTS):
        return replace(placed, valid_from=phrase.at)
    if boundary in (Boundary.UNTIL, Boundary.BY):
        return replace(placed, valid_until=phrase.at)
    if event or statement.group.tense is Tense.FUTURE:
        return replace(placed, valid_from=phrase.at)
    lasting = (
        boundary is Boundary.DURING
        and bool(phrase.to or not _is_passing(statement.assertions))
        and statement.group.tense is Tense.PRESENT
    )
    if lasting and not any(known_key(each.key).single for each in statement.assertions):
        return replace(placed, valid_until=phrase.to)
    if _is_passing(statement.assertions):
        return replace(placed, valid_from=None if boundary is Boundary.DURING else phrase.at, valid_until=phrase.to)
    return None if phrase.at or phrase.to or boundary is not Boundary.AT else placed


def dates_of(phrases: Sequence[TimePhrase], *, event: bool) -> Dates | None:
    """Of what is so in the present, by phrases that its value does not hold; None where one tells of another time."""
    placed = Dates()
    for phrase in phrases:
        if phrase.boundary in (Boundary.FROM, Boundary.LASTS):
            placed = replace(placed, valid_from=phrase.at)
        elif phrase.boundary in (Boundary.UNTIL, Boundary.BY):
            placed = replace(placed, valid_until=phrase.at)
        elif phrase.boundary is Boundary.DURING:
            placed = replace(placed, valid_until=phrase.to)
        elif event:
            placed = replace(placed, valid_from=phrase.at)
        else:
            return None
        if not (phrase.at or phrase.to):
            placed = replace(placed, unresolved=phrase.text)
    return placed


def _is_passing(assertions: Sequence[Assertion]) -> bool:
    return all(assertion.key.rpartition("_")[2] in _PASSING or assertion.key in _PASSING for assertion in assertions)


def modality_of(dates: Dates, *, hedged: bool, reported: bool) -> Modality:
    if reported:
        return Modality.REPORTED
    if hedged:
        return Modality.HEDGED
    return Modality.FUTURE if dates.future else Modality.STATED
