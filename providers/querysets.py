"""How providers and runs are asked for. Querysets narrow, order and annotate; they never write and never decide.

Their rows are Any here: models import this module, and naming them would close a circle.
"""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import (
    Case,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Greatest

from core.paging import Keyset

PROVIDERS = Keyset(name="providers", by=("id",))
RUNS = Keyset(name="runs", by=("-queued_at", "-id"))
NOTIFY_AGAIN_AFTER = timedelta(seconds=5)
ACTIVE = ("queued", "running")
BAD = ("failed", "timed_out", "interrupted")
VERDICTS = ("succeeded", *BAD)


class ProviderQuerySet(models.QuerySet[Any]):
    def named(self, provider_id: str) -> Self:
        """The one with this id, or none: any text may be asked for."""
        return self.filter(pk=provider_id) if "\0" not in provider_id else self.none()

    def enabled(self) -> Self:
        return self.filter(enabled=True)

    def due(self, now: datetime) -> Self:
        """Those whose planned time has come, the longest overdue first."""
        return self.enabled().filter(next_run_at__lte=now).order_by("next_run_at", "id")

    def with_last_success(self) -> Self:
        """`last_success_at`: when the newest success ended, or null. One step on the index run_newest_success each."""
        providers: Any = self.model
        successes = providers.runs.rel.related_model.objects.filter(provider=OuterRef("pk"), state="succeeded")
        return self.annotate(last_success_at=Subquery(successes.order_by("-finished_at").values("finished_at")[:1]))

    def limited(self) -> Self:
        """Those whose documents may not grow older than their `max_age_s`."""
        return self.filter(max_age_s__isnull=False)

    def stale(self, now: datetime) -> Self:
        """Without a success for longer than they may be, whatever the reason; at first, since they were added."""
        limit = ExpressionWrapper(F("max_age_s") * Value(timedelta(seconds=1)), output_field=DurationField())
        since = Greatest(F("last_success_at"), F("created_at"))  # which passes over null
        return self.limited().with_last_success().alias(since=since).filter(since__lt=now - limit)

    def with_verdict(self) -> Self:
        """`last_verdict`: how the newest run ended that was neither skipped nor cancelled, or null."""
        providers: Any = self.model
        ended = providers.runs.rel.related_model.objects.filter(provider=OuterRef("pk"), state__in=VERDICTS)
        return self.annotate(last_verdict=Subquery(ended.newest_first().values("state")[:1]))

    def needing(self, now: datetime) -> Self:
        """Those that wait for a person: failing, paused by Larder, not to be planned, or stale whatever the reason."""
        return self.with_verdict().filter(self._needs_a_hand(now))

    def most_needing_first(self, now: datetime) -> Self:
        """Then by id. Each row also bears the totals of all: `total`, `total_planned`, `total_needing`, and
        `changed_at`, when the registry was changed last."""
        needs = Case(When(self._needs_a_hand(now), then=1), default=0, output_field=IntegerField())
        return (
            self.with_verdict()
            .annotate(needs=needs)
            .annotate(
                total=Window(Count("pk")),
                total_planned=Window(Count("next_run_at")),
                total_needing=Window(Sum("needs")),
                changed_at=Window(Max("updated_at")),
            )
            .order_by("-needs", "pk")
        )

    def _needs_a_hand(self, now: datetime) -> Q:
        """Only after `with_verdict()`."""
        providers: Any = self.model
        troubled = Q(paused_at__isnull=False) | ~Q(schedule_error="") | Q(last_verdict__in=BAD)
        return Q(troubled, enabled=True) | Q(pk__in=providers.objects.stale(now).values("pk"))

    def syncing(self) -> Self:
        """Those with a run that is queued or running."""
        providers: Any = self.model
        return self.filter(Exists(providers.runs.rel.related_model.objects.active().filter(provider=OuterRef("pk"))))

    def paused(self) -> Self:
        """By a person or by Larder."""
        return self.filter(Q(enabled=False) | Q(paused_at__isnull=False))

    def planned(self) -> Self:
        return self.filter(next_run_at__isnull=False)

    def with_last_run(self) -> Self:
        """`provider.last_run`: the newest run that was not skipped, in one more query for all of them."""
        providers: Any = self.model
        runs = providers.runs.rel.related_model.objects.exclude(state="skipped")
        newest = runs.filter(provider=OuterRef("pk")).newest_first().values("pk")[:1]
        last = runs.filter(pk__in=providers.objects.annotate(newest_run=Subquery(newest)).values("newest_run"))
        return self.prefetch_related(Prefetch("runs", queryset=last, to_attr="last_runs"))


class SyncRunQuerySet(models.QuerySet[Any]):
    def active(self) -> Self:
        """Queued or running: at most one of these for each provider."""
        return self.filter(state__in=ACTIVE)

    def running(self) -> Self:
        return self.filter(state="running")

    def silent(self, now: datetime) -> Self:
        """Running, but nobody has reported for a whole lease."""
        return self.running().filter(lease_until__lt=now)

    def overdue(self, now: datetime) -> Self:
        """Too long in their state, however lively."""
        return self.active().filter(deadline_at__lt=now)

    def waiting(self, now: datetime) -> Self:
        """Queued, allowed to start, and no worker told of them lately."""
        may_start = Q(not_before=None) | Q(not_before__lte=now)
        unheard = Q(notified_at=None) | Q(notified_at__lte=now - NOTIFY_AGAIN_AFTER)
        return self.filter(may_start & unheard, state="queued")

    def taking_places(self, now: datetime) -> Self:
        """Running, or queued while a worker was told of them so lately that it is probably about to take them."""
        return self.filter(Q(state="running") | Q(state="queued", notified_at__gt=now - NOTIFY_AGAIN_AFTER))

    def most_urgent_first(self) -> Self:
        """Somebody waits for the runs that were asked for, nobody for scheduled ones. Walks the index run_urgency."""
        return self.order_by("trigger", "queued_at", "id")

    def newest_first(self) -> Self:
        return self.order_by(*RUNS.order())
