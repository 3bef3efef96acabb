"""Principals: whom keys act for, and what they are granted."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.audit import Actor, record
from accounts.keys import revoke_key
from accounts.models import AccessKey
from memory.access.authentication import is_uuid
from memory.access.caller import Grants, MemoryCaller, Verb
from memory.access.grants import check_pattern, read_verb, rows_of
from memory.errors import MemoryConflict, MemoryInvalid
from memory.models import Context, Entity, Grant, Principal
from memory.scopes.paths import parse_pattern
from memory.scopes.regions import Region

MOST_NAME_CHARS = 200


def create_principal(context: Context, name: str, *, grants: Grants, now: datetime, actor: Actor) -> Principal:
    """Raises MemoryInvalid for what is no name, MemoryConflict for one that is taken."""
    _check_name(name)
    try:
        with transaction.atomic():
            made = Principal.objects.create(context=context, name=name, created_at=now)
            Grant.objects.bulk_create(rows_of(context, grants, principal=made))
            record(actor, "memory.principal.create", context.source, now=now, after={"principal": name})
    except IntegrityError as error:
        raise MemoryConflict(f"A principal of the name {name!r} exists.") from error
    return made


@transaction.atomic
def delete_principal(principal: Principal, *, now: datetime, actor: Actor) -> None:
    """With its grants and its keys; what was written for it stays."""
    for key in AccessKey.objects.filter(memory__principal=principal):
        revoke_key(key, now=now, actor=actor)
    Entity.objects.filter(principal=principal).update(is_self=False, principal=None)
    told = {"principal": principal.name}
    record(actor, "memory.principal.delete", principal.context.source, now=now, before=told)
    principal.delete()


@transaction.atomic
def grant_to(caller: MemoryCaller, principal: Principal, pattern: str, verbs: Iterable[str], *, now: datetime) -> None:
    """What is granted already stays so. Raises MemoryInvalid, and MemoryForbidden for more than the caller has."""
    place, asked = _checked(caller, pattern, verbs)
    rows = rows_of(caller.context, {verb: frozenset({place}) for verb in asked}, principal=principal)
    Grant.objects.bulk_create(rows, ignore_conflicts=True)
    told = {"principal": principal.name, "path": place, "verbs": asked}
    record(caller.actor, "memory.grant.create", caller.context.source, now=now, after=told)


@transaction.atomic
def revoke_from(
    caller: MemoryCaller, principal: Principal, pattern: str, verbs: Iterable[str], *, now: datetime
) -> None:
    """The grants at this very pattern; those above it stay."""
    place, asked = _checked(caller, pattern, verbs)
    Grant.objects.filter(principal=principal, pattern=place, verb__in=asked).delete()
    told = {"principal": principal.name, "path": place, "verbs": asked}
    record(caller.actor, "memory.grant.delete", caller.context.source, now=now, before=told)


def effective_verbs(grants: Grants, path: str) -> list[str]:
    """What may be done at this place, reading and above it included."""
    read = {Verb.MEMORY_READ, Verb.SCOPE_READ}
    regions = {verb: Region((grants.get(verb, frozenset()),)) for verb in Verb.values}
    return [verb for verb, at in regions.items() if (at.sees(path) if verb in read else at.contains(path))]


def _checked(caller: MemoryCaller, pattern: str, verbs: Iterable[str]) -> tuple[str, list[str]]:
    place, asked = parse_pattern(pattern), sorted({read_verb(verb) for verb in verbs})
    if not asked:
        raise MemoryInvalid("Name at least one verb.")
    for verb in asked:
        check_pattern(caller, verb, place)
    return place, asked


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > MOST_NAME_CHARS or not name.isprintable() or "/" in name:
        raise MemoryInvalid(f"A principal's name is one line of 1 to {MOST_NAME_CHARS} characters without a slash.")
    if is_uuid(name):
        raise MemoryInvalid("A principal's name is no UUID, since principals are found by both.")
