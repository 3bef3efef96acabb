"""Shapes of the admin API. What a field may hold is checked where it is saved, in `providers.registry`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt

from knowledge.schemas import Instant


def _blank_if_null(value: Any) -> Any:
    return "" if value is None else value


Text = Annotated[str, BeforeValidator(_blank_if_null)]


class ProviderPatch(BaseModel):
    """Only what is named is changed. A blank `sync_schedule`: only when asked. `secret` is written, never shown."""

    model_config = ConfigDict(extra="forbid")

    name: Text = ""
    url: str = ""
    enabled: StrictBool = True
    sync_schedule: Text = ""
    timezone: str = "UTC"
    sync_timeout_ms: StrictInt = 120_000
    max_age_s: StrictInt | None = None
    secret: Text = ""


class ProviderIn(ProviderPatch):
    """`id` is a slug, and the name of the source that this provider fills."""

    id: str
    url: str


class RunOut(BaseModel):
    """One sync run. While it is active, the counts are what has arrived so far. Instants in UTC.

    `scheduled_for` is null for a run that somebody asked for; `due_since` the first slot it makes up for, where several
    were missed; `reported` the provider's own count.
    """

    id: UUID
    provider: str
    trigger: str
    scheduled_for: datetime | None
    due_since: datetime | None
    state: str
    attempt: int
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    upserted: int
    created: int
    updated: int
    renewed: int
    unchanged: int
    deleted: int
    rejected: int
    pending: int
    reported: int | None
    contract: int | None
    http_status: int | None
    error_code: str | None
    error: str | None


class RunsOut(BaseModel):
    """Newest first; `next` is the cursor of the following page, null on the last."""

    runs: list[RunOut]
    next: str | None


class ProviderOut(BaseModel):
    """`schedule_error` says why planning failed, null where it did not; `secret_readable` is false where the key to its
    secret is gone; `stale`: no success for longer than `max_age_s`, which is null where there is no limit."""

    id: str
    name: str
    url: str
    enabled: bool
    sync_schedule: str
    timezone: str
    sync_timeout_ms: int
    max_age_s: int | None
    last_success_at: datetime | None
    stale: bool
    has_secret: bool
    secret_readable: bool
    schedule_description: str
    next_run_at: datetime | None
    schedule_error: str | None
    created_at: datetime
    updated_at: datetime
    last_run: RunOut | None


class SyncStateOut(BaseModel):
    """`run` is the newest that was not skipped; `last_error` its sentence, null where it went well."""

    run: RunOut | None
    next_run_at: datetime | None
    documents: int
    last_error: str | None


class ChangeOut(BaseModel):
    """One document that a run created, updated, renewed or deleted."""

    id: str
    source: str
    kind: str
    at: datetime


class ChangesOut(BaseModel):
    """In the order they happened; `next` is the cursor of the following page, null on the last."""

    changes: list[ChangeOut]
    next: str | None


class PreviewIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    sync_schedule: str
    timezone: str = "UTC"
    after: Instant | None = None
    count: Annotated[int, Field(ge=1, le=100)] = 5


class PreviewOut(BaseModel):
    """`fires` are instants in UTC, ascending."""

    description: str
    fires: list[datetime]


class SystemOut(BaseModel):
    """`queues`: messages that wait, by name, null while Redis is away. `heartbeats`: seconds since each was seen."""

    queues: dict[str, int] | None
    runs_running: int
    runs_queued: int
    oldest_queued_s: float | None
    heartbeats: dict[str, float]


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
