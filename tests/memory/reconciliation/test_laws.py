"""Laws that hold whatever is said, in whatever order."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ids import new_id
from memory.extraction.diff import Diff, EntityRow, FactRow, Move
from memory.models import FactState
from memory.reconciliation.chains import end_of
from memory.reconciliation.entities import Cast
from memory.reconciliation.records import EntityRecord, KnownRecords
from tests.memory.reconciliation.story import Story, overlapping, related, said

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LAST = FIRST + timedelta(days=400)
PLACES = ("Lisbon", "Porto", "Braga")

days = st.integers(0, 300).map(lambda day: FIRST + timedelta(days=day))
moves = st.sampled_from([Move.STATE, Move.STATE, Move.STATE, Move.CORRECT, Move.END])


@st.composite
def rows(draw: st.DrawFn) -> FactRow:
    move = draw(moves)
    begins = draw(st.none() | days) if move is Move.STATE else None
    if draw(st.booleans()):
        return related("lives_in", draw(st.sampled_from(PLACES)), move=move, valid_from=begins)
    return said("allergic_to", draw(st.sampled_from(["nuts", "cats"])), move=move, valid_from=begins)


turns = st.lists(st.tuples(rows(), days), min_size=1, max_size=8)


@st.composite
def stays(draw: st.DrawFn) -> FactRow:
    """Where somebody lives, from when and until when: over, now or to come."""
    begins, ends = draw(st.none() | days), draw(st.none() | days)
    ends = None if begins and ends and ends <= begins else ends
    return related("lives_in", draw(st.sampled_from(PLACES)), valid_from=begins, valid_until=ends)


ends = st.sampled_from(PLACES).map(lambda place: related("lives_in", place, move=Move.END))
dated_turns = st.lists(st.tuples(stays() | ends, days), min_size=1, max_size=6)


def told(given_turns: list[tuple[FactRow, datetime]]) -> Story:
    story = Story()
    for row, at in given_turns:
        story.tell(row, at=at, now=LAST)
    return story


@given(turns)
@settings(max_examples=150)
def test_one_value_is_believed_and_the_chain_does_not_overlap(given_turns: list[tuple[FactRow, datetime]]) -> None:
    story = told(given_turns)
    believed = [fact for fact in story.facts("lives_in") if fact.ended_at is None and fact.valid_until is None]
    assert len(believed) <= 1
    assert list(overlapping(story.known.facts)) == []


def told_as_time_passes(given_turns: list[tuple[FactRow, datetime]]) -> tuple[Story, datetime]:
    """Some of it late; and the time by then."""
    story, now = Story(), FIRST
    for row, at in given_turns:
        now = max(now, at)
        story.tell(row, at=at, now=now)
    return story, now


def present(story: Story, now: datetime) -> set[str]:
    begun = [fact for fact in story.facts("lives_in") if fact.valid_from is None or fact.valid_from <= now]
    return {fact.value for fact in begun if (end := end_of(fact)) is None or end > now}


@given(dated_turns)
@settings(max_examples=300)
def test_beginnings_and_ends_that_are_stated_leave_no_overlap(given_turns: list[tuple[FactRow, datetime]]) -> None:
    story, now = told_as_time_passes(given_turns)
    assert list(overlapping(story.known.facts)) == []
    assert len(present(story, now)) <= 1


@given(dated_turns)
@settings(max_examples=200)
def test_an_older_word_leaves_the_present_alone(given_turns: list[tuple[FactRow, datetime]]) -> None:
    story, now = told_as_time_passes(given_turns)
    before = present(story, now)
    story.tell(related("lives_in", "Faro"), at=FIRST - timedelta(days=1), now=now)
    assert not before or present(story, now) == before


@given(turns)
@settings(max_examples=100)
def test_times_stand_in_order(given_turns: list[tuple[FactRow, datetime]]) -> None:
    """As the database's constraints ask for."""
    for fact in told(given_turns).known.facts:
        assert fact.ended_at is None or fact.valid_from is None or fact.ended_at >= fact.valid_from
        assert fact.known_until is None or fact.known_until >= fact.known_from


@given(turns)
@settings(max_examples=100)
def test_what_is_said_last_again_only_confirms(given_turns: list[tuple[FactRow, datetime]]) -> None:
    story = told(given_turns)
    row, at = given_turns[-1]
    before = {fact.id: fact.state for fact in story.known.facts}
    if row.move is Move.STATE and story.tell(row, at=at, now=LAST).told[0].effect == "confirmed":
        assert {fact.id: fact.state for fact in story.known.facts} == before


@given(st.permutations(list(zip(PLACES, range(3), strict=True))))
def test_the_latest_word_is_the_present_in_whatever_order_it_comes(order: list[tuple[str, int]]) -> None:
    story = Story()
    for place, month in order:
        story.tell(related("lives_in", place), at=FIRST + timedelta(days=30 * month), now=LAST)
    assert story.values("lives_in") == {"Braga"}
    ended = sorted(story.facts("lives_in", state=FactState.SUPERSEDED), key=lambda each: each.valid_from or FIRST)
    assert [each.value for each in ended] == ["Lisbon", "Porto"]


def test_a_name_is_compared_with_those_alone_who_may_bear_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each new name was compared with all that are known, since none of them has a slug."""
    known = [
        EntityRecord(id=new_id(), type="person", name=f"Ada No{number}", folded=f"ada{number} no")
        for number in range(50)
    ]
    compared: list[str] = []

    def note(one: str, other: str) -> bool:
        compared.append(one)
        return one == other

    monkeypatch.setattr("memory.reconciliation.entities._types_agree", note)
    cast = Cast(KnownRecords(entities=known))
    cast.admit(Diff(entities=[EntityRow(name="Ada7 No", type="person", memory_category="identity")]))
    assert (cast.find("Ada7 No"), len(compared)) == (known[7].id, 1)
