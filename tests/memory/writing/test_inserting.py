"""Many rows of a model go in by COPY, and are what they would be by INSERT."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEntry
from core.ids import new_id
from memory.inserting import MANY, insert_rows
from memory.models import Context, Entity, ScopeSet

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 18, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
ODD = ("\\N", "a\tb\nc\r", "\\.", "é 👩‍🚀", "", '{"x"}', "NULL")


@pytest.fixture
def scope_set(db: None) -> ScopeSet:
    context = Context.objects.create(pk="acme", created_at=NOON, updated_at=NOON)
    return ScopeSet.objects.create(context=context, clauses=[["/"]], digest=b"x")


def entities(scope_set: ScopeSet, count: int, **fields: Any) -> list[Entity]:
    return [
        Entity(
            context=scope_set.context,
            scope_set=scope_set,
            type="thing",
            name=ODD[number % len(ODD)],
            folded=f"thing {number}",
            aliases=list(ODD) if number % 2 else [],
            content_json=[None, {"a": [1.5, True, None]}, "text", 5, []][number % 5],
            created_at=NOON,
            updated_at=NOON.astimezone(UTC),
            **fields,
        )
        for number in range(count)
    ]


def stored() -> list[dict[str, Any]]:
    rows = Entity.objects.order_by("created_at", "folded").values()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def test_many_are_stored_as_few_are(scope_set: ScopeSet) -> None:
    for row in entities(scope_set, MANY + 20):
        insert_rows([row])
    one_by_one = stored()
    Entity.objects.all().delete()
    insert_rows(entities(scope_set, MANY + 20))
    assert stored() == one_by_one


def test_ids_are_those_of_the_rows_or_the_database_s(db: None) -> None:
    entries = [AuditEntry(verb="x", object=f"{number}", actor="me", at=NOON) for number in range(MANY)]
    insert_rows(entries)
    assert AuditEntry.objects.filter(verb="x").count() == MANY
    insert_rows([])


@pytest.mark.parametrize("count", [2, MANY])
def test_what_is_there_already_is_refused_and_nothing_stored(scope_set: ScopeSet, count: int) -> None:
    same = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(entities(scope_set, count, pk=same))
    assert not Entity.objects.exists()
