"""Registered paths: listed, made, and closed to writes."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.audit import Actor, record
from memory.errors import MemoryInvalid, MemoryNotFound
from memory.models import Context, ScopeNode
from memory.scopes.paths import ROOT
from memory.scopes.regions import Region


def list_scopes(context: Context, region: Region) -> list[ScopeNode]:
    """By path, those that a region shows."""
    return [node for node in ScopeNode.objects.filter(context=context) if region.sees(node.path)]


@transaction.atomic
def register_scope(context: Context, path: str, *, now: datetime, actor: Actor) -> ScopeNode:
    """The node of this path; one that was closed takes writes again. Raises MemoryInvalid for the root."""
    if path == ROOT:
        raise MemoryInvalid("The root needs no registering; name a path such as org/acme.")
    node, made = ScopeNode.objects.get_or_create(context=context, path=path, defaults={"created_at": now})
    if made or node.tombstoned_at:
        node.tombstoned_at = None
        node.save(update_fields=["tombstoned_at"])
        record(actor, "memory.scope.create", context.source, now=now, after={"path": path})
    return node


@transaction.atomic
def close_scope(context: Context, path: str, *, now: datetime, actor: Actor) -> None:
    """The path and those below it take no more writes. Raises MemoryNotFound where none is registered there."""
    rows = ScopeNode.objects.filter(below(path), context=context)
    if not rows.exists():
        raise MemoryNotFound(f"There is no scope {path or '/'}.")
    if rows.filter(tombstoned_at=None).update(tombstoned_at=now):
        record(actor, "memory.scope.delete", context.source, now=now, before={"path": path})


def below(path: str) -> Q:
    """Nodes at a path and below it."""
    return Q() if path == ROOT else Q(path=path) | Q(path__startswith=f"{path}/")
