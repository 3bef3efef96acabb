"""A request that is sent twice under one key is done once."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.audit import LARDER
from memory.access.caller import MemoryCaller
from memory.access.idempotency import (
    KeptAnswer,
    RequestLease,
    claim_or_wait,
    digest_of,
    forget_answers,
    free_key,
    keep_answer,
)
from memory.access.principals import create_principal
from memory.api import repeats
from memory.errors import MemoryConflict, MemoryInvalid, MemoryNotFound
from memory.models import Context, IdempotentRequest, ScopeNode
from memory.scopes.nodes import register_scope
from tests.memory.conftest import MemoryApi, Speak

DOES_IT = "memory.api.access.scopes.register_scope"
KEY = {"Idempotency-Key": "a" * 64}
BODY = b'{"path": "org"}'
DIGEST = digest_of(BODY)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Registering a scope waits until `go` is set, and says how often it was done in `done`."""
    told: dict[str, Any] = {"go": threading.Event(), "begun": threading.Event(), "done": 0}

    def wait(*args: Any, **named: Any) -> ScopeNode:
        told["done"] += 1
        told["begun"].set()
        assert told["go"].wait(10)
        return register_scope(*args, **named)

    monkeypatch.setattr(DOES_IT, wait)
    yield told
    told["go"].set()


