"""`/keys` of a context: listed, made, renewed and revoked by whoever manages grants there."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Status
from pydantic import Field

from core.fields import Text
from memory.access.authentication import find_principal
from memory.access.caller import MemoryCaller, Verb
from memory.access.grants import grants_of, managed_by, told_grants
from memory.access.keys import (
    NewMemoryKey,
    check_authority,
    find_key,
    grants_to_give,
    keys_of,
    make_key,
    remove_key,
    rotate_key,
)
from memory.api.base import Wire, caller_of, memory_router
from memory.errors import MemoryInvalid
from memory.models import MemoryKey

router = memory_router("memory keys", repeats=False)

LONGEST_TTL_S = 100 * 366 * 86_400


class MemoryKeyIn(Wire):
    """`grants` by verb a list of paths or patterns; without them the key has its principal's.

    Without a `principal` it is the caller's.
    """

    name: Text = ""
    grants: dict[str, Any] | None = None
    principal: Text = ""


class MintedKey(Wire):
    """`key` is its text, which is kept nowhere and cannot be shown again."""

    id: str = Field(description="of the key, not the key itself")
    key: str = Field(description="its text, told this once")
    valid_until: datetime | None = Field(description="null: until it is revoked")


class KeyDetail(Wire):
    """A key, without its text."""

    id: str = Field(description="of the key, not the key itself")
    name: str = Field(description="as it was given")
    principal: str | None = Field(description="the name of whom it speaks for")
    created_at: datetime = Field(description="when it was made")
    last_used_at: datetime | None = Field(description="null: never")
    valid_until: datetime | None = Field(description="null: until it is revoked")
    grants: dict[str, list[str]] | None = Field(description="paths by verb; null: those of its principal")


@router.get("/keys", response=list[KeyDetail], summary="Keys of the context, by name", operation_id="list_memory_keys")
def list_keys(request: HttpRequest) -> list[dict[str, Any]]:
    caller = _managing(request)
    return [_detail(key, caller) for key in keys_of(caller.context)]


@router.post("/keys", response={201: MintedKey}, summary="Make a key", operation_id="create_memory_key")
def create(request: HttpRequest, body: MemoryKeyIn, ttl_seconds: int | None = None) -> Status[dict[str, Any]]:
    caller, now = _managing(request), timezone.now()
    principal = (
        find_principal(caller.context, body.principal) if body.principal else caller.acts_for or caller.principal
    )
    new = make_key(
        caller.context,
        name=body.name or f"key of {caller.name} at {now:%Y-%m-%d %H:%M:%S.%f}"[:200],
        actor=caller.actor,
        principal=principal,
        grants=grants_to_give(caller, body.grants, principal),
        expires_at=_expiry(ttl_seconds, now=now),
    )
    return Status(201, _minted(new))


@router.delete("/keys/{key_name}", response={204: None}, summary="Revoke a key", operation_id="revoke_memory_key")
def revoke(request: HttpRequest, key_name: str) -> Status[None]:
    caller = _managing(request)
    key = find_key(caller.context, key_name)
    check_authority(caller, key)
    remove_key(key, now=timezone.now(), actor=caller.actor)
    return Status(204, None)


@router.post("/keys/{key_name}/rotate", response={201: MintedKey}, summary="Give a key another text")
def rotate_memory_key(request: HttpRequest, key_name: str, ttl_seconds: int | None = None) -> Status[dict[str, Any]]:
    caller, now = _managing(request), timezone.now()
    key = find_key(caller.context, key_name)
    check_authority(caller, key)
    return Status(201, _minted(rotate_key(key, expires_at=_expiry(ttl_seconds, now=now), now=now, actor=caller.actor)))


def _managing(request: HttpRequest) -> MemoryCaller:
    caller = caller_of(request)
    caller.require(Verb.GRANT_MANAGE)
    return caller


def _expiry(ttl_seconds: int | None, *, now: datetime) -> datetime | None:
    if ttl_seconds is None:
        return None
    if not 1 <= ttl_seconds <= LONGEST_TTL_S:
        raise MemoryInvalid("A key lives a second or longer, up to 100 years.")
    return now + timedelta(seconds=ttl_seconds)


def _minted(new: NewMemoryKey) -> dict[str, Any]:
    return {"id": str(new.key.pk), "key": new.text, "valid_until": new.key.access_key.expires_at}


def _detail(key: MemoryKey, caller: MemoryCaller) -> dict[str, Any]:
    kept, own = key.access_key, managed_by(caller, grants_of(key.grants.all()))
    return {
        "id": str(key.pk),
        "name": key.name,
        "principal": key.principal.name if key.principal else None,
        "created_at": kept.created_at,
        "last_used_at": kept.last_used_at,
        "valid_until": kept.expires_at,
        "grants": told_grants(own) or None,
    }
