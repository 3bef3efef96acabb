"""A memory's background work. Every task may be lost or run twice; beat's next tick makes up for it."""

import logging
import time

from celery import shared_task
from django.utils import timezone

from core.stopping import stopping
from memory.access.idempotency import forget_answers
from memory.documents.facts import read_next_document
from memory.errors import BudgetSpent, ModelBusy
from memory.retries import postpone, take_due_turn
from memory.upkeep.lifecycle import sweep_memories
from memory.writing.rereading import reread_turn

log = logging.getLogger(__name__)

READ_S = 20.0
"""How long one task has models read; another goes on."""

ROUND_S = 20


@shared_task(name="memory.tasks.purge")
def purge() -> None:
    """Rows that are kept for a time only."""
    if forgotten := forget_answers(now=timezone.now()):
        log.info("forgot the answers of %d repeatable requests", forgotten)
    if swept := sweep_memories(now=timezone.now()):
        log.info("closed or forgot %d rows of memories whose time is over", swept)


@shared_task(name="memory.tasks.read_again", expires=30)
def read_again() -> None:
    """Turns that no model could read and that are due, one after another; what is left waits for the next tick."""
    ends_at = time.monotonic() + ROUND_S
    while not stopping.is_set() and time.monotonic() < ends_at and _read_next():
        pass


def _read_next() -> bool:
    """False: none is due, or the models' server wants a pause from all of them."""
    if not (turn_id := take_due_turn(now=timezone.now())):
        return False
    try:
        reread_turn(turn_id, now=timezone.now())
    except BudgetSpent as spent:
        postpone(turn_id, wait_s=spent.extra["retry_after_s"], now=timezone.now())
        return not isinstance(spent, ModelBusy)
    return True


@shared_task(name="memory.tasks.read_documents")
def read_documents() -> None:
    """Facts of documents, as far as a model gets before the next tick."""
    ends_at = time.monotonic() + READ_S
    while time.monotonic() < ends_at and read_next_document(now=timezone.now(), ends_at=ends_at):
        pass
