"""Statistics: exact at every moment, whoever wrote what, and no slower for a large store."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from knowledge.browsing import stats as module
from knowledge.browsing.stats import source_stats, stats, tag_counts
from knowledge.deleting.trash import (
    delete_document,
    delete_rows,
    purge_trash,
    restore_rows,
    sweep_expired,
)
from knowledge.embedding.pending import embed_pending
from knowledge.models import CountDelta, Document, EmbeddingModel, Passage, StoredCount
from knowledge.run_counts import Counts

pytestmark = pytest.mark.django_db


def check(now: datetime) -> None:
    """Every number against a count of the rows."""
    for source in (None, "wiki", "hr", "nobody"):
        live = list(Document.objects.live(now).of_source(source))
        passages = Passage.objects.filter(model__state="active")
        passages = passages.filter(document__source=source) if source else passages
        found = stats(now=now, source=source)
        assert found.documents == len(live)
        assert found.sources == len({each.source for each in live})
        assert found.bytes == sum(len(each.content) for each in live)
        assert found.trash == Document.objects.in_trash().of_source(source).count()
        assert found.passages == passages.count()
        assert found.pending == passages.waiting().count()
        assert found.quarantined == passages.quarantined().count()
        assert found.last_stored_at == max((each.stored_at for each in live), default=None)
        soon = now + timedelta(hours=24)
        assert found.expiring_24h == sum(each.expires_at is not None and each.expires_at <= soon for each in live)
        tags = Counter(tag for each in live for tag in each.tags)
        expected = sorted(tags.items(), key=lambda pair: (-pair[1], pair[0]))
        assert [(row.tag, row.documents) for row in tag_counts(now=now, source=source)] == expected[:1_000]
        assert [(row.tag, row.documents) for row in tag_counts(now=now, source=source, limit=2)] == expected[:2]
    rows = {row.source: row for row in source_stats(now=now)}
    for source, row in rows.items():
        ours = Document.objects.live(now).filter(source=source)
        assert row.documents == ours.count()
        assert row.next_expiry_at == min((each.expires_at for each in ours if each.expires_at), default=None)


def fold() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT knowledge_fold_counts()")


def test_an_empty_store_counts_nothing(db: None, now: datetime) -> None:
    found = stats(now=now)
    assert (found.documents, found.sources, found.last_stored_at) == (0, 0, None)
    assert (tag_counts(now=now), source_stats(now=now)) == ([], [])


@pytest.mark.parametrize("seed", range(4))
def test_the_numbers_are_right_after_every_kind_of_write(
    push: Callable[..., Counts], now: datetime, seed: int, settings: Settings
) -> None:
    rng = random.Random(seed)
    settings.TRASH_DAYS = 0
    push("first of all")

    def some_documents() -> list[dict[str, Any]]:
        return [
            {
                "id": str(rng.randrange(12)),
                "source": rng.choice(["wiki", "hr"]),
                "content": rng.choice(["apples", "bread ☠", "corn " * 900]),
                "tags": rng.sample(["a", "b", "c", "d"], rng.randrange(4)),
                "expires_at": rng.choice([None, now - timedelta(hours=1), now + timedelta(hours=1)]),
            }
        ]

    def rows() -> list[Any]:
        return list(Document.objects.order_by("?").values_list("pk", flat=True)[:3])

    writes = [
        lambda: push(*some_documents()),
        lambda: push(*some_documents(), budget_s=0),
        lambda: push({"id": "only", "content": "kept"}, whole_set_of="wiki"),
        lambda: delete_rows(rows(), now=now, actor="test"),
        lambda: restore_rows(rows(), now=now, actor="test"),
        lambda: sweep_expired(now=now),
        lambda: embed_pending(now=now),
        lambda: purge_trash(now=now + timedelta(seconds=1)),
        lambda: Document.objects.filter(pk__in=rows()).delete(),
        fold,
    ]
    for _ in range(40):
        rng.choice(writes)()
        check(now)


def test_a_renewal_and_a_claim_leave_no_steps(push: Callable[..., Counts], now: datetime) -> None:
    push("one", "two", budget_s=0)
    steps = CountDelta.objects.count()
    push(
        *({"id": text, "content": text, "expires_at": now + timedelta(hours=1)} for text in ("one", "two")), budget_s=0
    )
    Passage.objects.update(not_before=now)
    assert CountDelta.objects.count() == steps


def test_folding_keeps_the_numbers_and_forgets_the_steps(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a", "content": "x", "tags": ["t"]}, "b", "c")
    delete_document("b", source="wiki", now=now, actor="test")
    fold()
    assert not CountDelta.objects.exists()
    check(now)
    fold()
    check(now)


def test_writers_fold_now_and_then(push: Callable[..., Counts], now: datetime) -> None:
    for n in range(60):  # each folds with a chance of about two in five
        push(*({"id": f"{n}/{k}", "content": "x", "tags": [f"t{n}-{k}"]} for k in range(400)), budget_s=0)
        if StoredCount.objects.exists():
            break
    assert StoredCount.objects.exists()
    assert CountDelta.objects.count() < (n + 1) * 801
    check(now)


def test_expired_documents_are_left_out_before_they_are_swept(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a", "content": "x", "tags": ["t"], "expires_at": now + timedelta(minutes=1)}, "b")
    later = now + timedelta(minutes=2)
    assert stats(now=later).documents == 1
    assert tag_counts(now=later) == []
    check(later)


def test_many_that_expire_soon_are_estimated(
    push: Callable[..., Counts], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COUNT_UP_TO", 100)
    push(*({"id": str(n), "content": "x", "expires_at": now + timedelta(hours=1)} for n in range(300)), budget_s=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE knowledge_document")
    assert 200 <= stats(now=now).expiring_24h <= 400


def test_passages_of_a_model_in_building_are_not_the_stores(push: Callable[..., Counts], now: datetime) -> None:
    push("one")
    EmbeddingModel.objects.create(name="test:more", dimensions=3, state="building", created_at=now)
    push("two")
    assert Passage.objects.count() == 3
    check(now)


@pytest.mark.django_db(transaction=True)
def test_truncating_the_documents_empties_the_counts(push: Callable[..., Counts], now: datetime) -> None:
    push("one")
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE knowledge_document CASCADE")
    check(now)


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_neither_wait_in_a_circle_nor_lose_a_count(
    push: Callable[..., Counts], now: datetime
) -> None:
    push("one")
    errors = []

    def writer(number: int) -> None:
        try:
            for turn in range(8):
                push(
                    *({"id": str(n), "content": f"{turn}", "tags": ["all", f"t{n}"]} for n in range(100)),
                    whole_set_of=f"s{number}",
                    budget_s=0,
                ) if turn % 2 else push(
                    *({"id": str(n), "source": f"s{number}", "content": f"x{turn}"} for n in range(50)), budget_s=0
                )
                if turn % 3 == 0:
                    fold()
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=writer, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    check(timezone.now())


def test_a_recount_agrees(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a", "content": "x", "tags": ["t"]}, {"id": "b", "content": "☠"}, "c")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT knowledge_recount()")
    assert not CountDelta.objects.exists()
    check(now)
