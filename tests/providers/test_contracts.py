"""Runs against scripted providers of both contracts that do as they should, or nearly so."""

import asyncio
import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

import pytest

from knowledge.models import RunCounts
from knowledge.run_counts import Counts, add_counts
from providers.models import RunState, SyncRun
from tests.providers.runs import after_run, running
from tests.providers.scripted import Connection, provider, script_of
from tests.timing import in_time

Queued = Callable[..., SyncRun]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


def iso(instant: datetime) -> str:
    return instant.isoformat()


class ContractTwo:
    """A provider that syncs in the background for `seconds`, as the published helper does."""

    def __init__(
        self, *, seconds: float = 0.3, error: str | None = None, running_since: datetime | None = None
    ) -> None:
        self.seconds, self.error = seconds, error
        self.began, self.ends, self.syncs = running_since, 0.0, 0
        self.goes_on = running_since is not None  # for so many seconds after the first call

    async def __call__(self, connection: Connection) -> None:
        if self.goes_on:
            self.ends, self.goes_on = time.monotonic() + self.seconds, False
        if connection.asked.path == "/internal/sync" and not self._in_progress():
            self.syncs += 1
            self.began, self.ends = datetime.now(UTC), time.monotonic() + self.seconds
        status = 202 if connection.asked.path == "/internal/sync" else 200
        await connection.answer(status, self._state(), Date=format_datetime(datetime.now(UTC), usegmt=True))

    def _in_progress(self) -> bool:
        return time.monotonic() < self.ends

    def _state(self) -> dict[str, Any]:
        return {
            "in_progress": self._in_progress(),
            "last_sync_at": self.began and iso(self.began),
            "last_finished_at": None,
            "last_sync_count": 7,
            "last_error": None if self._in_progress() else self.error,
        }


# --- Contract 1 ------------------------------------------------------------------------------------------------------


def test_contract_one_succeeds_with_the_providers_count(queued: Queued) -> None:
    with provider(script_of(200, {"upserted": 12})) as served:
        run = after_run(queued(served.url + "/base/", secret="s3cret"))
    assert (run.state, run.contract, run.http_status, run.reported) == (RunState.SUCCEEDED, 1, 200, 12)
    assert run.started_at
    assert run.finished_at
    assert run.lease_until is None
    asked = served.asked[0]
    assert (asked.method, asked.path) == ("POST", "/base/internal/sync")
    assert asked.headers["authorization"] == "Bearer s3cret"
    assert asked.headers["x-internal-api-key"] == "s3cret"
    assert asked.headers["x-correlation-id"] == str(run.pk)
    signed = f"{asked.headers['webhook-id']}.{asked.headers['webhook-timestamp']}.".encode()
    signature = base64.b64encode(hmac.new(b"s3cret", signed, hashlib.sha256).digest()).decode()
    assert asked.headers["webhook-signature"] == f"v1,{signature}"


def test_without_a_secret_no_credential_is_sent(queued: Queued) -> None:
    with provider(script_of(204)) as served:
        assert after_run(queued(served.url)).state == RunState.SUCCEEDED
    assert not {"authorization", "x-internal-api-key", "webhook-signature"} & served.asked[0].headers.keys()


@pytest.mark.parametrize(
    ("status", "body"), [(204, b""), (200, b""), (200, {}), (201, {"ok": True}), (200, {"upserted": None})]
)
def test_a_success_without_a_count_is_a_success(queued: Queued, status: int, body: object) -> None:
    with provider(script_of(status, body)) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.http_status, run.reported) == (RunState.SUCCEEDED, status, None)


@pytest.mark.parametrize(
    "body",
    [
        {"success": False, "error": "HR is locked"},
        {"ok": False, "message": "HR is locked", "upserted": 3},
        {"status": "error", "detail": "HR is locked"},
        {"state": "Failed", "error": "HR is locked"},
    ],
)
def test_a_success_that_says_it_is_none_is_the_providers_failure(queued: Queued, body: object) -> None:
    """Taken for a success it would look well, and with `prune: unseen` take all that was not sent for gone."""
    with provider(script_of(200, body)) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.error_code) == (RunState.FAILED, "provider_failed")
    assert run.error.startswith("The provider reports that its sync failed: ")
    assert "'HR is locked'" in run.error


