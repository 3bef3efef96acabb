"""The admin API: providers, their runs, a schedule's preview, readiness. Endpoints translate; the verbs decide."""

from datetime import UTC, timedelta
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status
from pydantic import Field

from accounts import access
from accounts.audit import actor_of
from core.clock import database_now
from core.paging import paginate
from knowledge.browsing.history import OF_RUN, Shown, show_changes
from knowledge.models import Change, Document
from knowledge.run_counts import counts_of_run, late_arrivals
from providers.assign import values_of
from providers.cleanup import Documents
from providers.cron import describe, fires, parse_schedule, parse_zone
from providers.doctor import examine
from providers.doctor.steps import verdict
from providers.errors import RunNotFound, ScheduleInvalid
from providers.freshness import freshness_of
from providers.incremental.sync_state import read_sync_progress, reset_sync_state
from providers.lookup import get_provider
from providers.models import Heartbeat, Provider, SyncRun, Trigger
from providers.querysets import RUNS
from providers.registry import create_provider, delete_provider, update_provider
from providers.runs.actions import cancel_run_as, request_sync_as
from providers.runs.next_start import shift_of
from providers.schemas import (
    AttemptOut,
    ChangeOut,
    ChangesOut,
    DiagnosisOut,
    DiffSpanOut,
    PreviewIn,
    PreviewOut,
    ProviderIn,
    ProviderOut,
    ProviderPatch,
    ReadinessOut,
    RunDetailOut,
    RunOut,
    RunsOut,
    SyncProgressOut,
    SyncStateOut,
    SystemOut,
)
from providers.secrets import is_readable
from providers.system import read_system
from providers.system.load import read_load
from providers.system.readiness import readiness

router = Router(tags=["providers"], auth=access.admins)

BASE = "/plugins/context_provider"
FIRST_YEAR, LAST_YEAR = 1970, 2200
Limit = Annotated[int, Field(ge=1, le=500)]


@router.get(BASE, response=list[ProviderOut], summary="All providers, by id")
def list_providers(request: HttpRequest) -> list[ProviderOut]:
    return [_provider(provider) for provider in Provider.objects.with_last_run().with_last_success()]


@router.post(BASE, response={201: ProviderOut}, summary="Register a provider", operation_id="create_provider")
def create(request: HttpRequest, body: ProviderIn) -> Status[ProviderOut]:
    fields = body.model_dump(exclude={"id"}, exclude_unset=True)
    create_provider(body.id, now=database_now(), actor=actor_of(request), **fields)
    return Status(201, _provider(get_provider(body.id)))


@router.get(f"{BASE}/{{provider_id}}", response=ProviderOut, operation_id="get_provider")
def get(request: HttpRequest, provider_id: str) -> ProviderOut:
    return _provider(get_provider(provider_id))


@router.patch(
    f"{BASE}/{{provider_id}}",
    response=ProviderOut,
    summary="Change the named fields, effective at once",
    operation_id="update_provider",
)
def update(request: HttpRequest, provider_id: str, body: ProviderPatch) -> ProviderOut:
    fields = body.model_dump(exclude_unset=True)
    update_provider(provider_id, now=database_now(), actor=actor_of(request), **fields)
    return _provider(get_provider(provider_id))


@router.delete(
    f"{BASE}/{{provider_id}}",
    response={204: None},
    summary="Forget a provider; its history stays",
    operation_id="delete_provider",
)
def delete(request: HttpRequest, provider_id: str, documents: Documents = Documents.KEEP) -> Status[None]:
    """Its `documents`: `keep`, and each stays until it expires, for ever where it has no expiry; `trash`, and workers
    move them to the trash in the background. Its runs then push nothing more (409 `run_over`)."""
    delete_provider(provider_id, documents=documents, now=database_now(), actor=actor_of(request))
    return Status(204, None)


@router.get(f"{BASE}/{{provider_id}}/sync_state", response=SyncProgressOut, summary="What its next sync goes on from")
def get_sync_state(request: HttpRequest, provider_id: str) -> SyncProgressOut:
    return SyncProgressOut(**vars(read_sync_progress(get_provider(provider_id))))


