"""Whether the whole system is well, part by part, and for each missing part the one step that brings it back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Literal

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import DatabaseError
from django.db.models import Count, Q, Value
from django.utils.module_loading import import_string

from knowledge.checks import EmbeddingState, embedding_state
from knowledge.embedding.index_choice import CODES, codes_are_used, why_no_codes
from knowledge.embedding.vector_space import models_in_use
from knowledge.models import EmbeddingModel
from knowledge.reranking.guarded import GuardedReranker, reranker
from knowledge.search.index.mark import MOST_UNSEEN
from knowledge.search.index.recall import read_recall
from knowledge.search.index.status import IndexStatus, index_status
from knowledge.search.qdrant.status import MOST_COUNTED, ClusterStatus, cluster_status
from providers.models import Heartbeat, Provider
from providers.secrets import is_readable
from providers.system.load import queue_depths, read_load, write_refusal

TICK_OVERDUE = timedelta(seconds=15)
PULSE_OVERDUE = timedelta(seconds=45)
PLAN_OVERDUE = timedelta(minutes=1)
NAMES_SHOWN = 5
QUEUED_TOO_LONG_S = UNSENT_TOO_LONG_S = 300
WORKER = "`celery -A config worker --pool threads --queues celery,syncs,embedding,filing`"
LOOK_AT_INDEX = "Look for `larder.index` in the web process's log; `manage.py search_index catch-up` makes it by hand."
SCHEDULER = "`celery -A config beat --scheduler config.processes.ticks:TickScheduler`"


@dataclass(frozen=True, kw_only=True)
class ReadinessRow:
    """`detail` says how it stands, `fix` what to do about it; "" where nothing need be done."""

    name: str
    state: Literal["ok", "warn", "bad"]
    detail: str
    fix: str = ""

    @property
    def ready(self) -> bool:
        return self.state != "bad"


@cache
def other_parts() -> list[Callable[[], list[ReadinessRow]]]:
    """Of packages that stand above this one. They take as little time, and raise nothing."""
    return [import_string(name) for name in settings.READINESS_PARTS]


def readiness(*, now: datetime) -> list[ReadinessRow]:
    """Ask every part. Takes milliseconds while all are well, a few seconds where one hangs; raises nothing."""
    embedding = embedding_state()
    rows = [_embedder(embedding), *_reranker(reranker()), _queue()]
    try:
        seen = dict(Heartbeat.objects.values_list("name", "at"))
        rows += [_database(), _workers(seen, now=now), _scheduler(seen, now=now)]
        rows += [*_providers(now=now), _runs(now=now), *_cluster(cluster_status()), *_search_index()]
    except DatabaseError as error:
        rows.append(_no_database(error))
    if embedding.mismatch:
        rows.append(_mismatch(embedding))
    return rows + [row for part in other_parts() for row in part()]


def _embedder(state: EmbeddingState) -> ReadinessRow:
    where = f"{state.model} at {state.url}" if state.url else f"{state.model}, local"
    if state.reachable:
        return ReadinessRow(name="embedder", state="ok", detail=where)
    fix = (
        f"Ensure Ollama is running at {state.url}, and `ollama pull {state.model}`."
        if state.configured.startswith("ollama:")
        else "Check EMBEDDING_MODEL and the backend's address and key."
    )
    return ReadinessRow(name="embedder", state="bad", detail=f"{where}: {state.complaint}", fix=fix)


def _reranker(server: GuardedReranker | None) -> list[ReadinessRow]:
    """By what became of questions: asking it costs money where it is somebody's service. Search goes on without it."""
    if server is None:
        return []
    where = f"{server.server.model} at {server.url}"
    if not server.is_paused:
        return [ReadinessRow(name="reranker", state="ok", detail=where)]
    fix = "Check RERANK_MODEL, RERANK_URL and RERANK_API_KEY; queries are answered in the order that was found."
    return [ReadinessRow(name="reranker", state="warn", detail=f"{where}: {server.last_failure().detail}", fix=fix)]


def _mismatch(state: EmbeddingState) -> ReadinessRow:
    change = f"`manage.py embedding_model activate {state.configured}`"
    fix = (
        f"{state.configured} is being built; when `manage.py embedding_model status` says so, {change}."
        if state.configured_is_building
        else f"Set EMBEDDING_MODEL to {state.active}; or, to change over, "
        f"`manage.py embedding_model add {state.configured}`, then {change}."
    )
    return ReadinessRow(
        name="embedding model",
        state="warn",
        detail=f"The store answers with {state.active}; configured is {state.configured}.",
        fix=fix,
    )


def _queue() -> ReadinessRow:
    depths = queue_depths()
    if depths is None:
        return ReadinessRow(
            name="queue",
            state="bad",
            detail="Redis does not answer; syncs wait.",
            fix="Start Redis, or check REDIS_URL. What is due starts by itself afterwards.",
        )
    if refusal := write_refusal():
        return ReadinessRow(
            name="queue",
            state="bad",
            detail=f"Redis answers and takes nothing, so syncs wait: {refusal[:200]}",
            fix="Mostly a full disk or memory of Redis: make room. What is due starts by itself afterwards.",
        )
    return ReadinessRow(name="queue", state="ok", detail=f"Redis answers; {sum(depths.values()):,} messages wait.")


