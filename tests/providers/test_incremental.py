"""What is kept between syncs: given back to the provider, saved only by a success, and forgotten by a reset."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry
from core.clock import database_now
from knowledge.models import Document, RunCounts
from providers.incremental.sync_state import read_sync_progress, reset_sync_state
from providers.incremental.wire import Progress
from providers.models import Provider, RunState, SyncCursor, SyncRun, Trigger
from providers.registry import create_provider, delete_provider, update_provider
from providers.runs.claim import claim_run
from providers.runs.outcome import LOST, Verdict, settle_attempt
from providers.runs.schedule import request_sync
from tests.providers.runs import after_run, running, wait_for
from tests.providers.scripted import Asked, Connection, provider, script_of

RUNS = "/api/v1/plugins/context_provider/wiki/runs"
Queued = Callable[..., SyncRun]
Push = Callable[..., Any]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


class Incremental:
    """A provider of contract 1 that answers with these, one after the other, the last one again and again."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)

    async def __call__(self, connection: Connection) -> None:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        await connection.answer(status, body)


def sync_again(run: SyncRun) -> SyncRun:
    return after_run(request_sync(run.provider_id, trigger=Trigger.MANUAL, now=database_now()))


def told(asked: Asked) -> tuple[datetime | None, Any]:
    """`since` and the body."""
    since = asked.headers.get("x-larder-since")
    return datetime.fromisoformat(since) if since else None, json.loads(asked.body) if asked.body else None


def kept(provider_id: str = "wiki") -> Any:
    return read_sync_progress(Provider.objects.get(pk=provider_id)).state


# --- what is sent and what comes back ---------------------------------------------------------------------------------


def test_the_first_sync_is_told_nothing(queued: Queued) -> None:
    with provider(script_of(200, {"upserted": 1})) as served:
        run = after_run(queued(served.url))
    assert told(served.asked[0]) == (None, None)
    assert "content-type" not in served.asked[0].headers
    assert (run.mode, run.cursor_version) == ("", 0)


def test_the_next_one_is_told_when_the_last_success_began(queued: Queued) -> None:
    with provider(Incremental({"upserted": 1}, (500, b""), {"upserted": 1})) as served:
        first = after_run(queued(served.url))
        assert sync_again(first).state == RunState.FAILED
        sync_again(first)
    began = first.attempt_at
    assert [told(asked) for asked in served.asked] == [(None, None), (began, None), (began, None)]


def test_the_state_is_given_back_signed(queued: Queued) -> None:
    state = {"cursor": "2026-06-01", "pages": [1, 2], "ü": "\ud800\0"}
    with provider(Incremental({"upserted": 1, "sync_state": state}, {"upserted": 0})) as served:
        run = after_run(queued(served.url, secret="s3cret"))
        sync_again(run)
    second = served.asked[1]
    assert told(second) == (run.attempt_at, {"sync_state": state})
    assert second.headers["content-type"] == "application/json"
    signed = f"{second.headers['webhook-id']}.{second.headers['webhook-timestamp']}.".encode() + second.body
    signature = base64.b64encode(hmac.new(b"s3cret", signed, hashlib.sha256).digest()).decode()
    assert second.headers["webhook-signature"] == f"v1,{signature}"
    assert kept() == state  # an answer without one keeps it


def test_an_empty_state_clears_it(queued: Queued) -> None:
    with provider(Incremental({"sync_state": {"a": 1}}, {"sync_state": {}}, {})) as served:
        run = after_run(queued(served.url))
        sync_again(run)
        assert kept() == {}
        sync_again(run)
    assert served.asked[2].body == b""


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("page 7", "is no JSON object: '\"page 7\"'"),
        ([1], "is no JSON object"),
        (7, "is no JSON object"),
        ({"a": "x" * 65_536}, "takes 65,544 bytes as JSON; 65,536 are kept at most"),
    ],
)
def test_a_state_that_cannot_be_kept_fails_the_run_and_the_old_one_stays(queued: Queued, state: Any, said: str) -> None:
    with provider(Incremental({"sync_state": {"page": 1}}, {"sync_state": state}, {})) as served:
        run = after_run(queued(served.url))
        refused = sync_again(run)
        sync_again(run)
    assert (refused.state, refused.error_code) == (RunState.FAILED, "sync_state_refused")
    assert said in refused.error
    assert refused.error.endswith("The one of the last success stays.")
    assert told(served.asked[2]) == (run.attempt_at, {"sync_state": {"page": 1}})


def test_a_number_that_is_none_is_refused_as_well(queued: Queued) -> None:
    with provider(script_of(200, b'{"sync_state": {"at": 1e999}}')) as served:
        assert after_run(queued(served.url)).error_code == "sync_state_refused"


def test_the_largest_state_is_kept(queued: Queued) -> None:
    state = {"a": "x" * (65_536 - len('{"a":""}'))}
    with provider(Incremental({"sync_state": state}, {})) as served:
        sync_again(after_run(queued(served.url)))
    assert told(served.asked[1])[1] == {"sync_state": state}


