"""How the dated values of one key lie beside each other, whatever is told late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.audit import LARDER
from knowledge.models import Document
from memory.access.contexts import create_context
from memory.extraction.diff import Diff, Modality
from memory.models import Fact, SourceKind
from memory.reconciliation.applying import WriteTarget
from memory.reconciliation.records import Source
from memory.scopes.paths import parse_scopes
from memory.scopes.sets import scope_set_for
from memory.writing.deciding import Writing, decide, write
from memory.writing.searchable import embed_ahead
from tests.memory.reconciliation.story import DAY, Story, related

BEFORE, LATER = DAY - timedelta(days=60), DAY + timedelta(days=30)
WENT, CAME = BEFORE + timedelta(days=10), BEFORE + timedelta(days=20)


def test_an_older_word_gives_way_to_what_is_believed_until_a_plan() -> None:
    story = Story()
    story.tell(related("lives_in", "Porto", valid_from=BEFORE))
    story.tell(related("lives_in", "Braga", valid_from=LATER, modality=Modality.FUTURE))
    story.tell(related("lives_in", "Lisbon"), at=DAY - timedelta(days=1))
    assert {(each.value, each.ended_at) for each in story.facts("lives_in")} == {("Porto", LATER), ("Braga", None)}


def test_a_value_that_came_back_keeps_what_was_so_in_between() -> None:
    story = Story()
    for place, day in (("Porto", 10), ("Lisbon", 20), ("Porto", 0)):
        row = related("lives_in", place, valid_from=BEFORE + timedelta(days=day))
        story.tell(row, at=BEFORE + timedelta(days=30 + day))
    story.tell(related("lives_in", "Porto"), at=DAY)
    story.tell(related("lives_in", "Porto", valid_from=BEFORE), at=BEFORE)
    assert story.one("lives_in").valid_from == DAY
    assert story.values("lives_in", state="superseded") == {"Porto", "Lisbon"}


def test_a_stay_in_the_past_parts_what_was_said_to_last() -> None:
    story = Story()
    story.tell(related("lives_in", "Lisbon", valid_from=BEFORE))
    story.tell(related("lives_in", "Porto", valid_from=WENT, valid_until=CAME))
    assert story.one("lives_in").valid_from == CAME
    before = story.one("lives_in", state="superseded")
    assert (before.value, before.valid_from, before.ended_at) == ("Lisbon", BEFORE, WENT)
    assert story.one("lives_in", state="closed").value == "Porto"


def test_a_plan_that_is_said_to_be_so_begins_by_then() -> None:
    story = Story()
    story.tell(related("lives_in", "Porto", valid_from=LATER, modality=Modality.FUTURE))
    story.tell(related("lives_in", "Porto"), at=DAY + timedelta(days=1))
    assert story.one("lives_in").valid_from == DAY + timedelta(days=1)


@pytest.mark.django_db
def test_what_is_parted_stands_in_the_database_and_is_searched_once() -> None:
    now = timezone.now()
    context = create_context("acme", now=now, actor=LARDER)
    place = WriteTarget(scope_set=scope_set_for(context, parse_scopes(""), now=now), principal=None, turn=None)
    stay = related("lives_in", "Porto", valid_from=WENT, valid_until=CAME)
    for at, row in enumerate((related("lives_in", "Lisbon", valid_from=BEFORE), stay)):
        source = Source(kind=SourceKind.TURN, id=str(at), said_at=DAY)
        decided = decide(Diff(facts=(row,)), place, source=source, now=now)
        write(decided, place, source=source, by=Writing(actor="admin", embedded=embed_ahead([], now=now), now=now))
    chain = [(each.value, each.valid_from, each.ended_at) for each in Fact.objects.order_by("valid_from")]
    assert chain == [("Lisbon", BEFORE, WENT), ("Porto", WENT, CAME), ("Lisbon", CAME, None)]
    found = Document.objects.filter(source=context.source, deleted_at=None).values_list("content", flat=True)
    assert list(found) == ["user · lives in: Lisbon"]


def test_an_older_word_of_what_was_so_then_confirms_it() -> None:
    story = Story()
    story.tell(related("lives_in", "Porto"), at=BEFORE)
    story.tell(related("lives_in", "Lisbon", valid_from=CAME), at=CAME)
    told = story.tell(related("lives_in", "Porto"), at=WENT)
    assert ([each.effect for each in told.told], list(told.created_facts)) == (["confirmed"], [])
    assert [each.value for each in story.facts("lives_in")] == ["Lisbon"]
