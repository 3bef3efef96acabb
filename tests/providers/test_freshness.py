"""A maximum age is passed whatever the cause of the silence, also when nothing ran at all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from providers.errors import ProviderInvalid
from providers.models import Heartbeat, Provider, SyncRun
from providers.registry import update_provider
from providers.system.readiness import ReadinessRow, readiness
from tests.conftest import Api
from tests.providers.conftest import NOON

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def ran(state: str, at: datetime, provider_id: str = "wiki") -> SyncRun:
    return SyncRun.objects.create(
        provider_id=provider_id, trigger="manual", state=state, queued_at=at, started_at=at, finished_at=at
    )


def stale(now: datetime) -> list[str]:
    return list(Provider.objects.stale(now).values_list("pk", flat=True))


def row(name: str, now: datetime) -> ReadinessRow | None:
    return next((row for row in readiness(now=now) if row.name == name), None)


def test_without_a_success_the_age_counts_from_when_it_was_added(make: Callable[..., Provider]) -> None:
    make(max_age_s=7_200)
    assert stale(NOON + 2 * HOUR) == []
    assert stale(NOON + 2 * HOUR + timedelta(seconds=1)) == ["wiki"]


@pytest.mark.parametrize("state", ["failed", "timed_out", "cancelled", "skipped", "interrupted"])
def test_only_a_success_makes_fresh_again(make: Callable[..., Provider], state: str) -> None:
    make(max_age_s=3_600)
    ran(state, NOON + HOUR)
    assert stale(NOON + 2 * HOUR) == ["wiki"]
    ran("succeeded", NOON + HOUR)
    assert stale(NOON + 2 * HOUR) == []
    assert stale(NOON + 3 * HOUR) == ["wiki"]


def test_a_paused_provider_grows_stale_too_and_one_without_a_limit_never(make: Callable[..., Provider]) -> None:
    make("paused", max_age_s=60, enabled=False)
    make("free")
    assert stale(NOON + 100 * HOUR) == ["paused"]


def test_readiness_names_the_stale_and_says_nothing_where_no_limit_is_set(make: Callable[..., Provider]) -> None:
    make("free")
    assert row("freshness", NOON) is None
    make(max_age_s=3_600)
    kept = row("freshness", NOON)
    assert kept is not None
    assert kept.state == "ok"
    passed = row("freshness", NOON + 2 * HOUR)
    assert passed is not None
    assert (passed.state, passed.detail) == ("warn", "No success for longer than allowed: wiki.")


@pytest.mark.parametrize("value", [0, 59, 366 * 86_400 + 1])
def test_a_limit_that_makes_no_sense_is_refused(make: Callable[..., Provider], value: int) -> None:
    make()
    with pytest.raises(ProviderInvalid):
        update_provider("wiki", now=NOON, max_age_s=value)


def test_the_api_takes_the_limit_and_tells_the_state(api: Callable[..., Api], make: Callable[..., Provider]) -> None:
    make()
    address, admin = "/api/v1/plugins/context_provider/wiki", api("admin")
    answer = admin("patch", address, {"max_age_s": 3_600}).json()
    assert (answer["max_age_s"], answer["stale"], answer["last_success_at"]) == (3_600, True, None)
    assert admin("patch", address, {"max_age_s": None}).json()["stale"] is False
    assert admin("get", "/api/v1/plugins/context_provider").json()[0]["stale"] is False


def test_the_system_tells_what_waits_and_since_when(
    api: Callable[..., Api], make: Callable[..., Provider], queue: Any
) -> None:
    make("a")
    make("b")
    now = datetime.now(tz=NOON.tzinfo)
    SyncRun.objects.create(provider_id="a", trigger="manual", queued_at=now - 2 * HOUR, not_before=now + HOUR)
    SyncRun.objects.create(provider_id="b", trigger="manual", queued_at=now - HOUR)
    Heartbeat.objects.create(name="worker", at=now)
    system = api("admin")("get", "/api/v1/system").json()
    assert (system["runs_running"], system["runs_queued"]) == (0, 2)
    assert 3_600 <= system["oldest_queued_s"] < 3_700
    assert system["queues"].keys() == {"celery", "syncs", "embedding", "filing"}
    assert system["heartbeats"]["worker"] < 60
    waiting = row("sync runs", now)
    assert waiting is not None
    assert (waiting.state, "waited for 60 min" in waiting.detail) == ("warn", True)


def test_without_redis_the_system_still_answers(api: Callable[..., Api], settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert api("admin")("get", "/api/v1/system").json()["queues"] is None