@router.delete(
    f"{BASE}/{{provider_id}}/sync_state", response={204: None}, summary="Reset it: its next sync brings everything"
)
def delete_sync_state(request: HttpRequest, provider_id: str) -> Status[None]:
    """A sync that runs meanwhile keeps nothing of what it comes to."""
    reset_sync_state(provider_id, now=database_now(), actor=actor_of(request))
    return Status(204, None)


@router.post(f"{BASE}/{{provider_id}}/sync", response={202: RunOut}, summary="Sync now")
def sync(request: HttpRequest, provider_id: str) -> Status[RunOut]:
    """409 with `run_id` while one is active. The same `Idempotency-Key` answers with the same run."""
    key = request.headers.get("Idempotency-Key")
    actor, now = actor_of(request), database_now()
    return Status(
        202, _run(request_sync_as(provider_id, trigger=Trigger.API, actor=actor, now=now, idempotency_key=key))
    )


@router.get(f"{BASE}/{{provider_id}}/sync", response=SyncStateOut, summary="How the last sync went, and what is next")
def sync_state(request: HttpRequest, provider_id: str) -> SyncStateOut:
    provider = get_provider(provider_id)
    run = provider.last_run
    return SyncStateOut(
        run=_run(run) if run else None,
        next_run_at=provider.next_run_at,
        documents=Document.objects.live(database_now()).of_source(provider_id).count(),
        last_error=(run.error if run else "") or None,
    )


@router.get(f"{BASE}/{{provider_id}}/runs", response=RunsOut, summary="The history, newest first")
def list_runs(request: HttpRequest, provider_id: str, limit: Limit = 50, cursor: str = "") -> RunsOut:
    """Also of a provider that was deleted."""
    if "\0" in provider_id or not SyncRun.objects.filter(provider=provider_id).exists():
        get_provider(provider_id)
    page = paginate(SyncRun.objects.filter(provider=provider_id), by=RUNS, cursor=cursor, limit=limit)
    late = late_arrivals(run.pk for run in page.rows)
    return RunsOut(runs=[_run(run, late=late.get(run.pk, 0)) for run in page.rows], next=page.next)


@router.get(f"{BASE}/{{provider_id}}/runs/{{run_id}}", response=RunDetailOut)
def get_run(request: HttpRequest, provider_id: str, run_id: str) -> RunDetailOut:
    run = _find_run(provider_id, run_id)
    attempts = [
        AttemptOut(**{name: getattr(each, name) for name in AttemptOut.model_fields}) for each in run.attempts.all()
    ]
    late = late_arrivals([run.pk]).get(run.pk, 0)
    return RunDetailOut(**vars(_run(run, late=late)), attempts=attempts)


@router.post(f"{BASE}/{{provider_id}}/runs/{{run_id}}/cancel", response={202: RunOut}, summary="Stop a run")
def cancel(request: HttpRequest, provider_id: str, run_id: str) -> Status[RunOut]:
    """A queued run ends at once, a running one within seconds; 409 where it has ended already."""
    run = _find_run(provider_id, run_id)
    return Status(202, _run(cancel_run_as(run.pk, actor=actor_of(request), now=database_now())))


@router.get(f"{BASE}/{{provider_id}}/runs/{{run_id}}/changes", response=ChangesOut, summary="What a run did")
def list_changes(
    request: HttpRequest, provider_id: str, run_id: str, limit: Limit = 100, cursor: str = ""
) -> ChangesOut:
    found = Change.objects.of_run(_find_run(provider_id, run_id).pk)
    page = paginate(found, by=OF_RUN, cursor=cursor, limit=limit)
    return ChangesOut(changes=[_change(each) for each in show_changes(page.rows, now=database_now())], next=page.next)


@router.post(f"{BASE}/{{provider_id}}/doctor", response=DiagnosisOut, summary="Look it over; starts no sync")
def doctor(request: HttpRequest, provider_id: str) -> dict[str, object]:
    """Takes at most half a minute, and that only where every question hangs."""
    steps = examine(get_provider(provider_id), now=database_now())
    return {"provider": provider_id, "status": verdict(steps), "steps": [vars(step) for step in steps]}


