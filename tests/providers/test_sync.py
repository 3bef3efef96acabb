"""Runs against scripted providers: both contracts, every kind of failure, and no second execution."""

import asyncio
import base64
import hashlib
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.db import connections

from knowledge.intake import Counts, add_counts
from knowledge.models import Intake
from providers import sync
from providers.clock import database_now
from providers.errors import AlreadySyncing
from providers.models import Provider, State, SyncRun, Trigger
from providers.registry import delete_provider, update_provider
from providers.schedule import cancel_run, request_sync
from providers.sync import claim_run, reap, run_sync
from providers.verdicts import INTERNAL, Verdict, settle_attempt
from tests.providers.scripted import Connection, Script, provider

Queued = Callable[..., SyncRun]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


def script_of(status: int, body: object = b"", **headers: str) -> Script:
    async def script(connection: Connection) -> None:
        await connection.answer(status, body, **headers)

    return script


def after_run(run: SyncRun) -> SyncRun:
    run_sync(run.pk)
    return SyncRun.objects.get(pk=run.pk)


def iso(instant: datetime) -> str:
    return instant.isoformat()


class ContractTwo:
    """A provider that syncs in the background for `seconds`, as the published helper does."""

    def __init__(
        self, *, seconds: float = 0.3, error: str | None = None, running_since: datetime | None = None
    ) -> None:
        self.seconds, self.error = seconds, error
        self.began, self.ends, self.syncs = running_since, 0.0, 0
        if running_since:
            self.ends = time.monotonic() + seconds

    async def __call__(self, connection: Connection) -> None:
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
    assert (run.state, run.contract, run.http_status, run.reported) == (State.SUCCEEDED, 1, 200, 12)
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
        assert after_run(queued(served.url)).state == State.SUCCEEDED
    assert not {"authorization", "x-internal-api-key", "webhook-signature"} & served.asked[0].headers.keys()


@pytest.mark.parametrize(
    ("status", "body"), [(204, b""), (200, b""), (200, {}), (201, {"ok": True}), (200, {"upserted": None})]
)
def test_a_success_without_a_count_is_a_success(queued: Queued, status: int, body: object) -> None:
    with provider(script_of(status, body)) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.http_status, run.reported) == (State.SUCCEEDED, status, None)


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
            assert Intake.objects.get(run=run.pk).source == "wiki"
            add_counts(run.pk, Counts(created=2, unchanged=1))
            go_on.set()
    run.refresh_from_db()
    assert (run.created, run.unchanged, run.upserted) == (2, 1, 3)
    assert Intake.objects.get(run=run.pk).closed_at


# --- Contract 2 ------------------------------------------------------------------------------------------------------


def test_contract_two_is_followed_until_it_is_done(queued: Queued) -> None:
    script = ContractTwo(seconds=0.5)
    with provider(script) as served:
        run = after_run(queued(served.url, secret="s3cret"))
    assert (run.state, run.contract, run.http_status, run.reported) == (State.SUCCEEDED, 2, 202, 7)
    assert len(served.calls("/internal/sync")) == 1
    assert 1 <= len(served.calls("/internal/state")) <= 4
    assert {asked.headers["authorization"] for asked in served.asked} == {"Bearer s3cret"}


def test_a_sync_that_ended_before_the_answer_needs_no_question(queued: Queued) -> None:
    with provider(ContractTwo(seconds=0)) as served:
        assert after_run(queued(served.url)).state == State.SUCCEEDED
    assert len(served.asked) == 1


def test_the_providers_own_error_is_told(queued: Queued) -> None:
    with provider(ContractTwo(seconds=0.2, error="ConnectError")) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.error_code) == (State.FAILED, "provider_failed")
    assert "'ConnectError'" in run.error


def test_somebody_elses_sync_is_waited_for_and_then_ours_is_started(queued: Queued) -> None:
    script = ContractTwo(seconds=0.4, running_since=datetime.now(UTC) - timedelta(minutes=5))
    with provider(script) as served:
        run = after_run(queued(served.url))
    assert run.state == State.SUCCEEDED
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
        assert after_run(queued(served.url)).state == State.SUCCEEDED


def test_a_sync_without_an_end_times_out(queued: Queued) -> None:
    with provider(ContractTwo(seconds=60)) as served:
        started = time.monotonic()
        run = after_run(queued(served.url, sync_timeout_ms=700))
    assert (run.state, run.error_code) == (State.TIMED_OUT, "timed_out")
    assert time.monotonic() - started < 1.7
    assert run.error == "No result within 0.7 s."


