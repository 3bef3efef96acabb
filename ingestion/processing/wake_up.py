"""Waking workers. A lost message costs seconds: beat's tick looks anyway."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from providers.runs.wake_up import open_queue

log = logging.getLogger(__name__)

TASK = "ingestion.tasks.process_waiting"
QUEUE = "filing"
NOTIFICATION_EXPIRES_S = 30


def notify_on_commit() -> None:
    transaction.on_commit(notify_workers)


def notify_workers() -> None:
    """Tell a worker that something waits. Where the queue cannot be reached the next tick will."""
    try:
        with open_queue() as connection:
            current_app.send_task(TASK, queue=QUEUE, expires=NOTIFICATION_EXPIRES_S, connection=connection, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("the queue cannot be reached, files wait for the next tick: %s", error)
