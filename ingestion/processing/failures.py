"""What stops a filing is written on it: a sentence, whether it is tried again, and what stays of a former version."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from ingestion.models import Filing, State
from ingestion.querysets import WORK

log = logging.getLogger(__name__)

ATTEMPTS = 3
FIRST_WAIT = timedelta(seconds=10)
ENDED = ("state", "lease_until", "error_code", "error", "temporary", "updated_at", "completed_at", "attempts")


def end_all(filings: Sequence[Filing], code: str, sentence: str) -> None:
    """Of a trouble that is no file's own: each is tried again while it has attempts left."""
    for filing in filings:
        end(filing, code, sentence, temporary=True)


def end(filing: Filing, code: str, sentence: str, *, temporary: bool) -> None:
    """Let it wait for its next attempt, or give it up; nothing where it is not in our claim any more."""
    now, ours = timezone.now(), Filing.objects.filter(pk=filing.pk, claim=filing.claim, state__in=WORK)
    if temporary and filing.attempts < ATTEMPTS:
        log.warning("filing %s waits after attempt %d: %s", filing.pk, filing.attempts, code)
        wait = FIRST_WAIT * 3 ** (filing.attempts - 1)
        again = {"not_before": now + wait, "lease_until": None, "error_code": code, "error": sentence}
        ours.update(updated_at=now, **again)
        return
    with transaction.atomic():
        if found := ours.select_for_update().only("filed_hash").first():
            filing.filed_hash = found.filed_hash  # what a rolled back transaction had set is not so
            give_up(filing, code, sentence, now, temporary=temporary)


def give_up(filing: Filing, code: str, sentence: str, now: datetime, *, temporary: bool = True) -> None:
    """Failed; one that was filed before stays filed, as it was, and says why it is older than planned."""
    filing.state = State.FAILED if filing.filed_hash is None else State.DONE
    filing.lease_until, filing.error_code, filing.error = None, code, sentence
    filing.updated_at, filing.completed_at, filing.temporary = now, now, temporary
    filing.save(update_fields=ENDED)
    log.warning("filing %s failed: %s", filing.pk, code)
