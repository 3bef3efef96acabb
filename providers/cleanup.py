"""The documents of a provider that is deleted with them: to the trash, by a worker, in batches.

The deletion itself notes only that they are to go, so that a million documents hold no request. The row is the truth;
the message wakes a worker early, and each tick looks again.

See docs/decisions/0232.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef

from accounts.audit import Actor
from core.batches import in_batches
from core.queue import notify
from knowledge.deleting.held import supersede_held
from knowledge.deleting.trash import delete_rows
from knowledge.models import Change, Document
from knowledge.run_counts import close_run_counts
from providers.models import SourceCleanup, SyncRun
from providers.runs.outcome import LATE_GRACE

TASK = "providers.tasks.clean_up_sources"
QUEUE = "celery"
NOTIFICATION_EXPIRES_S = 30
REASON = "their provider was deleted with its documents"
OVER = "The provider was deleted with its documents while this sync ran; what it still sends is not taken."

# A deletion holds the provider's row: who comes second waits here, and then sees it.
AWAIT_DELETION = """
SELECT 1 FROM providers_provider p WHERE p.id = (SELECT provider_id FROM providers_syncrun WHERE id = %s)
FOR KEY SHARE"""


class Documents(StrEnum):
    """What becomes of a provider's documents when it is deleted."""

    KEEP = "keep"
    TRASH = "trash"


def request_cleanup(source: str, *, now: datetime, actor: Actor) -> None:
    """What the source holds goes, and its runs bring nothing more. Part of the deletion, which holds the provider."""
    for run_id in SyncRun.objects.running().filter(provider=source).values_list("pk", flat=True):
        close_run_counts(run_id, now=now, late_until=now + LATE_GRACE)  # waits for a push that is being committed
    supersede_held(source, now=now)
    last = Change.objects.aggregate(last=Max("id"))["last"] or 0
    SourceCleanup.objects.create(source=source, actor=actor.name, requested_at=now, after_change=last)
    transaction.on_commit(lambda: notify(TASK, queue=QUEUE, expires_s=NOTIFICATION_EXPIRES_S))


def end_cleanup(source: str, *, now: datetime) -> None:
    """The source has a provider again: what has not gone yet stays, and is for that one's syncs to judge."""
    SourceCleanup.objects.filter(source=source, finished_at=None).update(finished_at=now)


def clean_up_sources(*, now: datetime) -> int:
    """Go on with all that were requested; how many documents went to the trash."""
    requested = SourceCleanup.objects.filter(finished_at=None).order_by("requested_at")
    return sum(_clean_up(pk, now=now) for pk in requested.values_list("pk", flat=True))


def refuse_of_cleaned(run_id: UUID) -> str:
    """Why a push for this run, which has ended, is not taken; "" where it is."""
    with connection.cursor() as cursor:
        cursor.execute(AWAIT_DELETION, [run_id])
    run = SyncRun.objects.filter(pk=run_id).values("provider", "queued_at").first()
    if run is None:
        return ""
    cleaned = SourceCleanup.objects.filter(source=run["provider"], requested_at__gte=run["queued_at"])
    return OVER if cleaned.exists() else ""


def _clean_up(pk: int, *, now: datetime) -> int:
    return in_batches(lambda batch: _clean_up_batch(pk, now=now, batch=batch))


@transaction.atomic
def _clean_up_batch(pk: int, *, now: datetime, batch: int) -> int:
    """Another worker that is at it is left alone; the last batch finishes it."""
    cleanup = SourceCleanup.objects.select_for_update(skip_locked=True).filter(pk=pk, finished_at=None).first()
    if cleanup is None:
        return 0
    since = Change.objects.filter(source=OuterRef("source"), key=OuterRef("key"), pk__gt=cleanup.after_change)
    came_since = Exists(since.exclude(kind=Change.Kind.DELETED))
    going = Document.objects.live(now).of_source(cleanup.source).exclude(came_since).order_by()
    rows = list(going.values_list("pk", flat=True)[:batch])
    delete_rows(rows, now=now, actor=cleanup.actor, reason=REASON)
    if len(rows) < batch:
        SourceCleanup.objects.filter(pk=pk).update(finished_at=now)
    return len(rows)
