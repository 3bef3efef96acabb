"""What is not there is a fault of ours, unless the database is of another version than this process."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, ProgrammingError, connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.models import AccessKey
from config.database import AHEAD, BEHIND, tell_outage
from config.postgresql import schema

pytestmark = pytest.mark.django_db(transaction=True)
KNOWLEDGE = ("knowledge", "0001_initial")
NAMELESS: dict[str, Any] = {"name": None}
NEWER = ("knowledge", "0990_newer")


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    schema._asked._known.clear()
    yield
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied(*NEWER)
    if KNOWLEDGE not in recorder.applied_migrations():
        recorder.record_applied(*KNOWLEDGE)


def ask(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("statement", ["SELECT 1 FROM nowhere", "SELECT nothing FROM knowledge_document"])
def test_where_all_migrations_are_applied_it_is_a_fault_of_ours(statement: str) -> None:
    with pytest.raises(ProgrammingError):
        ask(statement)


@pytest.mark.parametrize("statement", ["SELECT 1 FROM nowhere", "SELECT nothing FROM knowledge_document"])
def test_where_migrations_are_missing_the_database_cannot_serve(statement: str) -> None:
    MigrationRecorder(connection).record_unapplied(*KNOWLEDGE)
    with pytest.raises(OperationalError) as told:
        ask(statement)
    assert tell_outage(told.value) == BEHIND


def test_where_a_newer_version_has_migrated_this_process_says_so() -> None:
    with pytest.raises(IntegrityError):
        AccessKey.objects.create(**NAMELESS)
    MigrationRecorder(connection).record_applied(*NEWER)
    schema._asked._known.clear()
    with pytest.raises(OperationalError) as told:
        AccessKey.objects.create(**NAMELESS)
    assert tell_outage(told.value) == AHEAD
