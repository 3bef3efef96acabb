"""How queries were answered: kept for a while, shown to those who see what the asker saw."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Avg, Count, Q, QuerySet

from memory.models import Fact, FactState, Trace, Uncertainty
from memory.reading.time_filter import Reader
from memory.wire import wire_time

WINDOW_H = 24
MOST = 500


def keep_trace(
    reader: Reader, *, kind: str, query: str, tier: str, reason: str, latency_ms: float, scores: list[float]
) -> Trace:
    seen = reader.visibility.scope_set_ids
    trace = Trace(
        context=reader.context,
        scope_set_ids=None if seen is None else sorted(seen),
        at=reader.now,
        kind=kind,
        query=query[:2_000],
        tier=tier,
        reason=reason,
        latency_ms=latency_ms,
        retrieved=len(scores),
        top_scores=scores[:5],
    )
    with _without_waiting():
        trace.save(force_insert=True)
    return trace


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Commit without waiting for the disk, as a trace may be lost in a crash; where nothing else is in the commit."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
        yield


def visible_traces(reader: Reader) -> QuerySet[Trace]:
    """Who sees less than the asker did is not shown what was asked."""
    rows = Trace.objects.filter(context=reader.context)
    seen = reader.visibility.scope_set_ids
    return rows if seen is None else rows.filter(scope_set_ids__contained_by=sorted(seen))


def list_traces(reader: Reader, *, limit: int, offset: int) -> list[dict[str, Any]]:
    return [trace_row(each) for each in visible_traces(reader).order_by("-at", "-pk")[offset : offset + limit]]


def trace_row(trace: Trace) -> dict[str, Any]:
    return {
        "id": f"trace:{trace.pk}",
        "traceId": f"trace:{trace.pk}",
        "cached": False,
        "createdAt": wire_time(trace.at),
        "kind": trace.kind,
        "latencyMs": round(trace.latency_ms),
        "queryText": trace.query,
        "resolutionTier": trace.tier,
        "tierReason": trace.reason,
        "retrievedCount": trace.retrieved,
        "topScores": trace.top_scores,
    }


def read_stats(reader: Reader) -> dict[str, Any]:
    """Of the last day. Nothing is answered from a cache of answers, so nothing is a hit of one."""
    since = reader.now - timedelta(hours=WINDOW_H)
    recent = visible_traces(reader).filter(at__gte=since)
    total = recent.aggregate(count=Count("pk"), latency=Avg("latency_ms"), empty=Count("pk", filter=Q(retrieved=0)))
    tiers = dict(recent.values_list("tier").annotate(count=Count("pk")))
    return {
        "totalQueries": total["count"],
        "avgLatencyMs": round(total["latency"] or 0.0, 3),
        "cacheHitRate": 0.0,
        "cacheHits": 0,
        "responseTracesCached": 0,
        "responseTracesTotal": total["count"],
        "windowHours": WINDOW_H,
        "tierCounts": tiers,
        "retrieval": {"empty": total["empty"], "total": total["count"]},
        "contradiction": {"open": _contradictions(reader)},
        "supersession": {"superseded": _superseded(reader, since)},
        "sourceKindDistribution": _kinds(reader),
    }


def _contradictions(reader: Reader) -> int:
    rows = Uncertainty.objects.filter(context=reader.context, kind="contradiction", resolved_at=None)
    return reader.visibility.filter(rows).count()


def _superseded(reader: Reader, since: datetime) -> int:
    return reader.all_facts().filter(state=FactState.SUPERSEDED, known_until__gte=since).count()


def _kinds(reader: Reader) -> list[dict[str, Any]]:
    rows = reader.visibility.filter(Fact.objects.filter(context=reader.context, state=FactState.CURRENT))
    counted = rows.values_list("source_kind").annotate(count=Count("pk")).order_by("source_kind")
    return [{"sourceKind": kind, "count": count} for kind, count in counted]
