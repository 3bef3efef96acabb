"""Collections: made, listed and deleted with all that is in them."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from pydantic import TypeAdapter, ValidationError

from ingestion.blobs import drop_blobs
from ingestion.errors import CollectionExists, CollectionNotFound, FileRefused
from ingestion.models import (
    DEFAULT_COLLECTION,
    Collection,
    File,
    FileState,
    Job,
    Splitter,
)
from ingestion.splitting import SPLITTERS
from ingestion.uploads.submit import delete_file, delete_files
from knowledge.fields import Source
from knowledge.words.languages import language_fault
from knowledge.writing.languages import set_source_language

EXPIRED = "expired"
BATCH = 500
MOST_DOCUMENTS = 5_000
"""Moved to the trash in one transaction."""
NAME = TypeAdapter(Source)
MOST_DAYS = 36_500
LANGUAGE = "search_language"
"""Of a collection's metadata: that of its documents' words."""
FOLLOWING = ("days_to_live", "splitter", "keep_bytes")
"""What is read off a collection's metadata."""


def default_collection(*, now: datetime, source: str | None = None) -> Collection:
    """Where what names no collection goes, of a key that is bound to a source to its own; made by the first.

    Raises FileRefused for a source whose name no address can hold.
    """
    name = _checked(source or DEFAULT_COLLECTION)
    found, _ = Collection.objects.get_or_create(name=name, defaults={"created_at": now, "updated_at": now})
    return found


def get_collection(name: str) -> Collection:
    """Raises CollectionNotFound."""
    found = Collection.objects.filter(pk=name).first() if "\0" not in name else None
    if found is None:
        raise CollectionNotFound(f"Collection '{name}' not found")
    return found


NAME_IN_SCHEMA: dict[str, Any] = {
    "minLength": 1,
    "pattern": r"^[^/\u0000-\u001f\u007f]*[^/\s\u0000-\u001f\u007f\u0085][^/\u0000-\u001f\u007f]*$",
    "not": {"pattern": r"^\s*\.{1,2}\s*$"},
}
"""What `check_name` adds to a source's name, as JSON Schema says it."""


def check_name(name: str) -> str:
    """A source's name that can stand in an address: `.` and `..` would lead elsewhere. Raises ValueError."""
    if not name:
        raise ValueError("is blank")
    if name in (".", ".."):
        raise ValueError("is . or .., which no address can name")
    return name


def _checked(name: str) -> str:
    try:
        return check_name(NAME.validate_python(name))
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
    except ValueError as error:
        reason = str(error)
    raise FileRefused(f"A collection's name {reason}")


def create_collection(
    name: str, *, now: datetime, description: str = "", metadata: Mapping[str, Any] | None = None
) -> Collection:
    """`metadata` may name its `days_to_live`, `splitter`, `keep_bytes` and `search_language`.

    Raises CollectionExists, FileRefused.
    """
    given = dict(metadata or {})
    made = Collection(name=_checked(name), description=description, metadata=given, created_at=now, updated_at=now)
    _follow_metadata(made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _follow_language(made, before="")
            return made
    except IntegrityError:
        raise CollectionExists(f"Collection '{name}' exists already") from None


def update_collection(
    collection: Collection, *, now: datetime, description: str | None = None, metadata: Mapping[str, Any] | None = None
) -> None:
    """None leaves a field as it is. What is uploaded from now on follows it; bytes that were kept are forgotten
    where they are not kept any more. Raises FileRefused.
    """
    kept, language = collection.keep_bytes, collection.metadata.get(LANGUAGE, "")
    if description is not None:
        collection.description = description.replace("\0", "")
    if metadata is not None:
        collection.metadata = dict(metadata)
        _follow_metadata(collection)
    collection.updated_at = now
    with transaction.atomic():
        collection.save(update_fields=["description", "metadata", *FOLLOWING, "updated_at"])
        _follow_language(collection, before=language)
    if kept and not collection.keep_bytes:
        _forget_bytes(collection)


def _forget_bytes(collection: Collection) -> None:
    done = collection.files.filter(state=FileState.DONE).order_by("pk").only("content_hash").iterator(chunk_size=BATCH)
    while files := list(islice(done, BATCH)):
        with transaction.atomic():
            drop_blobs(files)


def _follow_language(collection: Collection, *, before: str) -> None:
    """Where its metadata say nothing of it, whoever else fills the source says."""
    if (language := collection.metadata.get(LANGUAGE) or "") != before:
        set_source_language(collection.name, language)


def _check_language(language: Any) -> None:
    if not isinstance(language, str):
        raise FileRefused(f"{LANGUAGE} has to be the name of a language, such as german")
    if language and (fault := language_fault(language)):
        raise FileRefused(f"{LANGUAGE} {fault}")


def _follow_metadata(collection: Collection) -> None:
    _check_language(collection.metadata.get(LANGUAGE) or "")
    days = collection.metadata.get("days_to_live")
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_DAYS):
        raise FileRefused(f"days_to_live has to be a whole number of days, 1 to {MOST_DAYS:,}")
    splitter = collection.metadata.get("splitter", Splitter.WINDOWS)
    if splitter not in list(SPLITTERS):
        raise FileRefused(f"splitter has to be one of {', '.join(SPLITTERS)}")
    keep_bytes = collection.metadata.get("keep_bytes", False)
    if not isinstance(keep_bytes, bool):
        raise FileRefused("keep_bytes has to be true or false")
    collection.days_to_live, collection.splitter, collection.keep_bytes = days, splitter, keep_bytes


def delete_collection(collection: Collection, *, now: datetime, actor: str) -> int:
    """Delete everything in it, then the collection; how many documents went to the trash."""
    removed = 0
    for few in _in_batches(collection):
        removed += delete_files(few, reason="its collection was deleted", now=now, actor=actor)
    with transaction.atomic():
        File.objects.filter(collection=collection).delete()
        Job.objects.filter(collection=collection).delete()
        if collection.metadata.get(LANGUAGE):
            set_source_language(collection.name, "")
        collection.delete()
    return removed


def _in_batches(collection: Collection) -> Iterator[list[UUID]]:
    """Of files, and of as many documents as one transaction had better hold; what has more documents goes alone."""
    few, documents = list[UUID](), 0
    for file_id, count in collection.files.exclude(state=FileState.DELETED).values_list("pk", "document_count"):
        if few and (len(few) == BATCH or documents + count > MOST_DOCUMENTS):
            yield few
            few, documents = [], 0
        few.append(file_id)
        documents += count
    if few:
        yield few


def delete_expired(*, now: datetime) -> int:
    """Delete files whose time to live is over; how many. Their documents were hidden the moment they expired."""
    due = File.objects.filter(state=FileState.DONE, expires_at__lte=now).values_list("pk", flat=True)[:BATCH]
    for file_id in due:
        delete_file(file_id, reason=EXPIRED, now=now, actor="expiry")
    return len(due)
