"""Redis that accepts connections and says nothing costs whoever sends a message a fraction of a second, and once."""

import socket
import time
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
import redis
from celery import current_app
from pytest_django import Settings

import core.redis
from core.queue import notify
from ingestion.processing.wake_up import notify_workers
from providers.system.load import queue_depths


@pytest.fixture
def silent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that accepts and says nothing, as a stopped Redis does."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        address = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        monkeypatch.setattr(core.redis, "TIMEOUT_S", 0.25)
        core.redis.client.cache_clear()
        settings.REDIS_URL = address
        monkeypatch.setattr(current_app.conf, "broker_write_url", address)
        yield address
        core.redis.client.cache_clear()


def took_s(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def test_a_notification_waits_for_a_silent_redis_once_and_not_long(silent: str) -> None:
    assert took_s(notify_workers) < 1
    assert took_s(lambda: [notify_workers() for _ in range(50)]) < 0.25
    assert notify_workers() is False


def test_redis_that_falls_silent_after_its_greeting_ends_the_sending_as_soon(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.redis, "ask", lambda *command: b"PONG")
    assert took_s(notify_workers) < 1


def test_what_waits_in_a_silent_queue_is_unknown_at_once(silent: str) -> None:
    assert took_s(lambda: [queue_depths() for _ in range(20)]) < 1
    assert queue_depths() is None


def test_there_is_one_message_for_each_of_the_arguments(settings: Settings) -> None:
    queue = f"test-{uuid4().hex}"
    known = redis.Redis.from_url(settings.REDIS_URL)
    assert notify("tests.nothing", ["a"], ["b"], queue=queue, expires_s=5)
    assert notify("tests.nothing", queue=queue, expires_s=5)
    assert known.llen(queue) == 3
    known.delete(queue)
