"""Whom a key speaks for: in the store, and in its memory where it opens one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.access import Caller, Unauthorized, caller_of
from accounts.audit import Actor
from accounts.keys import authenticate
from accounts.models import AccessKey, AuditEntry
from memory.access.authentication import holder_of
from memory.access.caller import MemoryCaller


@dataclass(frozen=True, kw_only=True)
class AgentCaller:
    """`memory` is None for the keys of the store, which open none."""

    key_id: UUID
    store: Caller
    memory: MemoryCaller | None = None


def caller_with(raw_key: str, *, address: str, now: datetime) -> AgentCaller:
    """Raises Unauthorized for a key that is unknown, expired or revoked. `address` is the client's, or ""."""
    key = authenticate(raw_key, now=now)
    if key is None:
        raise Unauthorized("This access key is unknown, expired or revoked.")
    is_of_memory = key.role == AccessKey.Role.AGENT
    actor = Actor(by=AuditEntry.By.KEY, name=str(key), address=address)
    return AgentCaller(
        key_id=key.pk, store=caller_of(key), memory=holder_of(key, actor=actor) if is_of_memory else None
    )
