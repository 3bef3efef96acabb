"""Submitting a text, a URL or a file, and deleting it again."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func, Value

from core.tracing.spans import trace_context
from ingestion.blobs import drop_blobs, hash_blob, keep_blob
from ingestion.errors import FileNotFound, FileTooLarge
from ingestion.kinds import DeclaredType, kind_name
from ingestion.models import (
    Collection,
    File,
    FileState,
    Job,
    SourceType,
)
from ingestion.naming import plain_title
from ingestion.processing.indexing import remove_documents
from ingestion.processing.recognition import reads_pictures
from ingestion.processing.refetching import ONCE, Refetch, schedule_fetches
from ingestion.processing.wake_up import notify_on_commit

LOCK_SEED = 1_279_345_235
ALONE_WITH = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What came of one submission: the file, and whether it was there already and nothing will be done anew.

    `name`: of a file, as it was uploaded; the same bytes may have come by another name first.
    """

    file: File
    deduplicated: bool = False
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Label:
    """What stands on whatever is submitted. `tags` are its scope and end up on every chunk.

    `agent_id` and `project`: whose it is; the same URL or file of another is another.
    """

    title: str = ""
    agent_id: str = ""
    project: str = ""
    content_type: str = ""
    tags: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""
    job: Job | None = None


def submit_text(text: str, *, collection: Collection, label: Label, now: datetime) -> Submission:
    """Always a new file. Raises FileTooLarge."""
    body = text.encode()
    check_size(len(body))
    with transaction.atomic():
        file = new_file(SourceType.TEXT, collection, label, now=now)
        _keep(file, body)
    return Submission(file=file)


def submit_file(
    body: bytes, *, name: str, collection: Collection, label: Label, now: datetime, again: bool = False
) -> Submission:
    """A file. The same bytes under the same tags are stored once in a collection, unless `again` is set, or by this
    name they are read as another kind; what is there already has this name, too, from then on.

    Raises FileTooLarge.
    """
    check_size(len(body))
    file_name = plain_title(name)
    with transaction.atomic():
        if not again and (known := _same_content(body, file_name, collection, label)):
            add_name(known, file_name)
            return Submission(file=known, deduplicated=True, name=file_name)
        file = new_file(SourceType.FILE, collection, label, now=now)
        file.file_name = file_name
        _keep(file, body)
    return Submission(file=file, name=file_name)


def submit_url(url: str, *, collection: Collection, label: Label, now: datetime, again: Refetch = ONCE) -> Submission:
    """A URL, fetched by a worker, and again by a schedule if one is given.

    One that is tracked already, neither failed nor deleted, is not taken again; a schedule becomes its own.
    Raises ScheduleInvalid.
    """
    file = new_file(SourceType.URL, collection, label, now=now)
    file.url, file.next_fetch_at = url, again.next_after(now)
    file.fetch_schedule, file.timezone = again.schedule, again.timezone
    submission = _submit_once(file)
    if submission.deduplicated and again != ONCE and submission.file.source_type == SourceType.URL:
        schedule_fetches(submission.file, again, now=now)
    return submission


def submit_file_at(
    body: bytes, *, url: str, name: str, collection: Collection, label: Label, now: datetime
) -> Submission:
    """A file that says where it stands: by that it is known again, and not by its bytes. Nothing is opened there, so
    one that came without a byte fails.

    Raises FileTooLarge.
    """
    check_size(len(body))
    file = new_file(SourceType.FILE, collection, label, now=now)
    file.url, file.file_name = url, plain_title(name)
    return _submit_once(file, body)


