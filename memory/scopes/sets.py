"""Clauses as rows: one for all that belongs at the same places, registered as it is first written to."""

import hashlib
import json
from datetime import datetime

from django.conf import settings

from memory.errors import MemoryConflict, MemoryInvalid
from memory.models import Context, ScopeNode, ScopeSet
from memory.scopes.paths import ROOT, Clauses


def digest_of(clauses: Clauses) -> bytes:
    return hashlib.sha256(json.dumps(clauses, separators=(",", ":")).encode()).digest()


def scope_set_for(context: Context, clauses: Clauses, *, now: datetime) -> ScopeSet:
    """The row of these clauses, which `parse_scopes` gave, made where there is none; their paths are registered.

    Raises MemoryConflict for a deleted path, MemoryInvalid for an unknown one where paths must be registered before.
    """
    _register(context, sorted({path for clause in clauses for path in clause if path != ROOT}), now=now)
    fresh = ScopeSet(context=context, clauses=clauses, digest=digest_of(clauses))
    same = ScopeSet.objects.filter(context=context, digest=fresh.digest)
    kept: ScopeSet | None = same.first()
    if kept is None:
        ScopeSet.objects.bulk_create([fresh], ignore_conflicts=True)
    found = kept or same.get()
    found.context = context  # so that nobody reads it again
    return found


def _register(context: Context, paths: list[str], *, now: datetime) -> None:
    known = dict(ScopeNode.objects.filter(context=context, path__in=paths).values_list("path", "tombstoned_at"))
    for path in (path for path in paths if known.get(path)):
        raise MemoryConflict(f"The scope {path} was deleted; register it again to write there.")
    missing = [path for path in paths if path not in known]
    if missing and settings.MEMORY_SCOPES_MUST_EXIST:
        raise MemoryInvalid(f"There is no scope {missing[0]}; register it before something is written there.")
    nodes = [ScopeNode(context=context, path=path, created_at=now) for path in missing]
    ScopeNode.objects.bulk_create(nodes, ignore_conflicts=True)
