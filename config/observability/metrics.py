"""`GET /metrics` for Prometheus: what PostgreSQL and Redis say at this moment, whichever process is asked.

The numbers are those of the whole of Larder, so one address is scraped, however many processes there are.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
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
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)

from accounts import access
from accounts.access import Caller, credential
from config.observability.latency import latency
from core.replicas import are_there, count_reads, read_states
from core.schema.bodies import answers_text
from knowledge.browsing.stats import source_stats, stats
from knowledge.embedding.index_choice import codes_are_used
from knowledge.embedding.model_change import State, waiting_under
from knowledge.embedding.vector_space import models_in_use
from knowledge.models import EmbeddingModel, HeldDeletion
from knowledge.reranking.tally import read_reranking
from knowledge.search.index.recall import read_recall
from knowledge.search.index.status import index_status
from knowledge.search.qdrant.status import cluster_status
from memory.extraction.tally import read_counts
from memory.models import Turn
from providers.alerts.deliver import HISTORY
from providers.alerts.models import Alert
from providers.alerts.watch import CONDITIONS, Situation, read_situations
from providers.freshness import freshness_of
from providers.models import Heartbeat, Provider, SyncRun
from providers.system.load import queue_depths

RECENT = timedelta(hours=1)
MOST_LISTED = 1_000
"""Sources and providers with series of their own: more would only be a burden to whoever scrapes."""

router = Router(tags=["operations"])


class MetricsToken(AuthBase):
    """`METRICS_TOKEN`, where it is set: a credential that opens nothing else."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Caller | None:
        token = settings.METRICS_TOKEN
        if not token or not hmac.compare_digest(credential(request.META).encode(errors="replace"), token.encode()):
            return None
        return Caller(name="metrics", role="metrics")