def _submit_once(file: File, body: bytes | None = None) -> Submission:
    """What has a URL, unless that is tracked in its collection and scope: then that file."""
    tracked = File.objects.tracked().filter(
        collection=file.collection, url=file.url, agent_id=file.agent_id, project=file.project
    )
    if known := tracked.without_text().first():
        return Submission(file=known, deduplicated=True)
    try:
        with transaction.atomic():
            if body is not None:
                file.content_hash, file.body_bytes = keep_blob(body), len(body)
            file.save(force_insert=True)
            notify_on_commit()
    except IntegrityError:  # somebody submitted the same URL at the same time
        return Submission(file=tracked.get(), deduplicated=True)
    return Submission(file=file, name=file.file_name)


def delete_file(file_id: uuid.UUID, *, reason: str, now: datetime, actor: str) -> int:
    """Delete a file softly, its documents go to the trash; how many went, 0 where it was deleted before.

    One that a worker is at stays deleted, too. Raises FileNotFound.
    """
    if not File.objects.filter(pk=file_id).exists():
        raise FileNotFound("Document not found")
    return delete_files([file_id], reason=reason, now=now, actor=actor)


@transaction.atomic
def delete_files(file_ids: Sequence[uuid.UUID], *, reason: str, now: datetime, actor: str) -> int:
    """The same of many of one collection, all of them or none; what is not there any more is left out."""
    wanted = File.objects.without_text().filter(pk__in=file_ids).exclude(state=FileState.DELETED)
    files = list(wanted.order_by("pk").select_for_update())
    removed = remove_documents(files, now=now, actor=actor, reason=reason)
    File.objects.filter(pk__in=[file.pk for file in files]).update(
        state=FileState.DELETED, deleted_reason=reason, lease_until=None, updated_at=now, document_count=0
    )
    drop_blobs(files)
    return removed


def new_file(source_type: SourceType, collection: Collection, label: Label, *, now: datetime) -> File:
    return File(
        source_type=source_type,
        collection=collection,
        job=label.job,
        title=plain_title(label.title),
        title_given=bool(plain_title(label.title)),
        content_type=label.content_type[:200],
        tags=sorted(set(label.tags)),
        agent_id=label.agent_id,
        project=label.project,
        metadata=dict(label.metadata),
        actor=label.actor,
        created_at=now,
        updated_at=now,
        trace_context=trace_context(),
    )


def _keep(file: File, body: bytes) -> None:
    file.content_hash, file.body_bytes = keep_blob(body), len(body)
    file.save(force_insert=True)
    notify_on_commit()


def _same_content(body: bytes, name: str, collection: Collection, label: Label) -> File | None:
    """The lock holds until the transaction ends: the same file uploaded twice at once is still stored once."""
    content_hash = hash_blob(body)
    with connection.cursor() as cursor:
        cursor.execute(ALONE_WITH, [content_hash.hex(), LOCK_SEED])
    scope = {"tags": sorted(set(label.tags)), "agent_id": label.agent_id, "project": label.project}
    same = File.objects.tracked().filter(collection=collection, content_hash=content_hash, **scope)
    kind = kind_name(body, DeclaredType(content_type=label.content_type, name=name), pictures=reads_pictures())
    return next((each for each in same.without_text().order_by("created_at") if kind_of(each, body) == kind), None)


def kind_of(file: File, body: bytes) -> str:
    """What a file of this body is read as, "" where it cannot be."""
    return kind_name(body, DeclaredType(content_type=file.content_type, name=file.file_name), pictures=reads_pictures())


def add_name(known: File, name: str) -> None:
    """Let a file bear the name that the same file came by."""
    if name and name not in (known.file_name, *known.other_names):
        appended = Func(F("other_names"), Value(name), function="array_append")
        File.objects.filter(pk=known.pk).exclude(file_name=name).update(other_names=appended)
        known.other_names = [*known.other_names, name]


def check_size(body_bytes: int) -> None:
    """Raises FileTooLarge."""
    if body_bytes > settings.MAX_FILING_BYTES:
        raise FileTooLarge(
            f"This has {body_bytes:,} bytes; at most {settings.MAX_FILING_BYTES:,} can be uploaded at once."
        )
