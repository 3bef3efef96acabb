"""What a fully successful sync did not bring again goes to the trash, where the provider's policy says so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.audit import Actor, By
from core.clock import database_now
from knowledge.deleting.held import approve_held, guard_of
from knowledge.deleting.trash import delete_rows, restore_rows
from knowledge.models import Change, Document, HeldDeletion, RunCounts, SeenKeys
from providers.models import RunState, SyncRun, Trigger
from providers.registry import update_provider
from providers.runs.claim import claim_run
from providers.runs.outcome import LOST, Verdict, settle_attempt
from providers.runs.schedule import request_sync
from providers.runs.sync import reap

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]

Push = Callable[..., Any]
ADA = Actor(by=By.USER, name="ada")
OK = Verdict(state=RunState.SUCCEEDED)


@pytest.fixture
def wiki(make: Callable[..., Any], push: Push) -> Callable[..., SyncRun]:
    """A run of a pruning provider that brings these documents; its source holds d0 to d19 before."""
    make(prune="unseen", max_attempts=2, retry_backoff_s=0)
    push(*(f"d{number}" for number in range(20)), at=database_now() - timedelta(hours=1))

    def run(*keys: str, verdict: Verdict | None = OK) -> SyncRun:
        claimed = claim_run(request_sync("wiki", trigger=Trigger.MANUAL, now=database_now()).pk, now=database_now())
        assert claimed
        if keys:
            push(*keys, at=database_now())
        if verdict:
            settle_attempt(claimed, verdict, now=database_now())
        claimed.refresh_from_db()
        return claimed

    return run


def some(*numbers: int) -> list[str]:
    return [f"d{number}" for number in numbers]


def live() -> set[str]:
    return set(Document.objects.filter(deleted_at=None).values_list("key", flat=True))


def test_what_was_not_brought_again_goes_and_unchanged_documents_stay(wiki: Callable[..., SyncRun]) -> None:
    run = wiki(*some(*range(17)), "new")
    assert live() == {*some(*range(17)), "new"}
    assert (run.unchanged, run.created, run.deleted, run.held) == (17, 1, 3, 0)
    deleted = Change.objects.filter(kind="deleted", run=run.pk)
    assert {(change.key, change.actor) for change in deleted} == {(key, "pruning") for key in some(17, 18, 19)}
    assert not SeenKeys.objects.exists()


def test_several_pushes_of_one_run_are_seen_together(wiki: Callable[..., SyncRun], push: Push) -> None:
    run = wiki(*some(*range(10)), verdict=None)
    push(*some(*range(10, 19)), at=database_now())
    settle_attempt(run, OK, now=database_now())
    assert live() == set(some(*range(19)))


def test_without_the_policy_nothing_goes_and_nothing_is_noted(wiki: Callable[..., SyncRun]) -> None:
    update_provider("wiki", now=database_now(), prune="off")
    run = wiki("d0", verdict=None)
    assert not SeenKeys.objects.exists()
    settle_attempt(run, OK, now=database_now())
    assert len(live()) == 20


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict(state=RunState.FAILED, error_code="forbidden", error="No."),
        Verdict(state=RunState.TIMED_OUT, error_code="timed_out", error="Slow."),
        Verdict(state=RunState.CANCELLED),
        Verdict(state=RunState.SUCCEEDED, reported=18),
    ],
)
def test_a_run_that_is_not_fully_successful_prunes_nothing(wiki: Callable[..., SyncRun], verdict: Verdict) -> None:
    wiki(*some(*range(17)), verdict=verdict)
    assert len(live()) == 20


def test_a_run_with_rejected_documents_prunes_nothing(wiki: Callable[..., SyncRun]) -> None:
    run = wiki(*some(*range(17)), verdict=None)
    RunCounts.objects.filter(run=run.pk).update(rejected=1)
    settle_attempt(run, OK, now=database_now())
    assert len(live()) == 20


def test_what_an_earlier_attempt_brought_was_seen(wiki: Callable[..., SyncRun], push: Push) -> None:
    run = wiki(*some(*range(10)), verdict=None)
    settle_attempt(run, LOST, now=database_now())
    again = claim_run(run.pk, now=database_now())
    assert again
    push(*some(*range(10, 18)), at=database_now())
    settle_attempt(again, OK, now=database_now())
    assert live() == set(some(*range(18)))


def test_a_worker_that_comes_back_late_prunes_nothing(wiki: Callable[..., SyncRun]) -> None:
    run = wiki(*some(*range(17)), verdict=None)
    reap(now=database_now() + timedelta(seconds=61))
    assert not settle_attempt(run, OK, now=database_now())
    assert len(live()) == 20


def test_a_late_push_of_the_run_before_is_not_seen_by_this_one(wiki: Callable[..., SyncRun], push: Push) -> None:
    before = wiki(*some(*range(20)), verdict=Verdict(state=RunState.FAILED))
    run = wiki(*some(*range(17)), verdict=None)
    push(*some(17, 18, 19), at=database_now(), run=before.pk)
    settle_attempt(run, OK, now=database_now())
    assert live() == set(some(*range(17)))


def test_a_document_restored_meanwhile_stays(wiki: Callable[..., SyncRun]) -> None:
    row = Document.objects.get(key="d19").pk
    delete_rows([row], now=database_now(), actor="ada")
    run = wiki(*some(*range(19)), verdict=None)
    restore_rows([row], now=database_now(), actor="ada")
    settle_attempt(run, OK, now=database_now())
    assert "d19" in live()


@pytest.mark.parametrize("brought", [[], some(0), some(*range(10))])
def test_a_run_that_would_delete_most_of_the_source_is_held(wiki: Callable[..., SyncRun], brought: list[str]) -> None:
    run = wiki(*brought)
    assert (run.state, run.deleted, run.held) == (RunState.SUCCEEDED, 0, 20 - len(brought))
    assert len(live()) == 20
    held = HeldDeletion.objects.get()
    assert (held.run, held.count, held.live) == (run.pk, 20 - len(brought), 20)
    approve_held(held.pk, now=database_now(), actor=ADA)
    assert live() == set(brought)


def test_a_replace_in_the_run_is_the_judgement_and_counted_once(wiki: Callable[..., SyncRun], push: Push) -> None:
    run = wiki(verdict=None)
    for _ in range(2):
        push("d0", at=database_now(), whole_set_of="wiki", guard=guard_of("wiki"))
    settle_attempt(run, OK, now=database_now())
    run.refresh_from_db()
    assert (run.held, run.deleted, HeldDeletion.objects.filter(state="pending").count()) == (19, 0, 1)


def test_the_providers_own_share_counts(wiki: Callable[..., SyncRun]) -> None:
    update_provider("wiki", now=database_now(), delete_percent=80)
    assert wiki(*some(*range(5))).deleted == 15
    update_provider("wiki", now=database_now(), delete_percent=None)
    assert wiki("new").held == 0  # five are below the floor, and one is left


def test_the_policy_is_read_and_changed_by_the_api(wiki: Callable[..., SyncRun], api: Callable[..., Any]) -> None:
    where = "/api/v1/plugins/context_provider/wiki"
    admin = api("admin")
    answer = admin("patch", where, {"prune": "off", "delete_percent": 10, "max_attempts": 5, "jitter_s": 30}).json()
    assert (answer["prune"], answer["delete_percent"], answer["max_attempts"], answer["jitter_s"]) == ("off", 10, 5, 30)
    wrong: list[dict[str, Any]] = [
        {"prune": "some"},
        {"delete_percent": 101},
        {"max_attempts": 0},
        {"jitter_s": -1},
        {"retry_backoff_s": 901},
        {"pause_after_failures": -1},
        {"paused": True},
    ]
    for fields in wrong:
        refused = admin("patch", where, fields)
        assert (refused.status_code, refused.json()["field"]) == (422, *fields)