@pytest.mark.parametrize("body", [{"status": "ok"}, {"success": True}, {"state": "done", "error": None}, {"ok": None}])
def test_a_success_in_other_words_is_one(queued: Queued, body: object) -> None:
    with provider(script_of(200, body)) as served:
        assert after_run(queued(served.url)).state == RunState.SUCCEEDED


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [(200, {"upserted": 16, "success": False, "error": "page 2"}, "'page 2'"), (207, {}, "207"), (206, b"", "206")],
)
def test_an_answer_that_admits_a_failure_is_one(queued: Queued, status: int, body: object, told: str) -> None:
    with provider(script_of(status, body)) as served:
        run = after_run(queued(served.url, max_attempts=1))
    assert (run.state, run.error_code, run.http_status) == (RunState.FAILED, "provider_failed", status)
    assert told in run.error


def test_what_arrived_meanwhile_is_counted_with_the_run(queued: Queued) -> None:
    started, go_on = threading.Event(), threading.Event()

    async def script(connection: Connection) -> None:
        started.set()
        await asyncio.to_thread(go_on.wait, 5)
        await connection.answer(200, {"upserted": 3})

    with provider(script) as served:
        run = queued(served.url)
        with running(run):
            assert started.wait(5)
            assert RunCounts.objects.get(run=run.pk).source == "wiki"
            add_counts(run.pk, Counts(created=2, unchanged=1))
            go_on.set()
    run.refresh_from_db()
    assert (run.created, run.unchanged, run.upserted) == (2, 1, 3)
    assert RunCounts.objects.get(run=run.pk).closed_at


# --- Contract 2 ------------------------------------------------------------------------------------------------------


def test_contract_two_is_followed_until_it_is_done(queued: Queued) -> None:
    script = ContractTwo(seconds=0.5)
    with provider(script) as served:
        run = after_run(queued(served.url, secret="s3cret"))
    assert (run.state, run.contract, run.http_status, run.reported) == (RunState.SUCCEEDED, 2, 202, 7)
    assert len(served.calls("/internal/sync")) == 1
    assert 1 <= len(served.calls("/internal/state")) <= 4
    assert {asked.headers["authorization"] for asked in served.asked} == {"Bearer s3cret"}


def test_a_sync_that_ended_before_the_answer_needs_no_question(queued: Queued) -> None:
    with provider(ContractTwo(seconds=0)) as served:
        assert after_run(queued(served.url)).state == RunState.SUCCEEDED
    assert len(served.asked) == 1


def test_the_providers_own_error_is_told(queued: Queued) -> None:
    with provider(ContractTwo(seconds=0.2, error="ConnectError")) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.error_code) == (RunState.FAILED, "provider_failed")
    assert "'ConnectError'" in run.error


def test_somebody_elses_sync_is_waited_for_and_then_ours_is_started(queued: Queued) -> None:
    script = ContractTwo(seconds=0.4, running_since=datetime.now(UTC) - timedelta(minutes=5))
    with provider(script) as served:
        run = after_run(queued(served.url))
    assert run.state == RunState.SUCCEEDED
    assert len(served.calls("/internal/sync")) == 2
    assert script.syncs == 1


def test_a_provider_that_forgets_the_sync_is_told(queued: Queued) -> None:
    async def script(connection: Connection) -> None:
        began = iso(datetime.now(UTC)) if connection.asked.method == "POST" else None
        status = 202 if began else 200
        await connection.answer(status, {"in_progress": bool(began), "last_sync_at": began, "last_error": None})

    with provider(script) as served:
        assert after_run(queued(served.url)).error_code == "sync_lost"


def test_a_hiccup_while_asking_is_forgiven(queued: Queued) -> None:
    script = ContractTwo(seconds=0.5)
    hiccups = iter([500, 503])

    async def hiccuping(connection: Connection) -> None:
        if connection.asked.method == "GET" and (status := next(hiccups, None)):
            await connection.answer(status)
        else:
            await script(connection)

    with provider(hiccuping) as served:
        assert after_run(queued(served.url)).state == RunState.SUCCEEDED


def test_a_sync_without_an_end_times_out(queued: Queued) -> None:
    with provider(ContractTwo(seconds=60)) as served:
        run = in_time(lambda: after_run(queued(served.url, uuid4().hex, sync_timeout_ms=700)), within_s=1.7)
    assert (run.state, run.error_code) == (RunState.TIMED_OUT, "timed_out")
    assert run.error == "No result within 0.7 s."
