"""Channels, runs that ended as they should not, and what was told of them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from providers.alerts.models import Alert, AlertChannel
from providers.alerts.saving import create_channel
from providers.alerts.watch import watch
from providers.models import Provider, SyncRun
from tests.providers.conftest import NOON
from tests.providers.scripted import Connection

MINUTE = timedelta(minutes=1)


@pytest.fixture
def channel() -> Callable[..., AlertChannel]:
    def make(name: str = "ops", **fields: Any) -> AlertChannel:
        return create_channel(now=NOON, name=name, **{"kind": "webhook", "url": "http://127.0.0.1:1", **fields})

    return make


@pytest.fixture
def ran(make: Callable[..., Provider]) -> Callable[..., None]:
    """The next run of `wiki` ended so, a minute after the one before."""
    make()
    clock = iter(range(1, 1_000))

    def run(state: str, error: str = "It was away.") -> None:
        at = NOON + next(clock) * MINUTE
        SyncRun.objects.create(
            provider_id="wiki", trigger="manual", state=state, queued_at=at, started_at=at, finished_at=at, error=error
        )

    return run


def events() -> list[str]:
    return list(Alert.objects.order_by("at", "event").values_list("event", flat=True))


def look(minutes: int = 0) -> int:
    return watch(now=NOON + minutes * MINUTE)


class Inbox:
    """A scripted receiver that reads bodies itself: answers each call with the next status."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = iter(statuses)

    async def __call__(self, connection: Connection) -> None:
        await connection.answer(next(self.statuses, 204))