# --- Failures --------------------------------------------------------------------------------------------------------


async def hang(connection: Connection) -> None:
    await connection.hang()


async def drip(connection: Connection) -> None:
    await connection.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await connection.raw(b"X: y\r\n")
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("script", [hang, drip])
def test_a_provider_that_hangs_or_drips_times_out_within_a_second(queued: Queued, script: Script) -> None:
    with provider(script) as served:
        started = time.monotonic()
        run = after_run(queued(served.url, sync_timeout_ms=500))
    assert run.state == State.TIMED_OUT
    assert time.monotonic() - started < 1.5


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not_found"),
        (422, "rejected"),
        (429, "rate_limited"),
        (500, "provider_error"),
        (503, "provider_error"),
        (307, "redirect_refused"),
    ],
)
def test_each_refusal_has_its_code_and_a_sentence(queued: Queued, status: int, code: str) -> None:
    with provider(script_of(status, b"<script>alert(1)</script>", Location="http://169.254.169.254/")) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.error_code, run.http_status) == (State.FAILED, code, status)
    assert run.error.startswith(("The provider", "There is no", "Answered with"))
    assert len(served.asked) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>\x00\x1b[31m"),
        (200, b"[1, 2]"),
        (200, b'{"upserted": NaN}'),
        (200, {"upserted": "many"}),
        (200, {"upserted": -1}),
        (200, {"upserted": True}),
        (200, b"[" * 100_000),
        (200, b"\xff\xfe"),
        (202, b""),
        (202, {"in_progress": "yes"}),
        (202, {"in_progress": False, "last_sync_count": 1.5}),
    ],
)
def test_an_answer_that_cannot_be_read_is_shown_escaped(queued: Queued, status: int, body: object) -> None:
    with provider(script_of(status, body)) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.error_code) == (State.FAILED, "bad_answer")
    assert run.error.isprintable()
    assert len(run.error) < 1_500


def test_a_huge_body_is_stopped(queued: Queued, settings: Any) -> None:
    settings.SYNC_BODY_BYTES = 5_000
    with provider(script_of(200, b" " * 6_000)) as served:
        assert after_run(queued(served.url)).error_code == "body_too_large"


def test_a_secret_whose_key_was_lost_is_a_configuration_error(queued: Queued, settings: Any) -> None:
    from cryptography.fernet import Fernet

    with provider(script_of(200)) as served:
        run = queued(served.url, secret="s3cret")
        settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
        run = after_run(run)
    assert (run.state, run.error_code) == (State.FAILED, "secret_unreadable")
    assert served.asked == []


def test_a_rotated_key_still_opens_old_secrets(queued: Queued, settings: Any) -> None:
    from cryptography.fernet import Fernet

    with provider(script_of(200)) as served:
        run = queued(served.url, secret="s3cret")
        settings.SECRETS_KEYS = [Fernet.generate_key().decode(), *settings.SECRETS_KEYS]
        assert after_run(run).state == State.SUCCEEDED