def _database() -> ReadinessRow:
    return ReadinessRow(name="database", state="ok", detail="PostgreSQL answers.")


def _no_database(error: DatabaseError) -> ReadinessRow:
    return ReadinessRow(
        name="database",
        state="bad",
        detail=f"PostgreSQL does not answer: {str(error).splitlines()[0]}",
        fix="Start PostgreSQL, or check DATABASE_URL; if it is new, run `manage.py migrate`.",
    )


def _workers(seen: dict[str, datetime], *, now: datetime) -> ReadinessRow:
    if _is_fresh(seen, "worker", now=now, limit=PULSE_OVERDUE):
        return ReadinessRow(name="workers", state="ok", detail="At least one worker is at work.")
    return ReadinessRow(
        name="workers",
        state="bad",
        detail=f"No worker has been seen{_since(seen.get('worker'), now=now)}; nothing is synced or embedded.",
        fix=f"Start a worker: {WORKER}.",
    )


def _scheduler(seen: dict[str, datetime], *, now: datetime) -> ReadinessRow:
    """A tick needs the scheduler to send it and a worker to take it; the worker's pulse tells which one is missing."""
    if _is_fresh(seen, "dispatcher", now=now, limit=TICK_OVERDUE):
        return ReadinessRow(name="scheduler", state="ok", detail="Ticks arrive.")
    fix = (
        f"Start the scheduler: {SCHEDULER}."
        if _is_fresh(seen, "worker", now=now, limit=PULSE_OVERDUE)
        else "Bring the queue and a worker back first; without them no tick can arrive."
    )
    detail = f"No tick has arrived{_since(seen.get('dispatcher'), now=now)}; schedules are not followed."
    return ReadinessRow(name="scheduler", state="bad", detail=detail, fix=fix)


def _providers(*, now: datetime) -> list[ReadinessRow]:
    """How they are planned, how fresh, and whether their secrets can be read: one question to the database for all."""
    sealed = Q(enabled=True) & ~Q(secret_encrypted="")
    found = Provider.objects.aggregate(
        on=Count("pk", filter=Q(enabled=True)),
        scheduled=Count("pk", filter=Q(enabled=True) & ~Q(sync_schedule="")),
        overdue=Count("pk", filter=Q(enabled=True, next_run_at__lt=now - PLAN_OVERDUE)),
        broken=Count("pk", filter=Q(enabled=True) & ~Q(schedule_error="")),
        limited=Count("pk", filter=Q(max_age_s__isnull=False)),
        stale=ArrayAgg(
            "pk", filter=Q(pk__in=Provider.objects.stale(now).values("pk")), order_by="pk", default=Value([])
        ),
        sealed=ArrayAgg("pk", filter=sealed, order_by="pk", default=Value([])),
        secrets=ArrayAgg("secret_encrypted", filter=sealed, order_by="pk", default=Value([])),
    )
    secrets = zip(found["sealed"], found["secrets"], strict=True)
    return [_plans(found), *_freshness(found["limited"], found["stale"]), *_secrets(secrets)]


def _plans(counts: dict[str, int]) -> ReadinessRow:
    if counts["broken"]:
        detail = f"{counts['broken']} cannot be planned."
        return ReadinessRow(name="providers", state="bad", detail=detail, fix="Save their schedules again.")
    if counts["overdue"]:
        detail = f"{counts['overdue']} are overdue by more than a minute."
        return ReadinessRow(name="providers", state="warn", detail=detail, fix="Look at the scheduler and the workers.")
    if not counts["on"]:
        return ReadinessRow(name="providers", state="warn", detail="None is enabled.", fix="Register a provider.")
    detail = f"{counts['on']} enabled, {counts['scheduled']} of them on a schedule."
    return ReadinessRow(name="providers", state="ok", detail=detail)


def _freshness(limited: int, stale: list[str]) -> list[ReadinessRow]:
    """Nothing to say where nobody set a limit."""
    if not limited:
        return []
    if not stale:
        return [ReadinessRow(name="freshness", state="ok", detail=f"{limited:,} with a maximum age, all within it.")]
    detail = f"No success for longer than allowed: {_named(stale)}."
    return [ReadinessRow(name="freshness", state="warn", detail=detail, fix="Their pages say what is in the way.")]


def _runs(*, now: datetime) -> ReadinessRow:
    load = read_load(now=now)
    detail = f"{load.runs_running:,} running, {load.runs_queued:,} queued"
    if load.oldest_queued_s is None or load.oldest_queued_s < QUEUED_TOO_LONG_S:
        return ReadinessRow(name="sync runs", state="ok", detail=f"{detail}.")
    return ReadinessRow(
        name="sync runs",
        state="warn",
        detail=f"{detail}; one has waited for {load.oldest_queued_s / 60:.0f} min.",
        fix="Start more workers, or raise MAX_CONCURRENT_SYNCS.",
    )


