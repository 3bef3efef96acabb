"""What a page shows of a provider: gathered for many at once, in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from dashboard.words import span_words
from knowledge.browsing.stats import live_counts
from providers.cron import describe, parse_schedule
from providers.errors import ScheduleInvalid
from providers.freshness import Freshness, freshness_of
from providers.models import Provider, RunState, SyncRun
from providers.secrets import is_readable

# Only the columns that rows show; of one that is not here, each row would ask by itself.
# Expects: one walk of run_newest_per_provider for each provider, however long its history.
STRIP_BARS = 30
"""The newest runs that a provider's strip shows."""

NEWEST_RUNS = """
SELECT r.*, i.created + i.updated + i.renewed + i.unchanged + i.stale AS arrived
FROM unnest(%s::text[]) AS p(id), LATERAL (
    SELECT id, provider_id, trigger, state, attempt, queued_at, not_before, started_at, finished_at,
        cancel_requested_at, created, updated, renewed, unchanged, stale, error
    FROM providers_syncrun WHERE provider_id = p.id ORDER BY queued_at DESC, id DESC LIMIT %s
) r LEFT JOIN knowledge_runcounts i ON i.run = r.id AND r.finished_at IS NULL
ORDER BY r.provider_id, r.queued_at DESC, r.id DESC
"""


@dataclass(frozen=True, kw_only=True)
class Look:
    """A state as people see it."""

    colour: str
    icon: str
    label: str


PAUSED = Look(colour="idle", icon="‖", label="Paused")
GIVEN_UP = Look(colour="bad", icon="‖", label="Paused after failures")
MANUAL = Look(colour="idle", icon="–", label="Manual only")
NEW = Look(colour="idle", icon="–", label="Not run yet")
UNPLANNED = Look(colour="bad", icon="✕", label="Schedule broken")
STALE = Look(colour="warn", icon="◔", label="Stale")
LOCKED = Look(colour="bad", icon="✕", label="Secret lost")
KEY_LOST = "None of the configured `SECRETS_KEYS` opens its secret. Enter the secret again, or put the lost key back."


@dataclass(frozen=True, kw_only=True)
class ProviderRow:
    """`runs` newest first."""

    provider: Provider
    runs: Sequence[SyncRun]
    documents: int
    schedule: str
    freshness: Freshness
    stale_for: timedelta | None

    @cached_property
    def active(self) -> SyncRun | None:
        return next((run for run in self.runs if run.is_active), None)

    @property
    def arrived(self) -> int:
        """Documents that the active run has brought so far."""
        active: Any = self.active
        return (active and active.arrived) or 0

    @cached_property
    def last(self) -> SyncRun | None:
        """The newest run that was not skipped."""
        return next((run for run in self.runs if run.state != RunState.SKIPPED), None)

    @property
    def look(self) -> Look | RunState:
        if self.active:
            return self.active.look
        if not self.provider.enabled:
            return PAUSED
        if self.provider.paused_at:
            return GIVEN_UP
        if self.provider.schedule_error:
            return UNPLANNED
        if self.misconfigured:
            return LOCKED
        if self.stale_for and not self.failures:
            return STALE
        if self.last:
            return self.last.look
        return NEW if self.provider.sync_schedule else MANUAL

    @cached_property
    def verdicts(self) -> list[SyncRun]:
        """The runs that tell whether the provider is well: neither active nor skipped nor cancelled."""
        return [run for run in self.runs if run.look.colour in ("ok", "bad")]

    @cached_property
    def failures(self) -> int:
        """How many of the newest verdicts are bad, one after the other."""
        return next((count for count, run in enumerate(self.verdicts) if run.look.colour == "ok"), len(self.verdicts))

    @property
    def fails_throughout(self) -> bool:
        """Whether it failed as far back as is looked, and maybe before."""
        return self.failures == STRIP_BARS

    @property
    def failed(self) -> SyncRun | None:
        """The last verdict, where it is bad."""
        return self.verdicts[0] if self.failures else None

    @property
    def success_rate(self) -> float | None:
        """The share of good verdicts; None where there is none yet."""
        good = sum(run.look.colour == "ok" for run in self.verdicts)
        return good / len(self.verdicts) if self.verdicts else None

    @property
    def misconfigured(self) -> str:
        """What a person has to put right here before it can work at all, or ""."""
        return self.provider.schedule_error or ("" if is_readable(self.provider.secret_encrypted) else KEY_LOST)

    @property
    def trouble(self) -> str:
        """The sentence that says what is wrong, or ""."""
        failed = self.failed.error if self.failed else ""
        return self.provider.paused_reason or self.misconfigured or failed or self.stale_words

    @property
    def stale_words(self) -> str:
        """How far it is past its maximum age, or ""."""
        if self.stale_for is None or self.freshness.limit is None:
            return ""
        limit, age = span_words(self.freshness.limit), span_words(self.freshness.limit + self.stale_for)
        since = "Its last success was" if self.freshness.last_success_at else "It has not succeeded since it was added"
        return f"{since} {age} ago; its documents may be {limit} old at most."

    @property
    def needs_attention(self) -> bool:
        troubled = self.failures or self.misconfigured or self.provider.paused_at
        return bool(self.stale_for) or (self.provider.enabled and bool(troubled))

    @property
    def expected(self) -> int:
        """What the last success brought, to measure progress by; 0 where there was none."""
        return next((run.upserted for run in self.runs if run.state == RunState.SUCCEEDED), 0)

    @property
    def progress(self) -> float | None:
        """The active run's share of what the last success brought; None where nothing is known."""
        return min(1.0, self.arrived / self.expected) if self.active and self.expected else None


def read_rows(
    providers: Iterable[Provider], *, now: datetime, documents: dict[str, int] | None = None
) -> list[ProviderRow]:
    """One row for each of these, read `with_last_success()`, in their order; `documents` of each source, if known."""
    providers = list(providers)
    ids = [provider.pk for provider in providers]
    runs = _newest_runs(ids)
    held = live_counts(now=now, sources=ids) if documents is None else documents
    return [_row(each, runs=runs[each.pk], documents=held.get(each.pk, 0), now=now) for each in providers]


def _row(provider: Provider, *, runs: Sequence[SyncRun], documents: int, now: datetime) -> ProviderRow:
    freshness = freshness_of(provider)
    return ProviderRow(
        provider=provider,
        runs=runs,
        documents=documents,
        schedule=schedule_words(provider),
        freshness=freshness,
        stale_for=freshness.stale_for(now),
    )


def schedule_words(provider: Provider) -> str:
    if not provider.sync_schedule:
        return "only when asked"
    try:
        return describe(parse_schedule(provider.sync_schedule), provider.timezone)
    except ScheduleInvalid:
        return f"{provider.sync_schedule} ({provider.timezone})"


def _newest_runs(ids: Sequence[str]) -> dict[str, list[SyncRun]]:
    found: dict[str, list[SyncRun]] = defaultdict(list)
    for run in SyncRun.objects.raw(NEWEST_RUNS, [list(ids), STRIP_BARS]):
        found[run.provider_id].append(run)
    return found