def test_a_sync_that_fails_keeps_what_was_kept(queued: Queued) -> None:
    answers = [{"sync_state": {"page": 1}}, {"sync_state": {"page": 2}, "success": False}, {}]
    with provider(Incremental(*answers)) as served:
        run = after_run(queued(served.url))
        assert sync_again(run).state == RunState.FAILED
        sync_again(run)
    assert told(served.asked[2]) == (run.attempt_at, {"sync_state": {"page": 1}})


def test_another_attempt_of_a_run_goes_on_from_the_same(queued: Queued) -> None:
    answers = [{"sync_state": {"page": 1}}, (503, b""), {"sync_state": {"page": 2}}]
    with provider(Incremental(*answers)) as served:
        run = after_run(queued(served.url, max_attempts=2, retry_backoff_s=0))
        retried = sync_again(run)
        assert after_run(retried).state == RunState.SUCCEEDED
    expected = (run.attempt_at, {"sync_state": {"page": 1}})
    assert [told(asked) for asked in served.asked[1:]] == [expected, expected]
    assert kept() == {"page": 2}


def test_what_was_refused_of_a_push_keeps_the_state(queued: Queued) -> None:
    """Else the documents that were refused would never come again."""
    claimed = claim_run(queued("http://wiki.test").pk, now=database_now())
    assert claimed
    RunCounts.objects.update(rejected=1)
    settle_attempt(claimed, success({"page": 1}), now=database_now())
    claimed.refresh_from_db()
    assert (claimed.state, kept()) == (RunState.SUCCEEDED, {})
    assert read_sync_progress(claimed.provider).since is None


# --- contract 2 -------------------------------------------------------------------------------------------------------


class Background:
    """A provider of contract 2 whose syncs have ended by the first question, and which tells whose they were."""

    def __init__(self, state: Any, *, run_id: str | None = None, mode: str | None = None) -> None:
        self.state, self.run_id, self.mode = state, run_id, mode
        self.began, self.ran_for = "", ""

    async def __call__(self, connection: Connection) -> None:
        starts = connection.asked.path == "/internal/sync"
        if starts:
            self.began, self.ran_for = datetime.now(UTC).isoformat(), connection.asked.headers["x-correlation-id"]
        told = {
            "in_progress": starts,
            "last_sync_at": self.began,
            "last_sync_count": 1,
            "run_id": self.run_id or self.ran_for,
            "sync_mode": self.mode,
            "sync_state": None if starts else self.state,
        }
        await connection.answer(202 if starts else 200, told)


def test_contract_two_tells_it_with_its_state(queued: Queued) -> None:
    with provider(Background({"page": 3}, mode="incremental")) as served:
        run = after_run(queued(served.url))
    assert (run.state, run.contract, run.mode, kept()) == (RunState.SUCCEEDED, 2, "incremental", {"page": 3})


def test_a_broken_one_of_contract_two_fails_the_run(queued: Queued) -> None:
    with provider(Background("page 3")) as served:
        run = after_run(queued(served.url))
    assert (run.error_code, kept()) == ("sync_state_refused", {})


def test_the_state_of_another_run_is_not_kept(queued: Queued) -> None:
    """Of one that was given up, say, and that the provider went on with: it went on from something else."""
    with provider(Background({"page": 3}, run_id="another")) as served:
        run = after_run(queued(served.url))
    assert (run.state, kept()) == (RunState.SUCCEEDED, {})
    assert len(served.calls("/internal/sync")) == 2  # asked again, as nothing told that ours had been started


# --- the mode ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "headers", "mode"),
    [
        ({"sync_mode": "incremental"}, {}, "incremental"),
        ({}, {"X_Larder_Sync_Mode": "Incremental"}, "incremental"),
        ({"sync_mode": "full_refresh"}, {}, "full_refresh"),
        ({}, {}, ""),
    ],
)
def test_the_mode_is_told_in_the_body_or_a_header(
    queued: Queued, body: Any, headers: dict[str, str], mode: str
) -> None:
    async def script(connection: Connection) -> None:
        await connection.answer(200, body, **headers)

    with provider(script) as served:
        assert after_run(queued(served.url)).mode == mode


def test_a_mode_that_is_none_is_refused(queued: Queued) -> None:
    with provider(script_of(200, {"sync_mode": "delta"})) as served:
        run = after_run(queued(served.url))
    assert run.error_code == "sync_state_refused"
    assert "'delta'" in run.error
    assert "`full_refresh` and `incremental`" in run.error


def success(state: Any = None, mode: str = "") -> Any:
    text = None if state is None else json.dumps(state)
    return Verdict(state=RunState.SUCCEEDED, progress=Progress(mode=mode, state=text))


