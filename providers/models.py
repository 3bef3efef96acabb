"""The registry and its history. The row is the truth: what runs, ran and is planned stands here and nowhere else.

A run outlives its provider, so its foreign key is one in name only.
"""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from knowledge.models import Counted
from providers.fields import FIELDS
from providers.fields import Prune as Prune
from providers.querysets import ACTIVE, ProviderQuerySet, SyncRunQuerySet

MAX_ID_CHARS = 64
RESERVED_IDS = {"new"}
"""What an address below /providers/ already means."""
ID_PATTERN = r"^[a-z0-9][a-z0-9_-]*$"


class Provider(models.Model):
    """A registered service that fills the source of the same name. A blank `sync_schedule` means: only when asked.

    `next_run_at` is planned by `providers.cron`, null where nothing is. `schedule_error` says why planning failed.
    `paused_at`: Larder stopped following the schedule after too many failures; `enabled` is what people set.
    """

    id = models.CharField(primary_key=True, max_length=MAX_ID_CHARS)
    name = models.CharField(max_length=FIELDS["name"].max_chars)
    url = models.TextField()
    enabled = models.BooleanField(default=FIELDS["enabled"].default)
    sync_schedule = models.TextField(default=FIELDS["sync_schedule"].default, blank=True)
    timezone = models.TextField(default=FIELDS["timezone"].default)
    sync_timeout_ms = models.PositiveIntegerField(default=FIELDS["sync_timeout_ms"].default)
    secret_encrypted = models.TextField(default="", blank=True, help_text="Fernet; written, never shown")
    max_age_s = models.PositiveIntegerField(null=True, blank=True, help_text="stale without a success for so long")
    next_run_at = models.DateTimeField(null=True, blank=True)
    schedule_error = models.TextField(default="", blank=True)
    max_attempts = models.PositiveSmallIntegerField(default=FIELDS["max_attempts"].default)
    retry_backoff_s = models.PositiveIntegerField(default=FIELDS["retry_backoff_s"].default)
    retry_timeouts = models.BooleanField(default=FIELDS["retry_timeouts"].default)
    jitter_s = models.PositiveIntegerField(default=FIELDS["jitter_s"].default)
    pause_after_failures = models.PositiveSmallIntegerField(default=FIELDS["pause_after_failures"].default)
    consecutive_failures = models.PositiveIntegerField(default=0)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_reason = models.TextField(default="", blank=True)
    prune = models.TextField(choices=Prune.choices, default=FIELDS["prune"].default)
    delete_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.TextField(default=FIELDS["language"].default, db_default="", blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(id__regex=ID_PATTERN), name="provider_id_is_a_slug"),
            models.CheckConstraint(
                condition=Q(sync_timeout_ms__range=FIELDS["sync_timeout_ms"].between), name="provider_timeout"
            ),
            models.CheckConstraint(
                condition=Q(next_run_at=None) | (Q(enabled=True, paused_at=None) & ~Q(sync_schedule="")),
                name="provider_plans_only_what_runs",
            ),
            models.CheckConstraint(
                condition=Q(max_age_s=None) | Q(max_age_s__range=FIELDS["max_age_s"].between), name="provider_max_age"
            ),
            models.CheckConstraint(
                condition=Q(
                    max_attempts__range=FIELDS["max_attempts"].between,
                    retry_backoff_s__range=FIELDS["retry_backoff_s"].between,
                    jitter_s__range=FIELDS["jitter_s"].between,
                ),
                name="provider_retries",
            ),
            models.CheckConstraint(condition=Q(prune__in=Prune.values), name="provider_prune"),
        ]
        indexes = [models.Index(fields=["next_run_at"], name="provider_due", condition=Q(next_run_at__isnull=False))]

    def __str__(self) -> str:
        return self.id

    @property
    def last_run(self) -> "SyncRun | None":
        """Only after `with_last_run()`."""
        runs: list[SyncRun] = getattr(self, "last_runs", [])
        return runs[0] if runs else None


class Trigger(models.TextChoices):
    """What began a run. In this order of the alphabet they are served, too: the schedule is the most patient."""

    API = "api", "by API"
    MANUAL = "manual", "by hand"
    SCHEDULE = "schedule", "on schedule"