@router.post("/schedule/preview", response=PreviewOut, summary="What a schedule means, and when it fires next")
def preview(request: HttpRequest, body: PreviewIn) -> PreviewOut:
    """By the same function that plans. `after` defaults to now; an invalid expression: 422 with `position`."""
    schedule, zone = parse_schedule(body.sync_schedule), parse_zone(body.timezone)
    after = body.after or database_now()
    if not FIRST_YEAR < after.year < LAST_YEAR:
        raise ScheduleInvalid(f"`after` lies between the years {FIRST_YEAR} and {LAST_YEAR}.", field="after")
    shift = shift_of(body.provider, body.jitter_s) if body.provider else timedelta()
    found = fires(schedule, zone=zone, after=after.astimezone(UTC) - shift, count=body.count)
    return PreviewOut(description=describe(schedule, zone.key), fires=[fire + shift for fire in found])


@router.get("/knowledge/readiness", response=ReadinessOut, summary="Every part of the system, each with its fix")
def get_readiness(request: HttpRequest) -> dict[str, object]:
    rows = readiness(now=database_now())
    return {"status": "ok" if all(row.ready for row in rows) else "degraded", "rows": [vars(row) for row in rows]}


@router.get("/system", response=SystemOut, summary="The system: processes, queues, Redis, PostgreSQL, versions, disk")
def get_system(request: HttpRequest) -> dict[str, object]:
    now = database_now()
    system_state = read_system(now=now)
    beats = Heartbeat.objects.values_list("name", "at")
    return vars(read_load(now=now)) | {
        "queues": system_state.queues,
        "scan": system_state.scan,
        "heartbeats": {name: (now - at).total_seconds() for name, at in beats},
        "processes": system_state.processes,
        "cache": system_state.cache,
        "database": system_state.database,
        "replicas": system_state.replicas,
        "disk": system_state.disk,
        "versions": system_state.versions,
    }


# --- translation ------------------------------------------------------------------------------------------------------


def _find_run(provider_id: str, run_id: str) -> SyncRun:
    try:
        run: SyncRun | None = SyncRun.objects.filter(pk=UUID(run_id)).first()
    except ValueError:
        run = None
    if run is None or run.provider_id != provider_id:
        raise RunNotFound(f"The provider {provider_id[:64]!r} has no such run.")
    return run


def _provider(provider: Provider) -> ProviderOut:
    freshness = freshness_of(provider)
    return ProviderOut(
        id=provider.pk,
        **values_of(provider),
        last_success_at=freshness.last_success_at,
        stale=freshness.stale_for(timezone.now()) is not None,
        has_secret=bool(provider.secret_encrypted),
        secret_readable=is_readable(provider.secret_encrypted),
        schedule_description=_described(provider),
        next_run_at=provider.next_run_at,
        schedule_error=provider.schedule_error or None,
        consecutive_failures=provider.consecutive_failures,
        paused_at=provider.paused_at,
        paused_reason=provider.paused_reason or None,
        created_at=provider.created_at,
        updated_at=provider.updated_at,
        last_run=_run(provider.last_run) if provider.last_run else None,
    )


def _change(shown: Shown) -> ChangeOut:
    change = shown.change
    diff = None if shown.spans is None else [DiffSpanOut(**vars(span)) for span in shown.spans]
    return ChangeOut(
        id=change.key, source=change.source, kind=change.kind, at=change.at, diff=diff, diff_note=shown.note or None
    )


def _described(provider: Provider) -> str:
    if not provider.sync_schedule:
        return "only when asked"
    try:
        return describe(parse_schedule(provider.sync_schedule), provider.timezone)
    except ScheduleInvalid as error:
        return error.detail


def _run(run: SyncRun, *, late: int = 0) -> RunOut:
    arrived = counts_of_run(run.pk) if run.is_active else run
    return RunOut(
        id=run.pk,
        provider=run.provider_id,
        trigger=run.trigger,
        scheduled_for=run.scheduled_for,
        due_since=run.due_since,
        late_by_s=run.late_by.total_seconds() if run.late_by is not None else None,
        state=run.state,
        attempt=run.attempt,
        queued_at=run.queued_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        not_before=run.not_before,
        upserted=arrived.upserted,
        created=arrived.created,
        updated=arrived.updated,
        renewed=arrived.renewed,
        unchanged=arrived.unchanged,
        stale=arrived.stale,
        deleted=arrived.deleted,
        pending=arrived.pending,
        held=arrived.held,
        late=late,
        rejected=run.rejected,
        reported=run.reported,
        contract=run.contract,
        mode=run.mode or None,
        http_status=run.http_status,
        error_code=run.error_code or None,
        error=run.error or None,
    )
