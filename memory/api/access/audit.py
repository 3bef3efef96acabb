"""`/audit` of a context: what was decided there (admin actions), retrieved (queries) and answered (by models)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from accounts.models import AuditEntry
from memory.access.caller import Verb
from memory.api.base import Wire, WireTime, caller_of, memory_router
from memory.errors import MemoryForbidden
from memory.models import Context, Trace

router = memory_router("memory")

DECISION, RETRIEVAL, RESPONSE = "decision", "retrieval", "response"
TRACES = {RETRIEVAL: ("query", "context"), RESPONSE: ("chat", "reflect")}
MOST = 1_000


class MemoryAuditRow(Wire):
    """Of a decision `verb`, `before` and `after` say what was done; of the other kinds they are empty."""

    trace_id: str = Field(description="audit:<number> or trace:<id>")
    created_at: datetime = Field(description="when")
    kind: str = Field(description="decision, retrieval or response")
    cost: float = Field(default=0.0, description="0; published, and not counted here")
    latency_ms: int = Field(default=0, description="milliseconds that it took")
    rows_touched: int = Field(default=0, description="hits of a retrieval")
    model: str | None = Field(default=None, description="null; published, and not noted here")
    principal: str | None = Field(default=None, description="who acted, of a decision")
    verb: str = Field(default="", description="what was done")
    before: dict[str, Any] = Field(default_factory=dict, description="what there was")
    after: dict[str, Any] = Field(default_factory=dict, description="what there is")


class MemoryAuditOut(Wire):
    """What was done in a context."""

    rows: list[MemoryAuditRow] = Field(description="the newest first")


@router.get("/audit", response=MemoryAuditOut, summary="What was done in the context, newest first")
def read_memory_audit(
    request: HttpRequest,
    kind: str = "",
    principal: str = "",
    key: str = "",
    since: WireTime | None = None,
    until: WireTime | None = None,
    limit: int = 100,
) -> dict[str, Any]:
    """`principal` and `key` are parts of the name of who acted, which queries do not note."""
    caller = caller_of(request)
    if not caller.region(Verb.GRANT_MANAGE).is_everything:
        raise MemoryForbidden(f"{caller.name} does not manage all of the context, of which this tells.")
    most = min(max(limit, 1), MOST)
    between = _between(since, until, name="at")
    actor = (principal or key).replace("\0", "")
    rows = _decisions(caller.context, between, actor, most) if kind in ("", DECISION) else []
    if not actor:
        rows += _retrievals(caller.context, between, kind, most)
    return {"rows": sorted(rows, key=lambda row: row.created_at, reverse=True)[:most]}


def _between(since: datetime | None, until: datetime | None, *, name: str) -> dict[str, Any]:
    given = {f"{name}__gte": since, f"{name}__lt": until}
    return {each: value for each, value in given.items() if value is not None}


def _decisions(context: Context, between: dict[str, Any], actor: str, most: int) -> list[MemoryAuditRow]:
    entries = AuditEntry.objects.filter(object=context.source, **between)
    if actor:
        entries = entries.filter(actor__icontains=actor)
    return [_decision(entry) for entry in entries.order_by("-id")[:most]]


def _decision(entry: AuditEntry) -> MemoryAuditRow:
    return MemoryAuditRow(
        trace_id=f"audit:{entry.pk}",
        created_at=entry.at,
        kind=DECISION,
        principal=entry.actor,
        verb=entry.verb,
        before=entry.before,
        after=entry.after,
    )


def _retrievals(context: Context, between: dict[str, Any], kind: str, most: int) -> list[MemoryAuditRow]:
    wanted = [name for each, names in TRACES.items() if kind in ("", each) for name in names]
    traces = Trace.objects.filter(context=context, kind__in=wanted, **between).order_by("-at", "-id")[:most]
    return [_retrieval(trace) for trace in traces]


def _retrieval(trace: Trace) -> MemoryAuditRow:
    return MemoryAuditRow(
        trace_id=str(trace),
        created_at=trace.at,
        kind=RETRIEVAL if trace.kind in TRACES[RETRIEVAL] else RESPONSE,
        latency_ms=round(trace.latency_ms),
        rows_touched=trace.retrieved,
    )
