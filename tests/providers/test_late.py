"""Pushes that come after their run has ended: stored, shown as late, and no verdict changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from core.clock import database_now
from knowledge.models import Change, Document, SeenKeys
from knowledge.run_counts import (
    Counts,
    attribute_to_runs,
    close_run_counts,
    late_arrivals,
    note_push,
    open_run_counts,
)
from providers.models import RunState, SyncRun, Trigger
from providers.runs.claim import claim_run
from providers.runs.outcome import Verdict, settle_attempt
from providers.runs.schedule import request_sync
from providers.runs.sync import run_sync
from tests.providers.scripted import hang, provider

BULK = "/api/v1/knowledge/bulk-upsert"
RUNS = "/api/v1/plugins/context_provider/wiki/runs"
BODY = {"documents": [{"id": "a", "content": "Alpha."}, {"id": "b", "content": "Beta."}]}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue", "space")]


@pytest.fixture
def timed_out(queued: Callable[..., SyncRun]) -> SyncRun:
    with provider(hang) as served:
        run = queued(served.url, sync_timeout_ms=200)
        run_sync(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.TIMED_OUT
    return run


def ended(run: SyncRun, state: RunState) -> SyncRun:
    claimed = claim_run(run.pk, now=database_now())
    assert claimed
    settle_attempt(claimed, Verdict(state=state), now=database_now())
    return claimed


@pytest.mark.parametrize("named", [True, False])
def test_a_push_after_the_timeout_is_stored_and_shown_as_late(
    timed_out: SyncRun, api: Callable[..., Any], named: bool
) -> None:
    headers = {"X-Correlation-ID": str(timed_out.pk)} if named else {}
    answer = api("provider", "wiki")("post", BULK, BODY, **headers)
    assert (answer.status_code, answer.json()["created"]) == (200, 2)
    assert Document.objects.count() == 2
    shown = api("admin")("get", f"{RUNS}/{timed_out.pk}").json()
    assert (shown["state"], shown["created"], shown["late"]) == ("timed_out", 0, 2)
    assert api("admin")("get", RUNS).json()["runs"][0]["late"] == 2
    changes = api("admin")("get", f"{RUNS}/{timed_out.pk}/changes").json()["changes"]
    assert [change["id"] for change in changes] == ["a", "b"]


def test_after_the_grace_a_push_belongs_to_no_run(timed_out: SyncRun, push: Callable[..., Any]) -> None:
    push("a", at=database_now() + timedelta(minutes=6))
    assert late_arrivals([timed_out.pk]) == {}
    assert Change.objects.get().run is None


def test_a_run_that_succeeded_is_late_only_for_what_names_it(
    queued: Callable[..., SyncRun], api: Callable[..., Any]
) -> None:
    run = ended(queued("http://127.0.0.1:9"), RunState.SUCCEEDED)
    client = api("provider", "wiki")
    client("post", BULK, BODY)
    assert late_arrivals([run.pk]) == {}
    client("post", BULK, BODY, **{"X-Correlation-ID": str(run.pk)})
    assert late_arrivals([run.pk]) == {run.pk: 2}


def test_what_names_an_ended_run_does_not_count_for_the_next_one(
    queued: Callable[..., SyncRun], api: Callable[..., Any]
) -> None:
    first = ended(queued("http://127.0.0.1:9"), RunState.FAILED)
    second = claim_run(request_sync("wiki", trigger=Trigger.API, now=database_now()).pk, now=database_now())
    assert second
    client = api("provider", "wiki")
    client("post", BULK, BODY, **{"X-Correlation-ID": str(first.pk)})
    client("post", BULK, {"documents": [{"id": "c", "content": "Gamma."}]})
    settle_attempt(second, Verdict(state=RunState.SUCCEEDED), now=database_now())
    second.refresh_from_db()
    assert (late_arrivals([first.pk]), second.created) == ({first.pk: 2}, 1)


@pytest.mark.parametrize("named", ["no uuid", "6f3e6f4e-0000-4000-8000-000000000000", ""])
def test_a_name_that_is_no_run_of_the_source_is_ignored(api: Callable[..., Any], named: str) -> None:
    other = UUID("6f3e6f4e-0000-4000-8000-000000000000")
    open_run_counts(other, source="hr", now=database_now())
    close_run_counts(other, now=database_now())
    answer = api("provider", "wiki")("post", BULK, BODY, **{"X-Correlation-ID": named})
    assert answer.json()["created"] == 2
    assert not Change.objects.exclude(run=None).exists()
    assert late_arrivals([other]) == {}


def test_a_push_that_was_under_way_while_its_run_ended_is_late(queued: Callable[..., SyncRun]) -> None:
    run = queued("http://wiki.test")
    assert claim_run(run.pk, now=database_now())
    noticed = attribute_to_runs(["wiki"], run=None, now=database_now())["wiki"]
    settle_attempt(run, Verdict(state=RunState.CANCELLED, error_code="cancelled", error="-"), now=database_now())
    note_push(replace(noticed, tracks=True), Counts(created=2), keys=["a", "b"])
    run.refresh_from_db()
    assert (run.created, late_arrivals([run.pk]), SeenKeys.objects.count()) == (0, {run.pk: 2}, 0)
