"""Who did what. An entry is written in the transaction of the admin action, so that neither stands without the other.

Functions that change something take an `actor`; whoever calls them without one is Larder itself.

See docs/decisions/0040.
"""

import getpass
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from accounts.models import AuditEntry
from accounts.querysets import AuditQuerySet
from core.batches import run_in_batches
from core.paging import Keyset, Page, paginate, walk

By = AuditEntry.By
KEY_PREFIX = re.compile(r"\blarder_([0-9a-f]{8})_")
MOST_OBJECT_CHARS = 600
WALK_BATCH = 500
NEWEST = Keyset(name="audit", by=("-id",))

# Plan: along the index audit_verb, from each verb to the next.
KNOWN_VERBS = """
WITH RECURSIVE known AS (
    (SELECT verb FROM accounts_auditentry ORDER BY verb LIMIT 1)
    UNION ALL
    SELECT (SELECT e.verb FROM accounts_auditentry e WHERE e.verb > k.verb ORDER BY e.verb LIMIT 1)
    FROM known k WHERE k.verb IS NOT NULL
)
SELECT verb FROM known WHERE verb IS NOT NULL
"""

# Expects: audit_at.
PURGE = """
DELETE FROM accounts_auditentry WHERE id IN (
    SELECT id FROM accounts_auditentry WHERE at < %(before)s ORDER BY at LIMIT %(batch)s
)
"""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: `by` says what kind of name it is; `address` is the client's, "" where there is none."""

    by: By
    name: str
    address: str = ""


LARDER = Actor(by=By.LARDER, name="larder")


def record(
    actor: Actor,
    verb: str,
    object: str,
    *,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Note it, in the caller's transaction. Values are what JSON can hold, and no secret."""
    AuditEntry.objects.create(
        at=now,
        by=actor.by,
        actor=actor.name,
        address=actor.address,
        verb=verb,
        object=object.replace("\0", "")[:MOST_OBJECT_CHARS],
        before=dict(before or {}),
        after=dict(after or {}),
    )


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two states only what differs."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before[name] for name in names if name in before}, {name: after[name] for name in names}


def actor_of(request: HttpRequest) -> Actor:
    """The key that the API recognised, or else the user who is signed in."""
    address, who = client_address(request), getattr(request, "auth", None)
    if who is not None and (prefix := _key_prefix(request)):
        return Actor(by=By.KEY, name=f"{who.name} ({prefix}…)", address=address)
    return Actor(by=By.USER, name=request.user.get_username() or "nobody", address=address)


def command_actor() -> Actor:
    """Who runs a command, as the machine knows them."""
    try:
        return Actor(by=By.COMMAND, name=getpass.getuser())
    except (KeyError, OSError):
        return Actor(by=By.COMMAND, name="unknown account")


def client_address(request: HttpRequest) -> str:
    """Where a request came from. Behind a trusted proxy: what it appended last to X-Forwarded-For; "" if that is none.

    What stands further left in that header was sent by the client and may say anything.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
        peer = forwarded.rpartition(",")[2]
    try:
        return str(ip_address(peer.strip().strip("[]")))
    except ValueError:
        return ""


def read_audit(entries: AuditQuerySet, *, cursor: str, limit: int) -> Page[AuditEntry]:
    """Newest first. Raises CursorInvalid for a cursor that no page handed out."""
    return paginate(entries, by=NEWEST, cursor=cursor, limit=limit)


def walk_audit(entries: AuditQuerySet) -> Iterator[AuditEntry]:
    """All of them, newest first, page by page: for a list that is sent while it is read."""
    return walk(lambda cursor: read_audit(entries, cursor=cursor, limit=WALK_BATCH))


def known_verbs() -> list[str]:
    """Every verb that was ever noted, by name; one probe of the index a verb, however many entries there are."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_VERBS)
        return [verb for (verb,) in cursor.fetchall()]


def purge_audit(*, now: datetime) -> int:
    """Forget what is older than `AUDIT_DAYS`; how many entries went."""
    return run_in_batches(PURGE, before=now - timedelta(days=settings.AUDIT_DAYS))


def _key_prefix(request: HttpRequest) -> str:
    """The part of the key that names it, from either of the headers that carry keys."""
    sent = f"{request.headers.get('Authorization', '')} {request.headers.get('X-Internal-API-Key', '')}"
    found = KEY_PREFIX.search(sent)
    return found.group(1) if found else ""
