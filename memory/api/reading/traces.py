"""`/traces`: how queries were answered."""

from typing import Any

from django.http import HttpRequest

from memory.api.answers.base import described
from memory.api.answers.traces import TraceOut, TracesOut, TraceStatsOut
from memory.api.base import memory_router
from memory.api.reading.base import reader_for, window
from memory.reading.entities import find_trace
from memory.reading.traces import MOST, list_traces, read_stats

router = memory_router("memory traces", repeats=False)


@router.get(
    "/traces",
    response=described(TracesOut),
    summary="How queries were answered, newest first",
    operation_id="list_traces",
)
def traces(request: HttpRequest, limit: int = 100, offset: int = 0) -> dict[str, Any]:
    limit, offset = window(limit=limit, offset=offset, most=MOST)
    return {"traces": list_traces(reader_for(request), limit=limit, offset=offset)}


@router.get(
    "/traces/stats",
    response=described(TraceStatsOut),
    summary="Queries of the last day in numbers",
    operation_id="trace_stats",
)
def stats(request: HttpRequest) -> dict[str, Any]:
    return read_stats(reader_for(request))


@router.get(
    "/traces/{str:trace_id}",
    response=described(TraceOut),
    summary="How one query was answered",
    operation_id="get_trace",
)
def trace(request: HttpRequest, trace_id: str) -> dict[str, Any]:
    return find_trace(reader_for(request), trace_id)
