"""Keys of a context: made, listed, renewed and revoked. Their texts leave once, as other access keys' do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import Actor, record
from accounts.keys import MOST_NAME_CHARS, create_key, revoke_key
from accounts.models import AccessKey
from memory.access.caller import ALL_GRANTS, Grants, MemoryCaller
from memory.access.grants import check_grants, grants_of, rows_of, told_grants
from memory.errors import MemoryConflict, MemoryInvalid, MemoryNotFound
from memory.models import Context, Grant, MemoryKey, Principal


@dataclass(frozen=True, kw_only=True)
class NewMemoryKey:
    """`text` is kept nowhere and cannot be shown again."""

    key: MemoryKey
    text: str


def make_key(
    context: Context,
    *,
    name: str,
    actor: Actor,
    principal: Principal | None = None,
    grants: Grants | None = None,
    expires_at: datetime | None = None,
) -> NewMemoryKey:
    """A key of this context. Without grants it has its principal's; without a principal, too, it may do all there.

    Raises MemoryConflict for a name that another key has, KeyInvalid for one that is none.
    """
    given = ALL_GRANTS if grants is None and principal is None else grants or {}
    try:
        with transaction.atomic():
            made = _make(context, name, principal=principal, grants=given, expires_at=expires_at, actor=actor)
            told = {"key": name, "principal": str(principal or ""), "grants": told_grants(given)}
            record(actor, "memory.key.create", context.source, now=timezone.now(), after=told)
    except IntegrityError as error:
        raise MemoryConflict(f"A key of the name {name!r} exists.") from error
    return made


def keys_of(context: Context) -> list[MemoryKey]:
    """By name, with their grants. Those that expired are among them, and those that were revoked are not."""
    kept = MemoryKey.objects.filter(context=context, access_key__revoked_at=None)
    return list(kept.select_related("access_key", "principal").prefetch_related("grants").order_by("name"))


def find_key(context: Context, named: str) -> MemoryKey:
    """By name or id. Raises MemoryNotFound."""
    for key in keys_of(context):
        if named in (key.name, str(key.access_key_id), key.access_key_id.hex):
            return key
    raise MemoryNotFound(f"There is no key {named!r:.200} in this context.")


@transaction.atomic
def remove_key(key: MemoryKey, *, now: datetime, actor: Actor) -> None:
    """At once and for good; its name is free again. Raises MemoryNotFound where somebody else was first."""
    if not MemoryKey.objects.select_for_update().filter(pk=key.pk).exists():
        raise MemoryNotFound(f"The key {key.name!r} was renewed or revoked at this moment.")
    revoke_key(key.access_key, now=now, actor=actor)
    record(actor, "memory.key.revoke", key.context.source, now=now, before={"key": key.name})
    key.delete()


@transaction.atomic
def rotate_key(key: MemoryKey, *, expires_at: datetime | None, now: datetime, actor: Actor) -> NewMemoryKey:
    """Another text for the same name, grants and principal; the old text is refused from now on.

    Raises MemoryNotFound where somebody else renewed or revoked it at the same moment.
    """
    grants = list(key.grants.all())
    remove_key(key, now=now, actor=actor)
    made = _make(key.context, key.name, principal=key.principal, grants={}, expires_at=expires_at, actor=actor)
    again = [Grant(context=key.context, key=made.key, verb=each.verb, pattern=each.pattern) for each in grants]
    Grant.objects.bulk_create(again)
    record(actor, "memory.key.rotate", key.context.source, now=now, after={"key": key.name})
    return made


def grants_to_give(caller: MemoryCaller, asked: Mapping[str, Any] | None, principal: Principal | None) -> Grants | None:
    """What a key gets that a caller makes: never more than the caller has. None: its principal's, or all.

    Raises MemoryForbidden.
    """
    if asked:
        return check_grants(caller, asked)
    if principal is not None:
        check_grants(caller, grants_of(principal.grants.all()))
        return None
    if asked is None:
        return check_grants(caller, caller.layers[0]) if caller.layers else None
    return {}


def check_authority(caller: MemoryCaller, key: MemoryKey) -> None:
    """Whether the caller may hold what this key may do, as whoever renews it does. Raises MemoryForbidden."""
    own = grants_of(key.grants.all())
    check_grants(caller, own or (grants_of(key.principal.grants.all()) if key.principal else {}))


def _make(
    context: Context,
    name: str,
    *,
    principal: Principal | None,
    grants: Grants,
    expires_at: datetime | None,
    actor: Actor,
) -> NewMemoryKey:
    if len(name) > MOST_NAME_CHARS or "/" in name:
        raise MemoryInvalid(f"A key's name has at most {MOST_NAME_CHARS} characters and no slash.")
    MemoryKey.objects.filter(context=context, name=name, access_key__revoked_at__isnull=False).delete()
    access_key, text = create_key(
        name, role=AccessKey.Role.AGENT, source=context.source, expires_at=expires_at, actor=actor
    )
    key = MemoryKey.objects.create(access_key=access_key, context=context, principal=principal, name=name)
    Grant.objects.bulk_create(rows_of(context, grants, key=key))
    return NewMemoryKey(key=key, text=text)