def test_a_fault_of_larders_own_is_not_blamed_on_the_provider(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(sync, "open_client", broken)
    run = after_run(queued("http://127.0.0.1:9"))
    assert (run.state, run.error_code) == (State.FAILED, "internal_error")
    assert "disk full" not in run.error


# --- Once, and to the end --------------------------------------------------------------------------------------------


@contextmanager
def running(run: SyncRun) -> Iterator[None]:
    """The run in a thread of its own, as in a worker."""

    def work() -> None:
        try:
            run_sync(run.pk)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join(10)
    assert not thread.is_alive()


def test_fifty_deliveries_are_one_execution(queued: Queued) -> None:
    with provider(script_of(200, {"upserted": 1})) as served, ThreadPoolExecutor(10) as pool:
        run = queued(served.url)

        def deliver(_: int) -> None:
            try:
                run_sync(run.pk)
            finally:
                connections.close_all()

        list(pool.map(deliver, range(50)))
    assert len(served.asked) == 1


def test_no_database_connection_is_held_while_a_provider_works(queued: Queued) -> None:
    held = []

    async def script(connection: Connection) -> None:
        held.append(await asyncio.to_thread(active_backends))
        await connection.answer(200, {})

    def active_backends() -> bool:
        return any(connection.connection is not None for connection in worker_connections)

    worker_connections: list[Any] = []
    with provider(script) as served:
        run = queued(served.url)
        worker_connections.extend(connections.all())
        run_sync(run.pk)
    assert held == [False]


def test_a_running_sync_is_cancelled_within_a_report(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    with provider(hang) as served:
        run = queued(served.url)
        with running(run):
            wait_for(lambda: served.asked)
            assert cancel_run(run.pk, now=database_now()).state == State.RUNNING
    run.refresh_from_db()
    assert (run.state, run.error) == (State.CANCELLED, "Cancelled while it ran.")


def test_a_worker_that_is_shut_down_gives_its_run_up_in_good_order(
    queued: Queued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    monkeypatch.setattr(sync, "stopping", threading.Event())
    with provider(hang) as served:
        run = queued(served.url)
        with running(run):
            wait_for(lambda: served.asked)
            sync.stopping.set()
    run.refresh_from_db()
    assert (run.state, run.error) == (State.INTERRUPTED, "The worker was shut down meanwhile.")


def test_a_lease_is_renewed_while_the_provider_works(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    leases = set()

    async def script(connection: Connection) -> None:
        for _ in range(4):
            leases.add(await asyncio.to_thread(lease))
            await asyncio.sleep(0.2)
        await connection.answer(200)

    def lease() -> datetime | None:
        try:
            return SyncRun.objects.get().lease_until
        finally:
            connections.close_all()

    with provider(script) as served:
        assert after_run(queued(served.url)).state == State.SUCCEEDED
    assert len(leases) >= 3


def test_a_silent_run_is_interrupted_and_its_provider_is_free_again(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9")
    now = database_now()
    assert claim_run(run.pk, now=now)
    with pytest.raises(AlreadySyncing):
        request_sync("wiki", trigger=Trigger.API, now=now)
    assert reap(now=now + timedelta(seconds=59)) == 0
    assert reap(now=now + timedelta(seconds=61)) == 1
    run.refresh_from_db()
    assert (run.state, run.error) == (State.INTERRUPTED, "The worker stopped reporting.")
    assert request_sync("wiki", trigger=Trigger.API, now=now)


def test_a_verdict_stands_when_the_worker_comes_back_late(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9")
    now = database_now()
    claimed = claim_run(run.pk, now=now)
    assert claimed
    reap(now=now + timedelta(seconds=61))
    assert not settle_attempt(claimed, Verdict(state=State.SUCCEEDED), now=now)
    run.refresh_from_db()
    assert run.state == State.INTERRUPTED


def test_a_clock_that_goes_back_makes_no_negative_duration(queued: Queued) -> None:
    now = database_now()
    claimed = claim_run(queued("http://127.0.0.1:9").pk, now=now)
    assert claimed
    assert settle_attempt(claimed, INTERNAL, now=now - timedelta(hours=2))
    assert SyncRun.objects.get().duration == timedelta()


def test_a_full_house_leaves_the_run_queued(queued: Queued, settings: Any) -> None:
    settings.MAX_CONCURRENT_SYNCS = 1
    first, second = queued("http://127.0.0.1:9"), queued("http://127.0.0.1:9", "files")
    assert claim_run(first.pk, now=database_now())
    assert claim_run(second.pk, now=database_now()) is None
    second.refresh_from_db()
    assert (second.state, second.rung_at) == (State.QUEUED, None)


def test_claims_at_once_never_overfill_the_house(queued: Queued, settings: Any) -> None:
    settings.MAX_CONCURRENT_SYNCS = 3
    runs = [queued("http://127.0.0.1:9", f"p{number}") for number in range(12)]

    def claim(run: SyncRun) -> bool:
        try:
            return bool(claim_run(run.pk, now=database_now()))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(claim, runs)) == 3


def test_a_provider_deleted_while_it_runs_is_left_in_peace(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    with provider(hang) as served:
        run = queued(served.url)
        with running(run):
            wait_for(lambda: served.asked)
            delete_provider("wiki", now=database_now())
    assert not Provider.objects.exists()
    run.refresh_from_db()
    assert run.state == State.CANCELLED


def test_a_run_whose_provider_is_gone_by_then_is_cancelled(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9")
    Provider.objects.all().delete()
    assert after_run(run).state == State.CANCELLED


def test_a_run_of_a_disabled_provider_never_starts(queued: Queued) -> None:
    run = queued("http://127.0.0.1:9")
    update_provider("wiki", now=database_now(), enabled=False)
    assert after_run(run).state == State.CANCELLED


def wait_for(condition: Callable[[], object], within_s: float = 5) -> None:
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
