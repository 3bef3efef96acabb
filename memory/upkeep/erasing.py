"""Forgetting a scope for good: what lies there leaves the tables, and its documents the store, trash included."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.audit import record
from ingestion.models import File
from ingestion.uploads.submit import delete_files
from knowledge.deleting.erasing import erase_documents
from knowledge.locks import lock_sources
from knowledge.models import Document
from knowledge.tagexpr import TagExpression
from memory.access.caller import MemoryCaller, Verb
from memory.errors import MemoryForbidden
from memory.models import Context, ContextFile, ScopeNode, ScopeSet
from memory.scopes.nodes import below
from memory.scopes.paths import EVERYTHING, ROOT, Clauses
from memory.scopes.regions import Region, covers
from memory.scopes.sets import digest_of

FORGOTTEN = "its scope was forgotten"
COUNTED = ("Fact", "Entity", "Turn", "Session", "Instruction", "Uncertainty")


@transaction.atomic
def forget_scope(caller: MemoryCaller, path: str | None, *, now: datetime) -> int:
    """Erase what belongs at a path and below it, or without a path at all places where the caller may forget.

    What belongs elsewhere, too, stays there. How many rows and documents went. Raises MemoryForbidden for a path
    outside of the caller's region.
    """
    caller.require(Verb.MEMORY_FORGET)
    region = caller.region(Verb.MEMORY_FORGET)
    if path is not None and not region.contains(path):
        raise MemoryForbidden(f"{caller.name} is not granted {Verb.MEMORY_FORGET.value} at /{path}.")
    context = caller.context
    lock_sources([context.source])
    gone = _leave(context, region, pattern=f"{path}/*" if path else EVERYTHING)
    forgotten = _erase(context, gone, now=now, actor=caller.actor.name)
    nodes = ScopeNode.objects.filter(below(path or ROOT), context=context)
    nodes.filter(pk__in=[node.pk for node in nodes if region.contains(node.path)]).delete()
    told = {"path": path or "/", "forgotten": forgotten}
    record(caller.actor, "memory.scope.forget", context.source, now=now, after=told)
    return forgotten


def _leave(context: Context, region: Region, *, pattern: str) -> list[ScopeSet]:
    """Take the clauses there out of all sets; those sets that have none left."""
    gone = []
    for scope_set in ScopeSet.objects.filter(context=context).select_for_update().order_by("pk"):
        left = [clause for clause in scope_set.clauses if not _lies_there(clause, region, pattern)]
        if not left:
            gone.append(scope_set)
        elif len(left) < len(scope_set.clauses):
            _narrow(scope_set, left)
    return gone


def _lies_there(clause: Sequence[str], region: Region, pattern: str) -> bool:
    return all(region.contains(path) for path in clause) and any(covers(pattern, path) for path in clause)


def _narrow(scope_set: ScopeSet, left: Clauses) -> None:
    """Where another row has these clauses, this one keeps them under a digest that nobody looks up."""
    digest = digest_of(left)
    if ScopeSet.objects.filter(context_id=scope_set.context_id, digest=digest).exists():
        digest = digest_of([*left, [f"once {scope_set.pk}"]])
    ScopeSet.objects.filter(pk=scope_set.pk).update(clauses=left, digest=digest)


def _erase(context: Context, gone: Sequence[ScopeSet], *, now: datetime, actor: str) -> int:
    """What belongs to these sets, wherever it is kept; how many rows and documents went."""
    if not gone:
        return 0
    sets = [scope_set.pk for scope_set in gone]
    files = list(ContextFile.objects.filter(context=context, scope_set__in=sets).values_list("pk", flat=True))
    delete_files(files, reason=FORGOTTEN, now=now, actor=actor)
    File.objects.filter(pk__in=files).delete()
    documents = erase_documents(_documents_of(context, gone), now=now, actor=actor)
    _, by_model = ScopeSet.objects.filter(pk__in=sets).delete()
    return documents + sum(by_model.get(f"memory.{name}", 0) for name in COUNTED)


def _documents_of(context: Context, gone: Sequence[ScopeSet]) -> list[int]:
    """Those in the store, in the trash or not."""
    tagged = TagExpression(tuple((scope_set.tag,) for scope_set in gone))
    return list(Document.objects.of_source(context.source).tagged(tagged).values_list("pk", flat=True))
