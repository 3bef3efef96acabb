"""A long history costs no page more than a short one: every question walks an index, every clean-up goes in batches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import batches
from core.paging import CursorPosition
from knowledge.deleting import trash
from knowledge.models import Document
from providers import querysets as keysets
from providers.alerts.watch import VERDICTS
from providers.models import Provider, SyncRun
from tests.providers.conftest import NOON

pytestmark = pytest.mark.django_db
RUNS, PROVIDERS = 100_000, 100

HISTORY = """
INSERT INTO providers_syncrun (id, provider_id, trigger, scheduled_for, state, attempt,
    queued_at, started_at, finished_at,
    created, updated, renewed, unchanged, stale, deleted, rejected, pending, held, error_code, error)
SELECT gen_random_uuid(), 'p' || n %% %(providers)s, 'schedule', at, 'succeeded', 1, at, at, at,
    0, 0, 0, 0, 0, 0, 0, 0, 0, '', ''
FROM generate_series(1, %(runs)s) AS n, LATERAL (SELECT %(noon)s::timestamptz - n * interval '1 minute' AS at) AS moment
"""


@pytest.fixture
def history(make: Callable[..., Provider]) -> None:
    for number in range(PROVIDERS):
        make(f"p{number}")
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, {"runs": RUNS, "providers": PROVIDERS, "noon": NOON})
        cursor.execute("ANALYZE providers_syncrun")


@pytest.mark.usefixtures("history")
def test_no_question_about_runs_reads_a_hundred_thousand_of_them() -> None:
    newest, later = SyncRun.objects.newest_first(), NOON + timedelta(days=1)
    deep = CursorPosition(values=((NOON - timedelta(days=30)).isoformat(), "0" * 32))
    questions = {
        "history": newest[:50],
        "deep in the history": keysets.RUNS.follow(newest, deep)[:50],
        "of one provider": newest.filter(provider="p7")[:50],
        "deep in one provider": keysets.RUNS.follow(newest.filter(provider="p7"), deep)[:50],
        "active": SyncRun.objects.active(),
        "silent": SyncRun.objects.silent(later)[:500],
        "overdue": SyncRun.objects.overdue(later)[:500],
        "to be told of": SyncRun.objects.waiting(later).most_urgent_first()[:32],
        "last successes": Provider.objects.with_last_success(),
        "stale": Provider.objects.stale(later),
        "last hour": SyncRun.objects.filter(queued_at__gt=NOON - timedelta(hours=1)),
    }
    plans = {name: asked.explain() for name, asked in questions.items()}
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {VERDICTS}", [3])
        plans["verdicts for alerts"] = str(cursor.fetchall())
    assert not {name: plan for name, plan in plans.items() if "Seq Scan on providers_syncrun" in plan}
    assert "run_newest_success" in plans["last successes"]
    assert "run_newest_success" in plans["stale"]


def test_clean_ups_go_in_batches_of_their_own(
    push: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(batches, "BATCH", 10)
    push(*({"id": str(n), "content": str(n), "expires_at": now + timedelta(hours=1)} for n in range(35)))
    with CaptureQueriesContext(connection) as swept:
        assert trash.sweep_expired(now=now + timedelta(hours=2)) == 35
    assert sum("FOR UPDATE SKIP LOCKED" in query["sql"] for query in swept) == 4
    with CaptureQueriesContext(connection) as purged:
        assert trash.purge_trash(now=now + timedelta(days=30)) == 35
    assert sum(query["sql"].startswith("DELETE FROM knowledge_document") for query in purged) == 4
    assert not Document.objects.exists()
