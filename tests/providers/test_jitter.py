"""Starts spread by the provider's id: always by the same part, in plans, previews and slots alike."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from providers.models import Provider, SyncRun
from providers.registry import update_provider
from providers.runs.next_start import shift_of
from providers.runs.schedule import claim_due
from tests.providers.conftest import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_shift_is_the_same_every_time_and_within_the_jitter() -> None:
    shifts = [shift_of(f"p{number}", 300) for number in range(500)]
    assert shifts == [shift_of(f"p{number}", 300) for number in range(500)]
    assert all(timedelta() <= shift <= timedelta(seconds=300) for shift in shifts)
    assert len(set(shifts)) > 200
    assert shift_of("wiki", 0) == timedelta()


def test_plans_and_slots_are_the_true_instants(make: Callable[..., Provider]) -> None:
    shift = shift_of("wiki", 600)
    assert shift
    assert make(jitter_s=600).next_run_at == NOON + shift
    assert claim_due(now=NOON + shift - timedelta(seconds=1)).providers == 0
    assert claim_due(now=NOON + shift).queued == 1
    run = SyncRun.objects.get()
    assert (run.scheduled_for, run.late_by, run.due_since) == (NOON + shift, timedelta(), None)
    assert Provider.objects.get().next_run_at == NOON + HOUR + shift


def test_missed_slots_are_coalesced_with_jitter_too(make: Callable[..., Provider]) -> None:
    make(jitter_s=600)
    shift = shift_of("wiki", 600)
    assert claim_due(now=NOON + 27 * HOUR + shift).queued == 1
    run = SyncRun.objects.get()
    assert (run.scheduled_for, run.due_since) == (NOON + 27 * HOUR + shift, NOON + shift)
    assert run.late_by == 27 * HOUR


def test_a_change_of_the_jitter_is_effective_at_once(make: Callable[..., Provider]) -> None:
    make()
    assert update_provider("wiki", now=NOON, jitter_s=600).next_run_at == NOON + shift_of("wiki", 600)


def test_the_preview_shows_the_true_instants(api: Callable[..., Any]) -> None:
    body = {"sync_schedule": "0 * * * *", "after": NOON.isoformat(), "count": 2, "provider": "wiki", "jitter_s": 600}
    fires = api("admin")("post", "/api/v1/schedule/preview", body).json()["fires"]
    first = NOON + shift_of("wiki", 600)
    expected = [first, first + HOUR] if shift_of("wiki", 600) else [first + HOUR, first + 2 * HOUR]
    assert fires == [instant.isoformat().replace("+00:00", "Z") for instant in expected]