class RunState(models.TextChoices):
    """`colour` is one of ok, run, warn, bad, idle; `icon` goes beside the label, never alone."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    TIMED_OUT = "timed_out", "Timed out"
    CANCELLED = "cancelled", "Cancelled"
    SKIPPED = "skipped", "Skipped"
    INTERRUPTED = "interrupted", "Interrupted"

    @property
    def colour(self) -> str:
        return _LOOKS[self][0]

    @property
    def icon(self) -> str:
        return _LOOKS[self][1]

    @property
    def is_active(self) -> bool:
        return self in (RunState.QUEUED, RunState.RUNNING)


_LOOKS = {
    RunState.QUEUED: ("run", "…"),
    RunState.RUNNING: ("run", "↻"),
    RunState.SUCCEEDED: ("ok", "✓"),
    RunState.FAILED: ("bad", "✕"),
    RunState.TIMED_OUT: ("bad", "◔"),
    RunState.CANCELLED: ("idle", "–"),
    RunState.SKIPPED: ("warn", "»"),
    RunState.INTERRUPTED: ("bad", "!"),
}


class SyncRun(Counted):
    """One planned call of one provider and everything that came of it.

    `scheduled_for` is the planned slot, null for a run that somebody asked for; `due_since` the first of the slots it
    makes up for, where several were missed. `started_at` is the first attempt's start, `attempt_at` the last one's;
    attempts that were followed by another stand in RunAttempt. `lease_until`: whoever runs it reports before then.
    `deadline_at`: by then a queued run has been taken, or a running attempt has ended. `notified_at`: when
    workers were last told. `reported` is the provider's own count, the other counts are what really arrived. `mode` is
    a SyncMode, "" where the provider names none; `cursor_version` that of its SyncCursor at the first claim.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(
        Provider, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="runs"
    )
    trigger = models.TextField(choices=Trigger.choices)
    scheduled_for = models.DateTimeField(null=True)
    due_since = models.DateTimeField(null=True)
    state = models.TextField(choices=RunState.choices, default=RunState.QUEUED)
    attempt = models.PositiveSmallIntegerField(default=1)
    idempotency_key = models.TextField(null=True)
    not_before = models.DateTimeField(null=True)
    notified_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)
    attempt_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    reported = models.PositiveBigIntegerField(null=True)
    contract = models.PositiveSmallIntegerField(null=True)
    mode = models.TextField(default="", db_default="")
    cursor_version = models.PositiveIntegerField(null=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    error_code = models.TextField(default="")
    error = models.TextField(default="")
    trace_context = models.TextField(default="", db_default="", help_text="what its attempts are a part of")

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "scheduled_for"], name="run_one_per_slot", condition=Q(scheduled_for__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["provider"], name="run_one_active_per_provider", condition=Q(state__in=ACTIVE)
            ),
            models.UniqueConstraint(
                fields=["provider", "idempotency_key"],
                name="run_one_per_idempotency_key",
                condition=Q(idempotency_key__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ACTIVE, finished_at=None) | (~Q(state__in=ACTIVE) & Q(finished_at__isnull=False)),
                name="run_finished_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(started_at__isnull=False, lease_until__isnull=False),
                name="run_running_has_a_lease",
            ),
            models.CheckConstraint(
                condition=Q(started_at=None) | Q(finished_at=None) | Q(finished_at__gte=F("started_at")),
                name="run_never_negative",
            ),
            models.CheckConstraint(
                condition=Q(trigger="schedule", scheduled_for__isnull=False)
                | (~Q(trigger="schedule") & Q(scheduled_for=None)),
                name="run_slot_belongs_to_the_schedule",
            ),
        ]
        indexes = [
            models.Index("provider", F("queued_at").desc(), F("id").desc(), name="run_newest_per_provider"),
            models.Index(F("queued_at").desc(), F("id").desc(), name="run_newest"),
            models.Index(
                "provider", F("finished_at").desc(), name="run_newest_success", condition=Q(state="succeeded")
            ),
            models.Index(fields=["state", "lease_until"], name="run_active", condition=Q(state__in=ACTIVE)),
            models.Index(fields=["trigger", "queued_at", "id"], name="run_urgency", condition=Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"run {self.id} of {self.provider_id}"

    @property
    def look(self) -> RunState:
        """The state with its label, colour and icon."""
        return RunState(self.state)

    @property
    def is_active(self) -> bool:
        return self.look.is_active

    @property
    def waits_for_retry(self) -> bool:
        return self.state == RunState.QUEUED and self.attempt > 1

    @property
    def duration(self) -> timedelta | None:
        """From start to end; None while it has not ended, or where it never started."""
        return self.finished_at - self.started_at if self.finished_at and self.started_at else None

    @property
    def late_by(self) -> timedelta | None:
        """From the first slot it makes up for to its claim; None for a run that somebody asked for."""
        planned: datetime | None = self.due_since or self.scheduled_for
        return max(self.queued_at - planned, timedelta()) if planned else None


class RunAttempt(models.Model):
    """An attempt that brought no result and was followed by another, not before `retry_at`."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    number = models.PositiveSmallIntegerField()
    state = models.TextField(choices=RunState.choices)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    retry_at = models.DateTimeField()
    http_status = models.PositiveSmallIntegerField(null=True)
    error_code = models.TextField()
    error = models.TextField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"attempt {self.number} of run {self.run_id}"

    @property
    def look(self) -> RunState:
        return RunState(self.state)


class SyncCursor(models.Model):
    """Where a provider's syncs go on; made with its first state, incremental success or reset.

    `state` is the text of a JSON object in ASCII, "" for none; `version` counts resets. `confirmed_at` is the start of
    the last success. Its documents expire as if repeated at `renewed_to`, up to the key `walked_to` at `renewing_to`.
    """

    provider = models.OneToOneField(Provider, on_delete=models.CASCADE, primary_key=True, related_name="sync_cursor")
    state = models.TextField(default="", blank=True)
    saved_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    renewed_to = models.DateTimeField(null=True)
    renewing_to = models.DateTimeField(null=True)
    walked_to = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return f"cursor of {self.provider_id}"


class SourceCleanup(models.Model):
    """Documents of a provider that was deleted with them, on their way to the trash, until `finished_at`.

    What was stored after the change `after_change` stays. Kept as long as runs are: pushes of runs that were queued
    before `requested_at` are refused.
    """

    source = models.TextField()
    actor = models.TextField()
    requested_at = models.DateTimeField()
    after_change = models.BigIntegerField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["source", "requested_at"], name="source_cleanup")]
        constraints = [
            models.UniqueConstraint(
                fields=["source"], name="source_cleanup_one_at_a_time", condition=Q(finished_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"cleanup of {self.source}"


class SecretsKeyFingerprint(models.Model):
    """A key of SECRETS_KEYS that this database belongs to, known by a digest that does not tell it."""

    digest = models.CharField(primary_key=True, max_length=64)
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest[:8]


class Heartbeat(models.Model):
    """When a part of the machinery was last seen at work: `dispatcher`, `worker`."""

    name = models.CharField(primary_key=True, max_length=64)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"
