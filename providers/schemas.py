"""Shapes of the admin API. A provider's fields stand in `providers.fields`; what they hold is checked when saved."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, create_model

from core.fields import Instant
from core.replicas import ReplicaState
from core.schema.constraints import constrained
from knowledge.writing.rescan import ScanProgress
from providers.fields import FIELDS, FieldSpec, Surface, fields_on
from providers.models import ID_PATTERN, MAX_ID_CHARS, RESERVED_IDS
from providers.system import Disk
from providers.system.cache import Cache
from providers.system.database import Database
from providers.system.processes import Process


def _blank_if_null(value: Any) -> Any:
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_blank_if_null)]
Shape = TypeVar("Shape", bound=BaseModel)
STRICT = {str: str, bool: StrictBool, int: StrictInt, int | None: StrictInt | None}


def _strict(spec: FieldSpec) -> Any:
    """The type as a body may hold it."""
    return Text if spec.type is str and spec.takes_null else STRICT[spec.type]


def _with_fields(fields: Mapping[str, Any]) -> Callable[[type[Shape]], type[Shape]]:
    """The decorated shape with a provider's fields added: each its type and what pydantic is told of it."""

    def add(shape: type[Shape]) -> type[Shape]:
        return create_model(shape.__name__, __base__=shape, __doc__=shape.__doc__, **fields)

    return add


WRITTEN = {
    spec.name: (_strict(spec), Field(default=spec.default, description=spec.about, json_schema_extra=spec.keywords))
    for spec in fields_on(Surface.WRITE)
}
READ = {spec.name: (spec.type, Field(description=spec.about)) for spec in fields_on(Surface.READ)}


@_with_fields(WRITTEN)
class ProviderPatch(BaseModel):
    """Only what is named is changed. A blank `sync_schedule`: only when asked. `secret` is written, never shown.

    `max_attempts` of one run, `retry_backoff_s` before the second and twice as long before each further one;
    `retry_timeouts`: also after a timeout. `jitter_s`: every start is shifted by the same part of it. After
    `pause_after_failures` failed runs in a row (0: never) the schedule waits, until `paused` is set to false. `prune`:
    "unseen" deletes what a fully successful sync did not bring; more than `delete_percent` of the source (null: the
    server's share) is held for approval.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"sync_schedule": "@daily"}]})


class ProviderIn(ProviderPatch):
    """`id` is a slug, and the name of the source that this provider fills."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": "employee-dir", "url": "http://employee-dir.example:8100", "sync_schedule": "0 */6 * * *"}
            ]
        }
    )

    id: Annotated[
        str, constrained(pattern=ID_PATTERN, maxLength=MAX_ID_CHARS, **{"not": {"enum": sorted(RESERVED_IDS)}})
    ]
    url: str = Field(description=FIELDS["url"].about)


class RunOut(BaseModel):
    """One sync run. While it is active, the counts are what has arrived so far. Instants in UTC.

    `scheduled_for` is null for a run that somebody asked for; `due_since` the first slot it makes up for, where several
    were missed; `late_by_s` how long after it the run was queued; `started_at` the first attempt's start; `not_before`
    the next attempt's, while one is waited for. `held` documents were too many to be deleted unasked; `late` ones came
    after the end. `reported` is the provider's own count. `mode`: full_refresh or incremental, where the provider told.
    """

    id: UUID
    provider: str
    trigger: str
    scheduled_for: datetime | None
    due_since: datetime | None
    late_by_s: float | None
    state: str
    attempt: int
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    not_before: datetime | None
    upserted: int
    created: int
    updated: int
    renewed: int
    unchanged: int
    stale: int
    deleted: int
    rejected: int
    pending: int
    held: int
    late: int
    reported: int | None
    contract: int | None
    mode: str | None
    http_status: int | None
    error_code: str | None
    error: str | None


class AttemptOut(BaseModel):
    """An attempt that was followed by another, not before `retry_at`."""

    number: int
    state: str
    started_at: datetime
    ended_at: datetime
    retry_at: datetime
    http_status: int | None
    error_code: str
    error: str


class RunDetailOut(RunOut):
    """`attempts` before the last one; how that went is the run's own state."""

    attempts: list[AttemptOut]


