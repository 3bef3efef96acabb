"""The verbs of those who hand in: a text, a URL, a file, and taking back."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func, Value

from ingestion.blobs import drop_bodies, hash_body, keep_body
from ingestion.errors import FilingNotFound, FilingTooLarge
from ingestion.models import (
    Collection,
    Filing,
    Job,
    SourceType,
    State,
)
from ingestion.naming import plain_title
from ingestion.processing.indexing import remove_documents
from ingestion.processing.refetching import ONCE, Refetch, schedule_fetches
from ingestion.processing.wake_up import notify_on_commit

LOCK_SEED = 1_279_345_235
ALONE_WITH = "SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))"


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What one handing in came to: the filing, and whether it was there already and nothing will be done anew.

    `name`: of a file, as it was handed in; the filing may have come by another one first.
    """

    filing: Filing
    deduplicated: bool = False
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Label:
    """What stands on whatever is handed in. `tags` are its scope and end up on every chunk."""

    title: str = ""
    content_type: str = ""
    tags: Sequence[str] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    actor: str = ""
    job: Job | None = None


def hand_in_text(text: str, *, collection: Collection, label: Label, now: datetime) -> Handed:
    """Always a new filing. Raises FilingTooLarge."""
    body = text.encode()
    check_size(len(body))
    with transaction.atomic():
        filing = new_filing(SourceType.TEXT, collection, label, now=now)
        _keep(filing, body)
    return Handed(filing=filing)


def hand_in_file(
    body: bytes, *, name: str, collection: Collection, label: Label, now: datetime, again: bool = False
) -> Handed:
    """A file. The same bytes under the same tags are filed once in a collection, unless they shall be filed `again`;
    what is there already has this name, too, from then on.

    Raises FilingTooLarge.
    """
    check_size(len(body))
    file_name = plain_title(name)
    with transaction.atomic():
        if not again and (known := _same_content(body, collection, label.tags)):
            add_name(known, file_name)
            return Handed(filing=known, deduplicated=True, name=file_name)
        filing = new_filing(SourceType.FILE, collection, label, now=now)
        filing.file_name = file_name
        _keep(filing, body)
    return Handed(filing=filing, name=file_name)


def hand_in_url(url: str, *, collection: Collection, label: Label, now: datetime, again: Refetch = ONCE) -> Handed:
    """A URL, fetched by a worker, and again by a schedule if one is given.

    One that is tracked already, neither failed nor deleted, is not filed again; a schedule becomes its own.
    Raises ScheduleInvalid.
    """
    next_fetch_at = again.next_after(now)
    tracked = Filing.objects.tracked().filter(collection=collection, source_type=SourceType.URL, url=url)
    if known := tracked.without_text().first():
        if again != ONCE:
            schedule_fetches(known, again, now=now)
        return Handed(filing=known, deduplicated=True)
    filing = new_filing(SourceType.URL, collection, label, now=now)
    filing.url, filing.next_fetch_at = url, next_fetch_at
    filing.fetch_schedule, filing.timezone = again.schedule, again.timezone
    try:
        with transaction.atomic():
            filing.save(force_insert=True)
            notify_on_commit()
    except IntegrityError:  # somebody handed the same URL in at the same time
        return Handed(filing=tracked.get(), deduplicated=True)
    return Handed(filing=filing)


def take_back(filing_id: uuid.UUID, *, reason: str, now: datetime, actor: str) -> int:
    """Delete a filing softly, its documents go to the trash; how many went, 0 where it was deleted before.

    One that a worker is at stays deleted, too. Raises FilingNotFound.
    """
    if not Filing.objects.filter(pk=filing_id).exists():
        raise FilingNotFound("Document not found")
    return take_all_back([filing_id], reason=reason, now=now, actor=actor)


@transaction.atomic
def take_all_back(filing_ids: Sequence[uuid.UUID], *, reason: str, now: datetime, actor: str) -> int:
    """The same of many of one collection, all of them or none; what is not there any more is left out."""
    wanted = Filing.objects.without_text().filter(pk__in=filing_ids).exclude(state=State.DELETED)
    filings = list(wanted.order_by("pk").select_for_update())
    removed = remove_documents(filings, now=now, actor=actor, reason=reason)
    Filing.objects.filter(pk__in=[filing.pk for filing in filings]).update(
        state=State.DELETED, deleted_reason=reason, lease_until=None, updated_at=now, document_count=0
    )
    drop_bodies(filings)
    return removed


def new_filing(source_type: SourceType, collection: Collection, label: Label, *, now: datetime) -> Filing:
    return Filing(
        source_type=source_type,
        collection=collection,
        job=label.job,
        title=plain_title(label.title),
        title_given=bool(plain_title(label.title)),
        content_type=label.content_type[:200],
        tags=sorted(set(label.tags)),
        metadata=dict(label.metadata),
        actor=label.actor,
        created_at=now,
        updated_at=now,
    )


def _keep(filing: Filing, body: bytes) -> None:
    filing.content_hash, filing.body_bytes = keep_body(body), len(body)
    filing.save(force_insert=True)
    notify_on_commit()


def _same_content(body: bytes, collection: Collection, tags: Sequence[str]) -> Filing | None:
    """The lock holds until the transaction ends: the same file handed in twice at once is still filed once."""
    content_hash = hash_body(body)
    with connection.cursor() as cursor:
        cursor.execute(ALONE_WITH, [content_hash.hex(), LOCK_SEED])
    same = Filing.objects.tracked().filter(collection=collection, content_hash=content_hash, tags=sorted(set(tags)))
    return same.without_text().order_by("created_at").first()


def add_name(known: Filing, name: str) -> None:
    """Let a filing bear the name that the same file came by."""
    if name and name not in (known.file_name, *known.other_names):
        appended = Func(F("other_names"), Value(name), function="array_append")
        Filing.objects.filter(pk=known.pk).exclude(file_name=name).update(other_names=appended)
        known.other_names = [*known.other_names, name]


def check_size(body_bytes: int) -> None:
    """Raises FilingTooLarge."""
    if body_bytes > settings.MAX_FILING_BYTES:
        raise FilingTooLarge(
            f"This has {body_bytes:,} bytes; at most {settings.MAX_FILING_BYTES:,} can be handed in at once."
        )
