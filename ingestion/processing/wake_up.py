"""Waking workers. A lost message costs seconds: beat's tick looks anyway."""

from django.db import transaction

from core.queue import notify

TASK = "ingestion.tasks.process_waiting"
QUEUE = "filing"
NOTIFICATION_EXPIRES_S = 30


def notify_on_commit() -> None:
    transaction.on_commit(notify_workers)


def notify_workers() -> bool:
    """Tell a worker that something waits. False where the queue cannot be reached; the next tick will."""
    return notify(TASK, queue=QUEUE, expires_s=NOTIFICATION_EXPIRES_S)