@pytest.fixture
def brings(make: Callable[..., Provider], push: Push) -> Callable[..., SyncRun]:
    """A run of a pruning provider in this mode, that brings these of d0 to d3; guards are off."""
    make(prune="unseen", delete_percent=100)
    push(*(f"d{number}" for number in range(4)), at=database_now() - timedelta(hours=1))

    def run(mode: str, *keys: str) -> SyncRun:
        claimed = claim_run(request_sync("wiki", trigger=Trigger.MANUAL, now=database_now()).pk, now=database_now())
        assert claimed
        push(*keys, at=database_now())
        settle_attempt(claimed, success(mode=mode), now=database_now())
        claimed.refresh_from_db()
        return claimed

    return run


def live() -> set[str]:
    return set(Document.objects.filter(deleted_at=None).values_list("key", flat=True))


def test_an_incremental_run_prunes_nothing_and_a_full_one_does_again(brings: Callable[..., SyncRun]) -> None:
    assert brings("incremental", "d0").deleted == 0
    assert live() == {"d0", "d1", "d2", "d3"}
    assert brings("full_refresh", "d0", "d1").deleted == 2
    assert live() == {"d0", "d1"}
    assert brings("", "d0").deleted == 1


# --- a reset ----------------------------------------------------------------------------------------------------------


def test_after_a_reset_everything_comes_again(queued: Queued) -> None:
    with provider(Incremental({"sync_state": {"page": 1}}, {"sync_state": {"page": 9}}, {})) as served:
        run = after_run(queued(served.url))
        reset_sync_state("wiki", now=database_now())
        assert kept() == {}
        again = sync_again(run)
        sync_again(run)
    assert told(served.asked[1]) == (None, None)
    assert told(served.asked[2]) == (again.attempt_at, {"sync_state": {"page": 9}})


def test_a_run_that_a_reset_overtook_keeps_nothing(queued: Queued) -> None:
    reset: list[bool] = []

    async def script(connection: Connection) -> None:
        while not reset and len(served.asked) == 1:
            await asyncio.sleep(0.02)
        await connection.answer(200, {"sync_state": {"page": 2}})

    with provider(script) as served:
        run = queued(served.url)
        with running(run):
            wait_for(lambda: served.asked)
            reset_sync_state("wiki", now=database_now())
            reset.append(True)
        assert kept() == {}
        sync_again(run)
    assert told(served.asked[1]) == (None, None)
    assert kept() == {"page": 2}


def test_so_does_its_next_attempt(queued: Queued) -> None:
    claimed = claim_run(queued("http://wiki.test", max_attempts=2).pk, now=database_now())
    assert claimed
    reset_sync_state("wiki", now=database_now())
    settle_attempt(claimed, LOST, now=database_now())
    again = claim_run(claimed.pk, now=database_now())
    assert again
    settle_attempt(again, success({"page": 2}), now=database_now())
    assert (kept(), read_sync_progress(again.provider).since) == ({}, None)


def test_a_new_provider_of_the_same_id_begins_anew(queued: Queued) -> None:
    with provider(Incremental({"sync_state": {"page": 1}})) as served:
        run = after_run(queued(served.url))
        delete_provider("wiki", now=database_now())
        create_provider("wiki", now=database_now(), url=served.url)
        assert SyncCursor.objects.count() == 0
        sync_again(run)
    assert told(served.asked[1]) == (None, None)


def test_an_edited_provider_goes_on(queued: Queued) -> None:
    with provider(Incremental({"sync_state": {"page": 1}})) as served:
        run = after_run(queued(served.url))
        update_provider("wiki", now=database_now(), name="Pages")
        sync_again(run)
    assert told(served.asked[1]) == (run.attempt_at, {"sync_state": {"page": 1}})


# --- as admins see it -------------------------------------------------------------------------------------------------

STATE = "/api/v1/plugins/context_provider/wiki/sync_state"


def test_an_admin_reads_and_resets_it(queued: Queued, api: Any) -> None:
    with provider(Incremental({"sync_state": {"page": 1}, "sync_mode": "incremental"})) as served:
        run = after_run(queued(served.url))
    shown = api("admin")("get", STATE).json()
    assert run.attempt_at
    assert datetime.fromisoformat(shown.pop("saved_at")) >= run.attempt_at
    assert datetime.fromisoformat(shown.pop("since")) == run.attempt_at
    assert shown == {"state": {"page": 1}, "state_bytes": 10, "mode": "incremental"}
    assert api("admin")("get", f"{RUNS}/{run.pk}").json()["mode"] == "incremental"
    assert api("admin")("delete", STATE).status_code == 204
    assert api("admin")("get", STATE).json() == {
        "since": None,
        "state": {},
        "state_bytes": 0,
        "saved_at": None,
        "mode": "incremental",
    }
    entry = AuditEntry.objects.get(verb="provider.reset")
    assert (entry.object, entry.before["state_bytes"]) == ("wiki", 10)


def test_only_admins_do(queued: Queued, api: Any) -> None:
    queued("http://wiki.test")
    for method in ("get", "delete"):
        assert api("provider", "wiki")(method, STATE).status_code == 403
        assert api("admin")(method, STATE.replace("wiki", "nobody")).status_code == 404
