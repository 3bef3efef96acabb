"""Whether every slot that came due has its run: each provider's runs, compared with what the cron schedule says.

Only what the provider's present row can answer for is judged: slots after it was made, changed or resumed.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from providers.models import Provider, SyncRun
from providers.runs.next_start import next_start

Covered = tuple[datetime, datetime, UUID]
"""The first and the last slot that a run stands for, and the run."""
BATCH = 1_000


def lost_slots(*, since: datetime, settled: datetime) -> Iterator[tuple[str, UUID | None, str]]:
    """(provider, the run that should have come later, sentence). What is due after `settled` may be on its way."""
    last = ""
    while batch := list(Provider.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        planned = [each for each in batch if each.next_run_at and not each.schedule_error]
        runs = _runs_of(planned, since=since)
        for provider in planned:
            yield from _lost(provider, runs[provider.pk], since=max(since, provider.updated_at), settled=settled)


def _runs_of(providers: Sequence[Provider], *, since: datetime) -> dict[str, list[Covered]]:
    """By provider, in the order of their slots."""
    found: dict[str, list[Covered]] = defaultdict(list)
    runs = SyncRun.objects.filter(provider__in=providers, scheduled_for__gte=since).order_by("scheduled_for")
    rows: Any = runs.values_list("provider_id", "pk", "due_since", "scheduled_for")
    for provider_id, pk, first, slot in rows:
        found[provider_id].append((first or slot, slot, pk))
    return found


def _lost(
    provider: Provider, runs: Sequence[Covered], *, since: datetime, settled: datetime
) -> Iterator[tuple[str, UUID | None, str]]:
    """Walk from run to run: each begins where the schedule goes on from the one before, or earlier."""
    covered = since
    for first, slot, run_id in runs:
        if slot <= covered:
            continue
        expected = next_start(provider, after=covered)
        if expected < first:
            yield provider.pk, run_id, f"nothing was made for {expected}; the next run begins with {first}"
        covered = slot
    expected = next_start(provider, after=covered)
    if provider.next_run_at and expected < provider.next_run_at and expected <= settled:
        yield provider.pk, None, f"nothing was made for {expected}; planned next is {provider.next_run_at}"