@router.get(
    "/metrics",
    auth=[MetricsToken(), *access.admins],
    summary="Numbers for Prometheus",
    openapi_extra=answers_text("text/plain"),
)
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
        situations = read_situations(now=self.now, most_failures=1)
        return [
            *self._store(),
            self._models(),
            *_cluster(),
            *_codes(),
            *self._providers(),
            *self._each_provider(situations),
            *self._runs(),
            *self._waiting_for_people(),
            self._heartbeats(),
            self._turns_waiting(),
            *_replicas(),
        ]

    def _of_redis(self) -> list[Metric]:
        depths = queue_depths()
        if depths is None:
            raise ConnectionError("the queue does not answer")
        queues = GaugeMetricFamily("larder_queue_messages", "Messages that no worker took yet.", labels=["queue"])
        for name, depth in depths.items():
            queues.add_metric([name], depth)
        return [queues, _latency(), *_extraction(), *_reads(), *_reranking()]

    def _store(self) -> list[Metric]:
        documents = GaugeMetricFamily("larder_documents", "Live documents.", labels=["source"])
        characters = GaugeMetricFamily("larder_document_characters", "Characters of their content.", labels=["source"])
        rows = sorted(source_stats(now=self.now), key=lambda row: -row.documents)
        for row in rows[:MOST_LISTED]:
            documents.add_metric([row.source], row.documents)
            characters.add_metric([row.source], row.bytes)
        found = stats(now=self.now)
        return [
            documents,
            characters,
            _left_out("sources", len(rows)),
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

    def _each_provider(self, situations: Mapping[str, Situation]) -> list[Metric]:
        """Of the first `MOST_LISTED` by id how they stand, of all of them how many stand so."""
        success = GaugeMetricFamily(
            "larder_provider_last_success_timestamp_seconds", "When its newest success ended.", labels=["provider"]
        )
        conditions = GaugeMetricFamily(
            "larder_provider_condition", "1 while it holds.", labels=["provider", "condition"]
        )
        for provider in Provider.objects.with_last_success().order_by("pk")[:MOST_LISTED]:
            if at := freshness_of(provider).last_success_at:
                success.add_metric([provider.pk], at.timestamp())
            for condition in CONDITIONS if provider.pk in situations else ():
                conditions.add_metric([provider.pk, condition], condition in situations[provider.pk].reasons)
        counts = GaugeMetricFamily("larder_providers_in", "Providers in this condition.", labels=["condition"])
        for condition in CONDITIONS:
            counts.add_metric([condition], sum(condition in each.reasons for each in situations.values()))
        return [success, conditions, counts, _left_out("providers", len(situations))]

    def _waiting_for_people(self) -> list[Metric]:
        held = HeldDeletion.objects.filter(state=HeldDeletion.State.PENDING).count()
        alerts = GaugeMetricFamily("larder_alerts", f"Alerts of the last {HISTORY.days} days.", labels=["state"])
        for state in Alert.State.values:
            alerts.add_metric([state], Alert.objects.filter(state=state).count())
        return [alerts, GaugeMetricFamily("larder_held_deletions", "Deletions that wait for a decision.", value=held)]

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

    def _turns_waiting(self) -> Metric:
        waiting = Turn.objects.filter(not_before__isnull=False).count()
        return GaugeMetricFamily("larder_memory_turns_waiting", "Turns that a worker reads again.", value=waiting)


def _cluster() -> list[Metric]:
    """Nothing where none is fed."""
    found = cluster_status()
    if found is None:
        return []
    told = {
        "changes_waiting": ("Changes that were not sent to it yet, counted up to 100,000.", found.waiting),
        "lag_seconds": ("Since the oldest of them was noted.", found.lag_s),
        "usable": ("Whether queries ask it for candidates.", found.is_usable),
    }
    return [GaugeMetricFamily(f"larder_qdrant_{name}", said, value=value) for name, (said, value) in told.items()]


def _codes() -> list[Metric]:
    """Of the machine that is asked; nothing where it keeps none."""
    if not codes_are_used():
        return []
    held = GaugeMetricFamily("larder_search_index_passages", "Passages in this machine's codes.", labels=["model"])
    unseen = GaugeMetricFamily(
        "larder_search_index_unseen", "Passages that are not in them yet, counted up to 50,000.", labels=["model"]
    )
    for model in models_in_use():
        status = index_status(model)
        held.add_metric([model.name], status.passages or 0)
        unseen.add_metric([model.name], status.unseen)
    recall = read_recall()
    share = [] if recall is None else [("larder_search_recall", "Of questions that were asked again.", recall.share)]
    return [held, unseen, *(GaugeMetricFamily(name, said, value=value) for name, said, value in share)]


def _left_out(what: str, count: int) -> Metric:
    return GaugeMetricFamily(
        f"larder_{what}_left_out", "Beyond those with series of their own.", value=max(0, count - MOST_LISTED)
    )


def _replicas() -> list[Metric]:
    up = GaugeMetricFamily("larder_replica_up", "Whether it is read from.", labels=["replica"])
    behind = GaugeMetricFamily("larder_replica_behind_bytes", "Of the primary's log, not replayed.", labels=["replica"])
    for state in read_states():
        up.add_metric([state.name], state.serves)
        if state.behind_bytes is not None:
            behind.add_metric([state.name], state.behind_bytes)
    return [up, behind] if are_there() else []


def _reads() -> list[Metric]:
    reads = CounterMetricFamily("larder_reads", "Requests that read, by the server they chose.", labels=["server"])
    for server, count in count_reads().items() if are_there() else ():
        reads.add_metric([server], count)
    return [reads] if are_there() else []


def _reranking() -> list[Metric]:
    """Nothing where no reranker is set up."""
    if not settings.RERANK_MODEL:
        return []
    told = read_reranking()
    outcomes = CounterMetricFamily("larder_reranks", "Queries to be reranked, by what came of it.", labels=["outcome"])
    for outcome, count in told.outcomes.items():
        outcomes.add_metric([outcome], count)
    calls = SummaryMetricFamily(
        "larder_reranker_call_seconds",
        "How long its server took, whatever came of it.",
        count_value=told.calls,
        sum_value=told.spent_ms / 1_000,
    )
    return [outcomes, calls]


def _latency() -> Metric:
    family = HistogramMetricFamily(
        "larder_http_request_seconds", "Requests by how long they took.", labels=["method", "route", "status"]
    )
    for labels, (buckets, seconds) in latency.read().items():
        named = [(f"{bound:g}" if bound != float("inf") else "+Inf", count) for bound, count in buckets]
        family.add_metric(list(labels), buckets=named, sum_value=seconds)
    return family


def _extraction() -> list[Metric]:
    """Of the memory of agents: what came of reading turns, and what models had to do with it."""
    counts = read_counts()
    families = {
        "turns": ("larder_memory_turns", "Turns by who read them last and what came of it.", ["stage", "outcome"]),
        "calls": ("larder_memory_model_calls", "Questions to models, by what came of them.", ["model", "outcome"]),
        "tokens": ("larder_memory_model_tokens", "Tokens, as the servers count them.", ["model", "direction"]),
    }
    found: list[Metric] = []
    for kind, (name, said, labels) in families.items():
        family = CounterMetricFamily(name, said, labels=labels)
        for values, count in counts[kind].items():
            family.add_metric(values, count)
        found.append(family)
    return found
