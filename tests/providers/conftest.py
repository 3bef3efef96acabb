"""Providers, runs and the queue as tests need them. PostgreSQL and Redis are real."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import redis
from cryptography.fernet import Fernet

from core.clock import database_now
from providers.models import Provider, SyncRun, Trigger
from providers.registry import create_provider
from providers.runs.schedule import request_sync

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    """A time of NOON's day."""
    return datetime.fromisoformat(f"2026-06-01T{text}").replace(tzinfo=UTC)


@pytest.fixture(autouse=True)
def secrets_keys(settings: Any) -> list[str]:
    keys = [Fernet.generate_key().decode()]
    settings.SECRETS_KEYS = keys
    return keys


@pytest.fixture
def queue(settings: Any) -> Iterator[Callable[[], int]]:
    """How many messages wait in the queue of syncs."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("syncs")
    yield lambda: client.llen("syncs")
    client.delete("syncs")


@pytest.fixture
def make() -> Callable[..., Provider]:
    """A provider that runs at every full hour, planned from noon on."""

    def run(provider_id: str = "wiki", *, now: datetime = NOON, **fields: Any) -> Provider:
        given = {"url": "http://wiki.test", "sync_schedule": "0 * * * *", **fields}
        return create_provider(provider_id, now=now, **given)

    return run


@pytest.fixture
def queued(make: Callable[..., Provider]) -> Callable[..., SyncRun]:
    """A queued run of a new provider at this URL, which is tried once."""

    def run(url: str, provider_id: str = "wiki", **fields: Any) -> SyncRun:
        make(provider_id, url=url, **{"sync_schedule": "", "max_attempts": 1, **fields})
        return request_sync(provider_id, trigger=Trigger.MANUAL, now=database_now())

    return run
