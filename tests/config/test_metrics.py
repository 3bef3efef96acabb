"""Prometheus' view: the whole of Larder, right whichever process answers, and honest about what is away."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from cryptography.fernet import Fernet
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

import core.redis
from config.observability import latency as module
from config.observability import metrics
from config.observability.latency import Latency
from core.redis import Breaker, client
from embedded.programs import QUEUES
from knowledge.deleting.held import guard_of
from knowledge.run_counts import Counts
from providers.alerts.models import Alert
from providers.alerts.saving import create_channel
from providers.models import Heartbeat, SyncRun
from providers.registry import create_provider
from tests.conftest import Api

pytestmark = pytest.mark.django_db

Scrape = Callable[[], dict[tuple[Any, ...], float]]


@pytest.fixture(autouse=True)
def _own_counts(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(module, "KEY", "larder:latency:test")
    client(settings.REDIS_URL).delete("larder:latency:test", *QUEUES.split(","))  # some tests leave their messages


@pytest.fixture
def scrape(api: Callable[..., Api]) -> Scrape:
    """All samples, by name and sorted labels."""

    def get() -> dict[tuple[Any, ...], float]:
        answer = api("admin")("get", "/metrics")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        families = text_string_to_metric_families(answer.content.decode())
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }

    return get


def test_the_store_is_counted(scrape: Scrape, push: Callable[..., Counts], now: datetime) -> None:
    push("one", {"id": "two", "content": "☠"}, {"id": "x", "content": "text", "source": 'a "b"\\c'})
    found = scrape()
    assert found["larder_documents", ("source", "wiki")] == 2
    assert found["larder_documents", ("source", 'a "b"\\c')] == 1
    assert found[("larder_passages",)] == 3
    assert found[("larder_passages_pending",)] == found[("larder_passages_quarantined",)] == 1
    assert found["larder_embedding_model_pending", ("model", "test:hashing"), ("state", "active")] == 1


def test_parts_queues_and_heartbeats_are_shown(scrape: Scrape, now: datetime) -> None:
    Heartbeat.objects.create(name="worker", at=now - timedelta(seconds=90))
    found = scrape()
    assert found["larder_up", ("part", "database")] == found["larder_up", ("part", "redis")] == 1
    assert found["larder_queue_messages", ("queue", "syncs")] == 0
    assert 90 <= found["larder_heartbeat_age_seconds", ("part", "worker")] < 100
    assert found["larder_providers", ("state", "enabled")] == 0


def test_every_queue_that_a_task_goes_to_is_worked_at_and_shown(scrape: Scrape, settings: Settings) -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    shown = {dict(labels)["queue"] for name, *labels in scrape() if name == "larder_queue_messages"}
    assert shown == routed | {"celery"} == set(QUEUES.split(","))


def test_each_provider_and_what_waits_for_people_is_shown(
    scrape: Scrape, push: Callable[..., Counts], now: datetime, settings: Settings
) -> None:
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]  # a webhook's URL is kept as a secret
    for name in ("hr", "wiki"):
        create_provider(name, now=now - timedelta(hours=2), url="http://wiki.test", max_age_s=3600)
    done = {"trigger": "manual", "queued_at": now, "started_at": now, "finished_at": now}
    SyncRun.objects.create(provider_id="wiki", state="succeeded", **done)
    SyncRun.objects.create(provider_id="hr", state="failed", error="away", **done)
    push("a", "b")
    push(whole_set_of="wiki", guard=guard_of("wiki"))
    channel = create_channel(now=now, name="ops", kind="email", recipients=["ops@example.com"])
    for state in ("queued", "failed", "failed"):
        Alert.objects.create(channel=channel, provider="hr", event="stale", at=now, not_before=now, state=state)
    found = scrape()
    succeeded = "larder_provider_last_success_timestamp_seconds"
    assert found[succeeded, ("provider", "wiki")] == pytest.approx(now.timestamp())
    assert (succeeded, ("provider", "hr")) not in found
    holding = {key[1:]: value for key, value in found.items() if key[0] == "larder_provider_condition"}
    assert len(holding) == 8
    assert {(key[1][1], key[0][1]) for key, value in holding.items() if value} == {
        ("hr", "failing"), ("hr", "stale"), ("wiki", "held")
    }  # fmt: skip
    assert [found["larder_providers_in", ("condition", each)] for each in ("failing", "stale", "held", "paused")] == [
        1,
        1,
        1,
        0,
    ]
    assert found[("larder_held_deletions",)] == 1
    assert [found["larder_alerts", ("state", each)] for each in ("queued", "delivered", "failed")] == [1, 0, 2]
    assert found[("larder_providers_left_out",)] == found[("larder_sources_left_out",)] == 0


def test_the_number_of_series_has_an_end(
    scrape: Scrape, push: Callable[..., Counts], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "MOST_LISTED", 2)
    for name in ("a", "b", "c", "d", "e"):
        create_provider(name, now=now, url="http://wiki.test")
        push({"id": name, "content": name, "source": name})
    found = scrape()
    assert {key[2][1] for key in found if key[0] == "larder_provider_condition"} == {"a", "b"}
    assert len([key for key in found if key[0] == "larder_documents"]) == 2
    assert found[("larder_providers_left_out",)] == found[("larder_sources_left_out",)] == 3
    assert found["larder_providers", ("state", "enabled")] == 5


def test_a_redis_that_is_away_leaves_its_numbers_out(
    scrape: Scrape, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(current_app.conf, "broker_write_url", settings.REDIS_URL)
    found = scrape()
    assert found["larder_up", ("part", "redis")] == 0
    assert found["larder_up", ("part", "database")] == 1
    assert not [name for name in found if name[0] == "larder_queue_messages"]


def test_requests_are_counted_by_route_and_not_by_address(
    scrape: Scrape, api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Latency()
    monkeypatch.setattr("config.web.middleware.latency", mine)
    monkeypatch.setattr(metrics, "latency", mine)
    analyzer = api("analyzer")
    for key in ("a", "b/c", "d"):
        analyzer("get", f"/api/v1/knowledge/documents/{key}")
    found = scrape()
    labels = (("method", "GET"), ("route", "/api/v1/knowledge/documents/<path:key>"), ("status", "4xx"))
    assert found["larder_http_request_seconds_count", *labels] == 3
    assert found["larder_http_request_seconds_bucket", ("le", "+Inf"), *labels] == 3
    assert found["larder_http_request_seconds_sum", *labels] > 0


def test_made_up_methods_are_counted_as_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Latency()
    monkeypatch.setattr("config.web.middleware.latency", mine)
    for method in ("BREW", "PROPFIND"):
        client.generic(method, "/health")
    assert {labels[0] for labels in mine.read()} == {"other"}


def test_several_processes_count_together() -> None:
    first, second = Latency(), Latency()
    for process in (first, second):
        process.observe(("GET", "/x", "2xx"), 0.003)
        process.observe(("GET", "/x", "2xx"), 0.3)
    second.flush()
    buckets, seconds = first.read()["GET", "/x", "2xx"]
    assert dict(buckets)[0.005] == 2
    assert buckets[-1] == (float("inf"), 4)
    assert seconds == pytest.approx(0.606)


def test_counts_wait_for_a_redis_that_is_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    here, mine = settings.REDIS_URL, Latency()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    mine.observe(("GET", "/x", "2xx"), 0.003)
    assert mine.read() == {}
    settings.REDIS_URL = here
    monkeypatch.setattr(core.redis, "breaker", Breaker())
    assert mine.read()["GET", "/x", "2xx"][0][-1] == (float("inf"), 1)


def test_what_reading_turns_came_to_is_counted(scrape: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.counters import Counters
    from memory.extraction import tally
    from memory.extraction.diff import Diff
    from memory.extraction.reading import ReadingOutcome, ReadingStage, TurnReading, Usage

    counters = Counters(f"larder:test:{uuid4().hex}")
    monkeypatch.setattr(tally, "counters", counters)
    usage = [Usage(model="a|b", tokens_in=100, tokens_out=20)] * 2
    for _ in range(3):
        tally.count_reading(TurnReading(diff=Diff(), stage=ReadingStage.FAST, outcome=ReadingOutcome.READ, usage=usage))
    tally.count_call("a|b", "invalid")
    found = scrape()
    assert found["larder_memory_turns_total", ("outcome", "read"), ("stage", "fast")] == 3
    assert found["larder_memory_model_tokens_total", ("direction", "in"), ("model", "a_b")] == 600
    assert found["larder_memory_model_tokens_total", ("direction", "out"), ("model", "a_b")] == 120
    assert found["larder_memory_model_calls_total", ("model", "a_b"), ("outcome", "invalid")] == 1
    assert found["larder_memory_turns_waiting",] == 0


def test_nobody_but_admins_and_the_token_may_look(api: Callable[..., Api], settings: Settings) -> None:
    assert api(None)("get", "/metrics").status_code == 401
    assert api("analyzer")("get", "/metrics").status_code == 403
    settings.METRICS_TOKEN = "let-me-look"
    bearer = {"Authorization": "Bearer let-me-look"}
    assert api(None).client.get("/metrics", headers=bearer).status_code == 200
    assert api(None).client.get("/api/v1/knowledge/stats", headers=bearer).status_code == 401
    assert api(None).client.get("/metrics", headers={"Authorization": "Bearer let-me"}).status_code == 401


def test_an_empty_token_opens_nothing(api: Callable[..., Api], settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert api(None).client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
