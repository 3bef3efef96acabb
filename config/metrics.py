"""`GET /metrics` for Prometheus: what PostgreSQL and Redis say at this moment, whichever process is asked.

The numbers are those of the whole of Larder, so one address is scraped, however many processes there are.
"""

import hmac
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router
from ninja.security.base import AuthBase
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric

from config.latency import latency
from knowledge import access
from knowledge.access import Caller, credential
from knowledge.caching import client
from knowledge.models import EmbeddingModel
from knowledge.spaces import State, waiting_under
from knowledge.stats import source_stats, stats
from providers.models import Heartbeat, Provider, SyncRun

QUEUES = ("celery", "syncs", "embedding")
RECENT = timedelta(hours=1)

router = Router(tags=["operations"])


class MetricsToken(AuthBase):
    """`METRICS_TOKEN`, where it is set: a credential that opens nothing else."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Caller | None:
        token = settings.METRICS_TOKEN
        if not token or not hmac.compare_digest(credential(request).encode(errors="replace"), token.encode()):
            return None
        return Caller(name="metrics", role="metrics")


@router.get("/metrics", auth=[MetricsToken(), *access.admins], summary="Numbers for Prometheus")
def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(Collector(now=timezone.now())), content_type=CONTENT_TYPE_LATEST)


class Collector:
    """Asks everything anew; a part that is away leaves its numbers out and says so in `larder_up`."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("larder_up", "Whether the part answers.", labels=["part"])
        yield from self._asked(up, "database", self._of_database, DatabaseError)
        yield from self._asked(up, "redis", self._of_redis, (redis.RedisError, OSError))
        yield up

    def _asked(
        self,
        up: GaugeMetricFamily,
        part: str,
        ask: Callable[[], list[Metric]],
        away: type[Exception] | tuple[type[Exception], ...],
    ) -> list[Metric]:
        try:
            found = ask()
        except away:
            up.add_metric([part], 0)
            return []
        up.add_metric([part], 1)
        return found

    def _of_database(self) -> list[Metric]:
        return [*self._store(), self._models(), *self._providers(), *self._runs(), self._heartbeats()]

    def _of_redis(self) -> list[Metric]:
        pipe = client(settings.REDIS_URL).pipeline(transaction=False)
        for name in QUEUES:
            pipe.llen(name)
        queues = GaugeMetricFamily("larder_queue_messages", "Messages that no worker took yet.", labels=["queue"])
        for name, depth in zip(QUEUES, pipe.execute(), strict=True):
            queues.add_metric([name], depth)
        return [queues, _latency()]

    def _store(self) -> list[Metric]:
        documents = GaugeMetricFamily("larder_documents", "Live documents.", labels=["source"])
        characters = GaugeMetricFamily("larder_document_characters", "Characters of their content.", labels=["source"])
        for row in source_stats(now=self.now):
            documents.add_metric([row.source], row.documents)
            characters.add_metric([row.source], row.bytes)
        found = stats(now=self.now)
        return [
            documents,
            characters,
            GaugeMetricFamily("larder_trash_documents", "Documents in the trash.", value=found.trash),
            GaugeMetricFamily("larder_passages", "Passages under the active model.", value=found.passages),
            GaugeMetricFamily("larder_passages_pending", "Of them without a vector.", value=found.pending),
            GaugeMetricFamily("larder_passages_quarantined", "Of them refused.", value=found.quarantined),
        ]

    def _models(self) -> Metric:
        models = GaugeMetricFamily(
            "larder_embedding_model_pending", "Passages without a vector.", labels=["model", "state"]
        )
        waiting = waiting_under()
        for model in EmbeddingModel.objects.exclude(state=State.RETIRED):
            models.add_metric([model.name, model.state], waiting.get(model.pk, 0))
        return models

    def _providers(self) -> list[Metric]:
        counts = Provider.objects.aggregate(
            on=Count("pk", filter=Q(enabled=True)),
            off=Count("pk", filter=Q(enabled=False)),
            late=Count("pk", filter=Q(enabled=True, next_run_at__lt=self.now - timedelta(minutes=1))),
        )
        providers = GaugeMetricFamily("larder_providers", "Registered providers.", labels=["state"])
        providers.add_metric(["enabled"], counts["on"])
        providers.add_metric(["disabled"], counts["off"])
        overdue = GaugeMetricFamily("larder_providers_overdue", "Due for a minute and not begun.", value=counts["late"])
        return [providers, overdue]

    def _runs(self) -> list[Metric]:
        active = GaugeMetricFamily("larder_sync_runs_active", "Sync runs under way.", labels=["state"])
        recent = GaugeMetricFamily("larder_sync_runs_last_hour", "Sync runs begun in the last hour.", labels=["state"])
        for family, runs in (
            (active, SyncRun.objects.active()),
            (recent, SyncRun.objects.filter(queued_at__gt=self.now - RECENT)),
        ):
            for state, count in runs.order_by().values_list("state").annotate(Count("pk")):
                family.add_metric([state], count)
        return [active, recent]

    def _heartbeats(self) -> Metric:
        ages = GaugeMetricFamily("larder_heartbeat_age_seconds", "Since a part was last seen at work.", labels=["part"])
        for name, at in Heartbeat.objects.values_list("name", "at"):
            ages.add_metric([name], max(0.0, (self.now - at).total_seconds()))
        return ages


def _latency() -> Metric:
    family = HistogramMetricFamily(
        "larder_http_request_seconds", "Requests by how long they took.", labels=["method", "route", "status"]
    )
    for labels, (buckets, seconds) in latency.read().items():
        named = [(f"{bound:g}" if bound != float("inf") else "+Inf", count) for bound, count in buckets]
        family.add_metric(list(labels), buckets=named, sum_value=seconds)
    return family