def in_thread(call: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """The call, under way with a connection of its own, and where its answer will be."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(call())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, answers


def claimed(
    caller: MemoryCaller, key: str = "k", digest: bytes = DIGEST, *, wait_s: float = 0
) -> RequestLease | KeptAnswer:
    return claim_or_wait(caller, key, digest, clock=timezone.now, wait_s=wait_s)


def test_the_same_again_is_answered_and_not_done(memory: MemoryApi) -> None:
    first = memory("post", "scopes", {"path": "org"}, **KEY)
    ScopeNode.objects.all().delete()
    second = memory("post", "scopes", {"path": "org"}, **KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second["Content-Type"].startswith("application/json")
    assert not ScopeNode.objects.exists()


def test_another_body_under_the_same_key_is_refused(memory: MemoryApi) -> None:
    memory("post", "scopes", {"path": "org"}, **KEY)
    refused = memory("post", "scopes", {"path": "other"}, **KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert memory("post", "scopes/forget", {"path": "org"}, **KEY).status_code == 409


def test_keys_of_others_are_apart(agent: Speak, neighbour: Context) -> None:
    answers = [
        speak("post", "scopes", {"path": f"org/{number}"}, **KEY).status_code
        for number, speak in enumerate((agent(), agent(), agent(context=neighbour)))
    ]
    assert answers == [201, 201, 201]


def test_two_keys_of_one_principal_share_their_requests(agent: Speak, context: Context, now: datetime) -> None:
    grants = {"scope:create": frozenset({"*"})}
    alice = create_principal(context, "alice", grants=grants, now=now, actor=LARDER)
    first, second = agent(principal=alice), agent(principal=alice)
    assert first("post", "scopes", {"path": "org"}, **KEY).status_code == 201
    assert second("post", "scopes", {"path": "other"}, **KEY).status_code == 409


def test_without_a_key_it_is_done_each_time(memory: MemoryApi) -> None:
    for _ in range(2):
        memory("post", "scopes", {"path": "org"})
    assert not IdempotentRequest.objects.exists()


def test_a_failed_request_frees_its_key(memory: MemoryApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DOES_IT, lambda *_, **__: 1 / 0)
    assert memory("post", "scopes", {"path": "org"}, **KEY).status_code == 500
    monkeypatch.setattr(DOES_IT, register_scope)
    assert memory("post", "scopes", {"path": "a//b"}, **KEY).status_code == 400
    assert memory("post", "scopes", {"path": "org"}, **KEY).status_code == 201


def test_a_refused_request_frees_its_key(agent: Speak) -> None:
    assert agent({})("post", "scopes", {"path": "org"}, **KEY).status_code == 403
    assert not IdempotentRequest.objects.exists()


def test_a_credential_is_asked_for_first(memory: MemoryApi, neighbour: Context) -> None:
    memory("post", "scopes", {"path": "org"}, **KEY)
    assert memory.at("globex")("post", "scopes", {"path": "org"}, **KEY).status_code == 401
    assert MemoryApi(memory.client, "", "acme")("post", "scopes", {"path": "org"}, **KEY).status_code == 401


def test_a_repeated_request_counts_once_each_time(memory: MemoryApi, settings: Any) -> None:
    settings.THROTTLE_RATE = (2, 3_600)
    statuses = [memory("post", "scopes", {"path": "org"}, **KEY).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]


def test_the_text_of_a_new_key_is_not_kept(memory: MemoryApi) -> None:
    first, second = (memory("post", "keys", {"name": name}, **KEY) for name in ("a", "b"))
    assert first.json()["key"] != second.json()["key"]
    assert not IdempotentRequest.objects.exists()


@pytest.mark.parametrize("key", ["x" * 256])
def test_a_key_that_is_too_long_is_refused(memory: MemoryApi, key: str) -> None:
    refused = memory("post", "scopes", {"path": "org"}, **{"Idempotency-Key": key})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_memory_request")


@pytest.mark.django_db(transaction=True)
def test_a_second_request_waits_for_the_first_ones_answer(memory: MemoryApi, slow: dict[str, Any]) -> None:
    first, told = in_thread(lambda: memory("post", "scopes", {"path": "org"}, **KEY))
    assert slow["begun"].wait(10)
    second, told_again = in_thread(lambda: memory("post", "scopes", {"path": "org"}, **KEY))
    time.sleep(0.2)
    assert not told_again
    slow["go"].set()
    first.join(10)
    second.join(10)
    assert (told[0].status_code, told_again[0].status_code) == (201, 201)
    assert told[0].json() == told_again[0].json()
    assert slow["done"] == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_request_is_refused_in_the_end(
    memory: MemoryApi, slow: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repeats, "claim_or_wait", partial(claim_or_wait, wait_s=0.1))
    first, told = in_thread(lambda: memory("post", "scopes", {"path": "org"}, **KEY))
    assert slow["begun"].wait(10)
    refused = memory("post", "scopes", {"path": "org"}, **KEY)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    slow["go"].set()
    first.join(10)
    assert told[0].status_code == 201
    assert slow["done"] == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_done(memory: MemoryApi, slow: dict[str, Any]) -> None:
    slow["go"].set()
    calls = [in_thread(lambda: memory("post", "scopes", {"path": "org"}, **KEY)) for _ in range(8)]
    for thread, _ in calls:
        thread.join(20)
    assert {answers[0].status_code for _, answers in calls} == {201}
    assert slow["done"] == 1


@pytest.mark.django_db(transaction=True)
def test_who_waited_for_a_failure_does_it(memory: MemoryApi, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go = threading.Event(), threading.Event()

    def fail_once(*args: Any, **named: Any) -> ScopeNode:
        if begun.is_set():
            return register_scope(*args, **named)
        begun.set()
        assert go.wait(10)
        raise MemoryNotFound("not this time")

    monkeypatch.setattr(DOES_IT, fail_once)
    first, told = in_thread(lambda: memory("post", "scopes", {"path": "org"}, **KEY))
    assert begun.wait(10)
    second, told_again = in_thread(lambda: memory("post", "scopes", {"path": "org"}, **KEY))
    go.set()
    first.join(10)
    second.join(10)
    assert (told[0].status_code, told_again[0].status_code) == (404, 201)


def test_a_request_that_died_holds_its_key_for_its_lease_only(admin_caller: MemoryCaller) -> None:
    assert isinstance(claimed(admin_caller), RequestLease)
    with pytest.raises(MemoryConflict):
        claimed(admin_caller)
    IdempotentRequest.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert isinstance(claimed(admin_caller), RequestLease)


def test_who_lost_its_lease_keeps_no_answer_and_frees_nothing(admin_caller: MemoryCaller) -> None:
    late = claimed(admin_caller)
    IdempotentRequest.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    other = claimed(admin_caller)
    assert isinstance(late, RequestLease)
    assert isinstance(other, RequestLease)
    keep_answer(late, KeptAnswer(status=200, text="late"))
    free_key(late)
    keep_answer(other, KeptAnswer(status=200, text="ours"))
    assert claimed(admin_caller) == KeptAnswer(status=200, text="ours")


def test_an_answer_is_kept_for_a_day(admin_caller: MemoryCaller) -> None:
    claim = claimed(admin_caller)
    assert isinstance(claim, RequestLease)
    keep_answer(claim, KeptAnswer(status=201, text="{}"))
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=23))
    assert claimed(admin_caller) == KeptAnswer(status=201, text="{}")
    assert forget_answers(now=timezone.now()) == 0
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert isinstance(claimed(admin_caller, digest=digest_of(b"another")), RequestLease)
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert forget_answers(now=timezone.now()) == 1


@pytest.mark.parametrize("key", ["x" * 256, "a\0b"])
def test_a_key_that_cannot_be_kept_is_refused(admin_caller: MemoryCaller, key: str) -> None:
    with pytest.raises(MemoryInvalid):
        claimed(admin_caller, key)
