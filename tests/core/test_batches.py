"""Housekeeping over many rows: short transactions, nobody waits, and what is cut short goes on."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import OperationalError, connection

from accounts.audit import LARDER, purge_audit, record
from accounts.models import AuditEntry
from core import batches
from knowledge.deleting.held import approve_held
from knowledge.deleting.trash import (
    delete_rows,
    forget_replaced,
    purge_changes,
    purge_trash,
    sweep_expired,
)
from knowledge.models import Change, Document, HeldDeletion
from knowledge.run_counts import Counts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def two_rows_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)


@pytest.fixture
def somebody_else(db: None) -> Iterator[psycopg.Connection]:
    """Another session on the same database."""
    with psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None}) as other:
        yield other


@pytest.fixture
def expired(push: Callable[..., Counts], now: datetime) -> list[int]:
    """Five documents that have expired since, in two sources."""
    for name in "abcde":
        push({"id": name, "content": name, "source": "wiki" if name < "c" else "hr", "expires_at": now})
    return list(Document.objects.order_by("id").values_list("pk", flat=True))


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(days=400)


def held_by(other: psycopg.Connection, row: int) -> None:
    other.execute("SELECT 1 FROM knowledge_document WHERE id = %s FOR UPDATE", [row])


def transactions(kind: str) -> int:
    """How many transactions the changes of this kind came from."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT xmin::text) FROM knowledge_change WHERE kind = %s", [kind])
        return cursor.fetchone()[0]


def test_a_sweep_commits_every_few_documents(expired: list[int], later: datetime) -> None:
    assert sweep_expired(now=later) == 5
    assert transactions("deleted") == 3


def test_a_sweep_passes_over_what_a_push_holds_and_takes_it_the_next_time(
    expired: list[int], later: datetime, somebody_else: psycopg.Connection
) -> None:
    held_by(somebody_else, expired[4])
    assert sweep_expired(now=later) == 4
    somebody_else.rollback()
    assert sweep_expired(now=later) == 1


def test_a_purge_passes_over_what_somebody_holds(
    expired: list[int], later: datetime, somebody_else: psycopg.Connection
) -> None:
    sweep_expired(now=later)
    held_by(somebody_else, expired[4])
    assert purge_trash(now=later + timedelta(days=30)) == 4
    somebody_else.rollback()
    assert purge_trash(now=later + timedelta(days=30)) == 1


def test_housekeeping_ends_in_time_and_leaves_the_rest_for_the_next_tick(
    expired: list[int], later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "WITHIN_S", 0)
    assert [sweep_expired(now=later) for _ in range(4)] == [2, 2, 1, 0]


def test_all_old_history_goes_however_much_there_is(
    expired: list[int], later: datetime, push: Callable[..., Counts], now: datetime
) -> None:
    for day in range(3):
        push({"id": "a", "content": "a", "expires_at": now + timedelta(days=day + 1)})
        push({"id": "b", "content": f"text {day}"})
        record(LARDER, "provider.update", "wiki", now=now)
    assert forget_replaced(now=later) == 3
    assert purge_changes(now=later) == 5 + 3 + 3
    assert not Change.objects.exists()
    assert purge_audit(now=later) == 3
    assert not AuditEntry.objects.exists()


@pytest.fixture
def held(push: Callable[..., Counts], now: datetime) -> HeldDeletion:
    keys = list("abcde")
    push(*keys)
    return HeldDeletion.objects.create(source="wiki", keys=keys, count=5, live=5, reason="gone", held_at=now)


def test_an_approval_commits_every_few_documents(held: HeldDeletion, later: datetime) -> None:
    assert approve_held(held.pk, now=later, actor=LARDER).deleted == 5
    assert transactions("deleted") == 3


def test_an_approval_that_was_cut_short_is_pending_and_goes_on(
    held: HeldDeletion, later: datetime, somebody_else: psycopg.Connection
) -> None:
    held_by(somebody_else, Document.objects.get(key="d").pk)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    with pytest.raises(OperationalError):
        approve_held(held.pk, now=later, actor=LARDER)
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")  # the connection is a pool's, and outlives the test
    held.refresh_from_db()
    assert (held.state, held.deleted) == ("pending", 2)
    somebody_else.rollback()
    assert approve_held(held.pk, now=later, actor=LARDER).deleted == 5


def test_an_approval_counts_only_what_it_deleted_itself(held: HeldDeletion, later: datetime) -> None:
    delete_rows([Document.objects.get(key="a").pk], now=later, actor="bob")
    assert approve_held(held.pk, now=later, actor=LARDER).deleted == 4
