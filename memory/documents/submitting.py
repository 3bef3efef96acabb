"""Uploading a document, uploading it again, giving it other bytes, and deleting it.

See docs/decisions/0172.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.audit import Actor
from ingestion.blobs import hash_blob
from ingestion.collections.collections import default_collection
from ingestion.errors import FileNotFound
from ingestion.kinds import DeclaredType
from ingestion.models import Collection, File, FileState
from ingestion.uploads.again import find_same, process_again, replace_body, retag
from ingestion.uploads.batch import check_kind
from ingestion.uploads.submit import Label, check_size, delete_file, submit_file
from memory.documents.facts import close_facts_of
from memory.documents.multipart import FilePart
from memory.errors import MemoryInvalid, MemoryNotFound
from memory.models import Context, ContextFile, ScopeSet
from memory.scopes.paths import Clauses
from memory.scopes.sets import scope_set_for

DELETED = "deleted from its memory"
PASSAGE = "kind:chunk"
"""On every passage of a document, as `memory.writing.searchable` marks what else is searched."""
UNSAID = ("", "application/octet-stream", "binary/octet-stream")
"""Content types that say nothing."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """What its uploader says of a document. What is empty, its part or its content decides."""

    title: str = ""
    source: str = ""
    profile: str = ""
    labels: Sequence[str] = ()
    mime_type: str = ""
    file_name: str = ""
    observed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """The document, and whether its bytes were there already."""

    document: ContextFile
    deduplicated: bool


def submit_document(
    part: FilePart, *, context: Context, scope_set: ScopeSet, details: Details, actor: Actor, now: datetime
) -> Submitted:
    """Keep a file for processing; the same bytes are one document, which a further scope set is added to.

    One that failed is tried again. Raises FileTooLarge, KindRefused.
    """
    name, mime_type = _declared(part, details)
    collection = collection_of(context, now=now)
    with transaction.atomic():
        if known := find_same(hash_blob(part.body), collection):
            return Submitted(document=_again(known, context, scope_set, actor=actor, now=now), deduplicated=True)
        label = Label(title=details.title, content_type=mime_type, actor=actor.name)
        file = submit_file(part.body, name=name, collection=collection, label=label, now=now, again=True).file
        document = _note(file, context, scope_set, details)
    return Submitted(document=document, deduplicated=False)


def replace_document(
    document: ContextFile, part: FilePart, *, details: Details, actor: Actor, now: datetime
) -> Submitted:
    """Give a document other bytes: its next version. Its own bytes again: nothing is done, unless it failed.

    Raises FileTooLarge, KindRefused, MemoryNotFound.
    """
    name, mime_type = _declared(part, details)
    if hash_blob(part.body) == bytes(document.file.content_hash or b""):
        if document.file.state == FileState.FAILED:
            reprocess(document, now=now)
        return Submitted(document=_fresh(document), deduplicated=True)
    with transaction.atomic():
        if not replace_body(document.file, part.body, name=name, content_type=mime_type, now=now):
            raise MemoryNotFound("There is no such document.")
        replaced = File.objects.select_related("collection").without_text().get(pk=document.pk)
        File.objects.filter(pk=document.pk).update(tags=tags_of(replaced, document.scope_set))
        document.version += 1
        document.nodes_through, document.nodes_attempts = 0, 0
        document.save(update_fields=["version", "nodes_through", "nodes_attempts"])
        close_facts_of(document, actor=actor.name, now=now)
        if details.title:
            File.objects.filter(pk=document.pk).update(title=details.title[:300], title_given=True)
        return Submitted(document=_fresh(document), deduplicated=False)


def reprocess(document: ContextFile, *, now: datetime) -> Submitted:
    """Process the bytes that are kept once more. Raises MemoryNotFound."""
    with transaction.atomic():
        if not process_again(document.file, now=now):
            raise MemoryNotFound("There is no such document.")
        ContextFile.objects.filter(pk=document.pk).update(nodes_hash=None, nodes_through=0, nodes_attempts=0)
        return Submitted(document=_fresh(document), deduplicated=False)


def delete_document(document: ContextFile, *, actor: Actor, now: datetime) -> None:
    """Its passages go to the trash, and facts that nothing else says end. Raises MemoryNotFound."""
    try:
        with transaction.atomic():
            delete_file(document.pk, reason=DELETED, now=now, actor=actor.name)
            close_facts_of(document, actor=actor.name, now=now)
    except FileNotFound:
        raise MemoryNotFound("There is no such document.") from None


def file_tag(file_id: UUID) -> str:
    return f"file:{file_id.hex}"


def mime_tag(mime_type: str) -> str:
    return "mime:" + re.sub(r"[^a-z0-9]+", "-", mime_type.partition(";")[0].lower()).strip("-")[:80]


@transaction.atomic
def leave_scopes(document: ContextFile, left: Clauses, *, actor: Actor, now: datetime) -> None:
    """Let it belong to these clauses of its own alone, of which there is at least one."""
    gone = [clause for clause in document.scope_set.clauses if clause not in left]
    _move(document, scope_set_for(document.context, left, now=now), now=now)
    told = {"document": document.wire_id, "scopes": gone}
    audit.record(actor, "memory.document.scope", document.context.source, now=now, before=told)


def collection_of(context: Context, *, now: datetime) -> Collection:
    """Made by the first document. It keeps the bytes of what is done."""
    collection = default_collection(now=now, source=context.source)
    if not collection.keep_bytes:
        Collection.objects.filter(pk=collection.pk).update(keep_bytes=True)
        collection.keep_bytes = True
    return collection


def _declared(part: FilePart, details: Details) -> tuple[str, str]:
    """Its name and type; where nobody said more than "a text" it is that of its content.

    Raises FileTooLarge, KindRefused.
    """
    if not part.body:
        raise MemoryInvalid("The file is empty.")
    check_size(len(part.body))
    name = details.file_name or part.name
    said = next((each for each in (details.mime_type, part.content_type) if each.lower() not in UNSAID), "")
    kind = check_kind(part.body, declared=DeclaredType(content_type=said, name=name))
    vague = not said or (said == part.content_type and said.startswith("text/plain"))
    return name, kind.media_type if vague else said


def tags_of(file: File, scope_set: ScopeSet) -> list[str]:
    """What a query narrows passages by: whose they are, that they are some, their file and its type."""
    return sorted({scope_set.tag, PASSAGE, file_tag(file.pk), mime_tag(file.content_type)})


def _note(file: File, context: Context, scope_set: ScopeSet, details: Details) -> ContextFile:
    file.tags = tags_of(file, scope_set)
    file.save(update_fields=["tags"])
    return ContextFile.objects.create(
        file=file,
        context=context,
        scope_set=scope_set,
        source=details.source,
        profile=details.profile,
        labels=list(details.labels),
        observed_at=details.observed_at,
    )


def _again(known: File, context: Context, scope_set: ScopeSet, *, actor: Actor, now: datetime) -> ContextFile:
    """`known` is what another submission left; one that came by another door is a document from now on."""
    document = _documents().filter(pk=known.pk).first()
    if document is None:
        document = ContextFile.objects.create(file=known, context=context, scope_set=scope_set)
        retag(known, tags_of(known, scope_set), now=now)
    widened = _widen(document, scope_set, actor=actor, now=now)
    failed = known.state == FileState.FAILED
    if failed:
        process_again(known, now=now)
    return _fresh(document) if widened or failed else document


def _widen(document: ContextFile, scope_set: ScopeSet, *, actor: Actor, now: datetime) -> bool:
    """Let those of the scope set see it, too; False where they do already."""
    context = document.context
    clauses = sorted(
        [*document.scope_set.clauses, *(c for c in scope_set.clauses if c not in document.scope_set.clauses)]
    )
    united = scope_set if clauses == scope_set.clauses else scope_set_for(context, clauses, now=now)
    if united == document.scope_set:
        return False
    _move(document, united, now=now)
    added = {"document": document.wire_id, "scopes": scope_set.clauses}
    audit.record(actor, "memory.document.scope", context.source, now=now, after=added)
    return True


def _move(document: ContextFile, scope_set: ScopeSet, *, now: datetime) -> None:
    """Its passages at once; its facts are read anew."""
    document.scope_set, document.nodes_hash, document.nodes_through = scope_set, None, 0
    document.save(update_fields=["scope_set", "nodes_hash", "nodes_through"])
    retag(document.file, tags_of(document.file, scope_set), now=now)


def _fresh(document: ContextFile) -> ContextFile:
    return _documents().get(pk=document.pk)


def _documents() -> QuerySet[ContextFile]:
    found = ContextFile.objects.select_related("file", "context", "scope_set")
    return found.defer("file__text", "file__parts")
