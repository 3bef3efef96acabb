"""Servers that stand still or refuse instead of dying: whoever asks is told so soon, and nothing is stored twice."""

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest
import redis

from tests.e2e.conftest import wait_for
from tests.e2e.pages import sign_in
from tests.e2e.stack import PROVIDERS, Stack
from tests.providers.scripted import Connection, provider

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

KNOWLEDGE = "/api/v1/knowledge"
TOLD_WITHIN_S = 3.0
QUESTION = {"text": "who keeps the keys", "top_k": 3}
Ask = Callable[[], httpx.Response]


def push(client: httpx.Client, number: int) -> httpx.Response:
    document = {"id": f"stopped:{number}", "source": "stopped", "content": f"The porter keeps key {number}."}
    return client.post(f"{KNOWLEDGE}/bulk-upsert", json={"documents": [document | {"tags": ["stopped"]}]})


def timed(ask: Ask) -> tuple[httpx.Response, float]:
    began = time.monotonic()
    return ask(), time.monotonic() - began


def each_way(stack: Stack, pages: httpx.Client) -> list[Ask]:
    """A query in front of Django, one that goes on to it, a list, a push, an upload, a sync, a page."""
    admin = stack.admin
    return [
        partial(admin.post, f"{KNOWLEDGE}/query", json=QUESTION),
        partial(admin.post, f"{KNOWLEDGE}/query", json=QUESTION | {"explain": True}),
        partial(admin.get, f"{KNOWLEDGE}/documents"),
        partial(push, admin, 1),
        partial(admin.post, "/v1/collections/stopped/documents", files={"files": ("note.txt", b"A note.")}),
        partial(admin.post, f"{PROVIDERS}/still/sync"),
        partial(pages.get, "/"),
    ]


def test_everybody_is_told_within_three_seconds_and_it_heals_by_itself(stack: Stack) -> None:
    async def answer(connection: Connection) -> None:
        await connection.answer(200, {"upserted": 0})

    with provider(answer) as served, sign_in(stack.larder.url) as pages, ThreadPoolExecutor(48) as threads:
        stack.register("still", served.url)
        for number in range(5):
            push(stack.admin, number).raise_for_status()
        stack.admin.post(f"{KNOWLEDGE}/query", json=QUESTION).raise_for_status()  # the fast path knows key and text
        ways = each_way(stack, pages)
        mark = len(stack.larder.log())
        with stack.postgres.stopped():
            told = list(threads.map(timed, ways * 6))
            again = [timed(ask) for ask in ways]
            alive, health_s = timed(partial(httpx.get, f"{stack.larder.url}/health", trust_env=False))
        assert [answer.status_code for answer, _ in told + again] == [503] * len(told + again)
        assert max(seconds for _, seconds in told) < TOLD_WITHIN_S, sorted(seconds for _, seconds in told)
        assert max(seconds for _, seconds in again) < 1, again  # what is known is told at once
        assert (alive.status_code, health_s < 1) == (200, True)
        check_words(told)
        wait_for(lambda: all(ask().is_success for ask in ways[:4]), within_s=10, what=stack.larder.log)
        said = stack.log_since(mark)
        check_store(stack)
    assert not [line for line in said if "Traceback" in line], "\n".join(said)
    with stack.environment():
        assert "rules hold" in stack.larder.manage("audit_runs", "--since", "2000-01-01T00:00:00+00:00")


def check_words(told: list[tuple[httpx.Response, float]]) -> None:
    for answer, _ in told:
        assert answer.headers["Retry-After"]
        if answer.headers["Content-Type"].startswith("application/json"):
            assert answer.json()["code"] == "database_unavailable"
        else:
            assert "check that\n    PostgreSQL runs, that" in answer.text


def check_store(stack: Stack) -> None:
    """Five documents, each once, whatever was sent how often."""
    found: dict[str, Any] = stack.admin.get(f"{KNOWLEDGE}/documents", params={"source": "stopped"}).json()
    assert Counter(each["id"] for each in found["documents"]) == Counter(f"stopped:{number}" for number in range(5))
    run = stack.sync("still")
    assert stack.ended("still", run["id"])["state"] == "succeeded"


def test_a_redis_that_takes_nothing_more_is_waited_for(stack: Stack) -> None:
    """As one whose disk is full: it answers, and refuses each write."""

    async def answer(connection: Connection) -> None:
        await connection.answer(200, {"upserted": 0})

    with provider(answer) as served, redis.Redis.from_url(stack.redis_url) as server:
        stack.register("refused", served.url)
        worker = stack.process("celery", " worker ")
        mark = len(stack.larder.log())
        server.config_set("min-replicas-to-write", 1)
        try:
            run = stack.sync("refused")
            wait_for(lambda: any("Redis is away" in line for line in stack.log_since(mark)), what=stack.larder.log)
            time.sleep(3)  # the worker tries again meanwhile
        finally:
            server.config_set("min-replicas-to-write", 0)
        assert stack.ended("refused", run["id"])["state"] == "succeeded"
        said = stack.log_since(mark)
        assert stack.process("celery", " worker ") == worker, "\n".join(said)
    assert not [line for line in said if "Traceback" in line], "\n".join(said)
