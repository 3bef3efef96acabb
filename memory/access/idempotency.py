"""Requests that are sent twice under one `Idempotency-Key` are done once. See docs/decisions/0162.

The first one to come holds the key for a while (`LEASE`), so that one which died does not hold it for good. Those that
come meanwhile wait for its answer. An answer is kept for a day; a request that failed frees its key.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.batches import run_in_batches
from memory.access.caller import MemoryCaller
from memory.errors import MemoryConflict, MemoryInvalid
from memory.models import IdempotentRequest

LEASE = timedelta(seconds=30)
KEPT = timedelta(hours=24)
WAIT_S = 8.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 0.25
MOST_KEY_CHARS = 255

# One row back: the key is ours. Expects: idempotent_request_key.
CLAIM = """
INSERT INTO memory_idempotentrequest AS kept
    (context_id, caller, key, digest, status, answer, lease_until, created_at)
VALUES (%(context)s, %(caller)s, %(key)s, %(digest)s, 0, '', %(until)s, %(now)s)
ON CONFLICT (context_id, caller, key) DO UPDATE
SET digest = excluded.digest, status = 0, answer = '', lease_until = excluded.lease_until,
    created_at = excluded.created_at
WHERE (kept.status = 0 AND kept.lease_until < %(now)s) OR kept.created_at < %(forgotten)s
RETURNING id
"""

# Expects: idempotent_request_age.
FORGET = """
DELETE FROM memory_idempotentrequest WHERE id IN (
    SELECT id FROM memory_idempotentrequest WHERE created_at < %(before)s ORDER BY created_at LIMIT %(batch)s
)
"""


@dataclass(frozen=True, kw_only=True)
class RequestLease:
    """This request is the one to be done. `until` tells it from one that took the key over later."""

    row: int
    until: datetime


@dataclass(frozen=True, kw_only=True)
class KeptAnswer:
    status: int
    text: str


def digest_of(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\0".join(parts)).digest()


def claim_or_wait(
    caller: MemoryCaller, key: str, digest: bytes, *, clock: Callable[[], datetime], wait_s: float = WAIT_S
) -> RequestLease | KeptAnswer:
    """The right to do it, or the answer of who did. Waits up to `wait_s` for one that is under way.

    Raises MemoryConflict for a key that came with something else, or whose request is still under way.
    """
    if len(key) > MOST_KEY_CHARS or "\0" in key:
        raise MemoryInvalid(f"An Idempotency-Key has at most {MOST_KEY_CHARS} characters.")
    ends_at, pause = time.monotonic() + wait_s, FIRST_PAUSE_S
    while True:
        found = _claim(caller, key, digest, now=clock()) or _kept(caller, key, digest)
        if found:
            return found
        if time.monotonic() + pause > ends_at:
            raise MemoryConflict("A request with this Idempotency-Key is still under way; ask again soon.")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE_S)


def keep_answer(claim: RequestLease, answer: KeptAnswer) -> None:
    """For whoever sends the same again within a day."""
    _held(claim).update(status=answer.status, answer=answer.text)


def free_key(claim: RequestLease) -> None:
    """It failed, and may be tried again under the same key."""
    _held(claim).delete()


def forget_answers(*, now: datetime) -> int:
    """Those older than a day; how many."""
    return run_in_batches(FORGET, before=now - KEPT)


def _claim(caller: MemoryCaller, key: str, digest: bytes, *, now: datetime) -> RequestLease | None:
    named: dict[str, Any] = {"context": caller.context.pk, "caller": caller.identity, "key": key, "digest": digest}
    until = now + LEASE
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, named | {"now": now, "until": until, "forgotten": now - KEPT})
        row = cursor.fetchone()
    return RequestLease(row=row[0], until=until) if row else None


def _kept(caller: MemoryCaller, key: str, digest: bytes) -> KeptAnswer | None:
    """None where there is no answer yet, or no such request any more."""
    kept = IdempotentRequest.objects.filter(context=caller.context, caller=caller.identity, key=key).first()
    if kept is None:
        return None
    if bytes(kept.digest) != digest:
        raise MemoryConflict("This Idempotency-Key came with another request; use a fresh one.")
    return KeptAnswer(status=kept.status, text=kept.answer) if kept.status else None


def _held(claim: RequestLease) -> QuerySet[IdempotentRequest]:
    return IdempotentRequest.objects.filter(pk=claim.row, lease_until=claim.until, status=0)
