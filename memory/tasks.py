"""A memory's background work. Every task may be lost or run twice; beat's next tick makes up for it."""

import logging

from celery import shared_task
from django.utils import timezone

from memory.access.idempotency import forget_answers

log = logging.getLogger(__name__)


@shared_task(name="memory.tasks.purge")
def purge() -> None:
    """Rows that are kept for a time only."""
    if forgotten := forget_answers(now=timezone.now()):
        log.info("forgot the answers of %d repeatable requests", forgotten)
