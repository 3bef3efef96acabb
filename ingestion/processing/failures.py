"""What stops a file is written on it: a sentence, whether it is tried again, and what stays of a former version."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core.tracing.spans import current_span
from ingestion.models import File, FileState
from ingestion.querysets import WORK

log = logging.getLogger(__name__)

ATTEMPTS = 3
FIRST_WAIT = timedelta(seconds=10)
ENDED = ("state", "lease_until", "error_code", "error", "temporary", "updated_at", "completed_at", "attempts")


def end_all(files: Sequence[File], code: str, sentence: str) -> None:
    """Of a trouble that is no file's own: each is tried again while it has attempts left."""
    for file in files:
        end(file, code, sentence, temporary=True)


def end(file: File, code: str, sentence: str, *, temporary: bool) -> None:
    """Let it wait for its next attempt, or give it up; nothing where it is not under our lease any more."""
    current_span().fail(code)
    now, ours = timezone.now(), File.objects.filter(pk=file.pk, lease_id=file.lease_id, state__in=WORK)
    if temporary and file.attempts < ATTEMPTS:
        log.warning("file %s waits after attempt %d: %s", file.pk, file.attempts, code)
        wait = FIRST_WAIT * 3 ** (file.attempts - 1)
        again = {"not_before": now + wait, "lease_until": None, "error_code": code, "error": sentence}
        ours.update(updated_at=now, **again)
        return
    with transaction.atomic():
        if found := ours.select_for_update().only("indexed_hash").first():
            file.indexed_hash = found.indexed_hash  # what a rolled back transaction had set is not so
            give_up(file, code, sentence, now, temporary=temporary)


def give_up(file: File, code: str, sentence: str, now: datetime, *, temporary: bool = True) -> None:
    """Failed; one that was done before stays done, as it was, and says why it is older than planned."""
    file.state = FileState.FAILED if file.indexed_hash is None else FileState.DONE
    file.lease_until, file.error_code, file.error = None, code, sentence
    file.updated_at, file.completed_at, file.temporary = now, now, temporary
    file.save(update_fields=ENDED)
    log.warning("file %s failed: %s", file.pk, code)