class RunsOut(BaseModel):
    """Newest first; `next` is the cursor of the following page, null on the last."""

    runs: list[RunOut]
    next: str | None


@_with_fields(READ)
class ProviderSettings(BaseModel):
    """A provider's fields as they were set."""

    id: str


class ProviderOut(ProviderSettings):
    """`schedule_error` says why planning failed, `paused_reason` why the schedule waits; null where they do not.
    `secret_readable` is false where the key to its secret is gone; `stale`: no success for longer than `max_age_s`,
    which is null where there is no limit."""

    last_success_at: datetime | None
    stale: bool
    has_secret: bool
    secret_readable: bool
    schedule_description: str
    next_run_at: datetime | None
    schedule_error: str | None
    consecutive_failures: int
    paused_at: datetime | None
    paused_reason: str | None
    created_at: datetime
    updated_at: datetime
    last_run: RunOut | None


class SyncStateOut(BaseModel):
    """`run` is the newest that was not skipped; `last_error` its sentence, null where it went well."""

    run: RunOut | None
    next_run_at: datetime | None
    documents: int
    last_error: str | None


class SyncProgressOut(BaseModel):
    """`since` the last success began, by what the next sync is told; null: it brings everything. `state` is the
    provider's own, kept at `saved_at`; `mode` is that of the last success, null where it told none."""

    since: datetime | None
    state: dict[str, Any]
    state_bytes: int
    saved_at: datetime | None
    mode: str | None


class DiffSpanOut(BaseModel):
    """`op`: same and del make the old text, same and ins the new one; a skip leaves out `chars` that stayed."""

    op: str
    text: str
    chars: int


class ChangeOut(BaseModel):
    """One document that a run created, updated, renewed or deleted.

    `diff` of an update's texts; where it is null, `diff_note` says why.
    """

    id: str
    source: str
    kind: str
    at: datetime
    diff: list[DiffSpanOut] | None = None
    diff_note: str | None = None


class ChangesOut(BaseModel):
    """In the order they happened; `next` is the cursor of the following page, null on the last."""

    changes: list[ChangeOut]
    next: str | None


class PreviewIn(BaseModel):
    """`provider` and `jitter_s`: shift the fires as those of this provider's id would be."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"sync_schedule": "0 6 * * 1-5", "timezone": "Europe/Riga"}]}
    )

    sync_schedule: Annotated[str, Field(description=FIELDS["sync_schedule"].help)]
    timezone: str = FIELDS["timezone"].default
    provider: str | None = None
    jitter_s: Annotated[int, Field(ge=0, le=FIELDS["jitter_s"].between[1])] = 0
    after: Instant | None = None
    count: Annotated[int, Field(ge=1, le=100)] = 5


class PreviewOut(BaseModel):
    """`fires` are instants in UTC, ascending."""

    description: str
    fires: list[datetime]


class SystemOut(BaseModel):
    """`queues`: messages that wait, by name, null while Redis is away. `heartbeats`: seconds since each was seen.

    `scan` tells how far stored documents were looked through for flags, null while PostgreSQL is away. `cache` is null
    while Redis is away, `disk` where the data directory is not here; sizes are bytes, rows estimates. `replicas` are
    those of READ_DATABASE_URLS; `trouble` is "" where they are read from.
    """

    queues: dict[str, int] | None
    scan: ScanProgress | None
    runs_running: int
    runs_queued: int
    oldest_queued_s: float | None
    heartbeats: dict[str, float]
    processes: list[Process]
    cache: Cache | None
    database: Database | None
    replicas: list[ReplicaState]
    disk: Disk | None
    versions: dict[str, str]


class ReadinessRowOut(BaseModel):
    """`state` is ok, warn or bad; `fix` the one next step, "" where none is needed."""

    name: str
    state: str
    detail: str
    fix: str


class ReadinessOut(BaseModel):
    status: str
    rows: list[ReadinessRowOut]


class DiagnosisOut(BaseModel):
    """What `doctor` found, step by step; `status` is the worst of their states."""

    provider: str
    status: str
    steps: list[ReadinessRowOut]