def _secrets(secrets: Iterable[tuple[str, str]]) -> list[ReadinessRow]:
    """Nothing to say where every provider's secret can be read."""
    lost = [pk for pk, token in secrets if not is_readable(token)]
    if not lost:
        return []
    return [
        ReadinessRow(
            name="secrets",
            state="bad",
            detail=f"None of SECRETS_KEYS opens the secret of {_named(lost)}; they cannot be called.",
            fix="Bring the lost key back into SECRETS_KEYS, behind the new one, and run `manage.py rotate_secrets`; "
            "or enter these secrets again.",
        )
    ]


def _cluster(status: ClusterStatus | None) -> list[ReadinessRow]:
    """Nothing to say where there is none. Nothing is "bad": without it queries are answered by the rows."""
    if status is None and not settings.QDRANT_URL:
        return []
    detail, fix = _cluster_trouble(status)
    if detail or status is None:
        return [ReadinessRow(name="qdrant", state="warn", detail=detail, fix=fix)]
    return [ReadinessRow(name="qdrant", state="ok", detail=f"{_changes(status)} wait to be sent.")]


def _cluster_trouble(status: ClusterStatus | None) -> tuple[str, str]:
    if status is None:
        return "Nothing is sent to it.", "Run `manage.py qdrant rebuild`."
    if not settings.QDRANT_URL:
        return "Changes are noted for it, and QDRANT_URL is not set.", "Set it, or run `manage.py qdrant off`."
    if not status.is_of_this_store:
        detail = "It was fed from another store, or from this one before it was restored or moved; nobody asks it."
        return detail, "Run `manage.py qdrant rebuild`."
    if status.unfilled:
        detail = f"It does not hold all of {_named(list(status.unfilled))} yet."
        return detail, "`manage.py qdrant rebuild` fills it, and goes on where it was broken off."
    if status.pauses:
        detail = f"It is left alone for a while: {'; '.join(dict.fromkeys(status.pauses.values()))}"
        return detail, "Start Qdrant, or check QDRANT_URL and QDRANT_API_KEY. What waits is sent by itself afterwards."
    if status.lag_s >= UNSENT_TOO_LONG_S:
        return f"{_changes(status)} wait, the oldest for {status.lag_s / 60:.0f} min.", "Start more workers."
    return "", ""


def _changes(status: ClusterStatus) -> str:
    return f"{status.waiting:,}{' or more' if status.waiting == MOST_COUNTED else ''} changes"


def _search_index() -> list[ReadinessRow]:
    """A row for each model in use that has passages enough for an index. Nothing is "bad": what codes lack, queries
    read from the rows.
    """
    if settings.SEARCH_INDEX == CODES and (missing := why_no_codes()):
        detail, _, fix = missing.partition(": ")
        return [ReadinessRow(name="search index", state="warn", detail=_sentence(detail), fix=_sentence(fix))]
    if not codes_are_used():
        return []
    return [_codes(model, status) for model in models_in_use() if (status := index_status(model)).is_worth_it]


def _codes(model: EmbeddingModel, status: IndexStatus) -> ReadinessRow:
    if status.taken:
        detail, _, fix = status.taken.partition("; ")
        return ReadinessRow(name="search index", state="warn", detail=_sentence(detail), fix=_sentence(fix))
    if status.passages is None:
        detail = f"That of {model.name} is being made; queries are answered exactly meanwhile."
        return ReadinessRow(name="search index", state="warn", detail=detail, fix=LOOK_AT_INDEX)
    if status.unseen >= MOST_UNSEEN:
        detail = f"That of {model.name} lacks {status.unseen:,} passages or more, so queries are answered exactly."
        return ReadinessRow(name="search index", state="warn", detail=detail, fix=LOOK_AT_INDEX)
    return ReadinessRow(name="search index", state="ok", detail=f"{_held(model, status)}{_recall()}.")


def _held(model: EmbeddingModel, status: IndexStatus) -> str:
    segments = "1 segment" if status.segments == 1 else f"{status.segments} segments"
    return f"{status.passages:,} passages of {model.name} in {segments}"


def _recall() -> str:
    """Nothing to say before anything was measured."""
    measured = read_recall()
    return "" if measured is None else f"; recall {measured.share:.3f} of the last {measured.questions:,} asked again"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _named(ids: list[str]) -> str:
    """ "wiki, tickets and 4 more"."""
    shown, more = ids[:NAMES_SHOWN], len(ids) - NAMES_SHOWN
    return ", ".join(shown) + (f" and {more:,} more" if more > 0 else "")


def _is_fresh(seen: dict[str, datetime], name: str, *, now: datetime, limit: timedelta) -> bool:
    return name in seen and now - seen[name] < limit


def _since(at: datetime | None, *, now: datetime) -> str:
    return f" for {int((now - at).total_seconds())} s" if at else " yet"
