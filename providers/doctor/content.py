"""What the documents of a provider tell of its settings: lifetimes that are too short, and a whole set that is none."""

from datetime import datetime

from knowledge.browsing.stats import live_counts
from knowledge.models import Document
from knowledge.run_counts import counts_of_run
from providers.doctor.steps import Step, warn
from providers.fields.declared import Prune
from providers.incremental.wire import SyncMode
from providers.models import Provider, RunState, SyncRun

LOOKED_AT = 1_000


def look_through(provider: Provider, *, now: datetime) -> list[Step]:
    """A step for each thing that is wrong; none where all is well."""
    live = live_counts(now=now, sources=[provider.pk]).get(provider.pk, 0)
    return [*_lifetime(provider, now=now), *_whole_set(provider, live=live)] if live else []


def _lifetime(provider: Provider, *, now: datetime) -> list[Step]:
    """Of the newest: older ones may expire since nobody sends them any more."""
    due = provider.next_run_at
    newest = Document.objects.live(now).of_source(provider.pk).order_by("-stored_at", "-pk")
    ends = list(newest.values_list("expires_at", flat=True)[:LOOKED_AT])
    short = sum(end is not None and due is not None and end < due for end in ends)
    if due is None or 2 * short <= len(ends):
        return []
    detail = f"Most documents expire before the next sync at {due:%Y-%m-%d %H:%M} UTC, and nothing is found until then."
    return [warn("lifetime", detail, "Have the provider give them a longer `expires_at`, or sync more often.")]


def _whole_set(provider: Provider, *, live: int) -> list[Step]:
    """`prune: unseen` takes what a sync did not bring for gone, which it is not where a sync brings changes alone."""
    whole = SyncRun.objects.filter(provider=provider, state=RunState.SUCCEEDED).exclude(mode=SyncMode.INCREMENTAL)
    ended = whole.order_by("-finished_at")
    last = ended.values_list("pk", flat=True).first() if provider.prune == Prune.UNSEEN else None
    counts = counts_of_run(last) if last else None
    if counts is None or not counts.upserted or 2 * counts.upserted >= live + counts.deleted:
        return []
    detail = f"Its last sync brought {counts.upserted:,} documents, while {live + counts.deleted:,} were there."
    fix = "If it sends only what has changed, set what becomes of missing documents to “they stay”: `prune: off`."
    return [warn("prune", detail, fix)]
