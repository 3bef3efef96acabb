"""The queue's door to ingestion. Every task may be lost or run twice; beat's next tick makes up for it."""

import time

from celery import shared_task
from django.utils import timezone

from core.stopping import stopping
from ingestion.collections.collections import delete_expired
from ingestion.extract.sandbox import IDLE_S, end_children
from ingestion.processing.lifecycle import process_next
from ingestion.processing.refetching import queue_due_fetches
from ingestion.processing.wake_up import notify_workers

ROUND_S = 20


@shared_task(name="ingestion.tasks.process_waiting", expires=30)
def process_waiting() -> None:
    """Process what waits, one after another; after a while it is queued again, so that others get their turn."""
    ends_at = time.monotonic() + ROUND_S
    try:
        while not stopping.is_set() and process_next(now=timezone.now()):
            if time.monotonic() > ends_at:
                notify_workers()
                return
    finally:
        end_children(idle_s=IDLE_S)


@shared_task(name="ingestion.tasks.sweep_files")
def sweep_files() -> None:
    delete_expired(now=timezone.now())


@shared_task(name="ingestion.tasks.fetch_due")
def fetch_due() -> None:
    queue_due_fetches(now=timezone.now())
