"""A filing's way: queued, extracting, chunking, embedding, indexing, done. One worker at a time, a transaction a stage.

Claiming is a guarded update with a lease; every step asks again whether the filing is still ours and still wanted, so
what was deleted in flight stays deleted. Embedding stands outside any transaction: a kill costs its time only.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from filing.bell import ring_on_commit
from filing.errors import ExtractionFailed
from filing.extract import Part, extract
from filing.fetching import Fetch, Validators, fetch
from filing.indexing import embed_chunks, index_chunks
from filing.kinds import Claim
from filing.models import Body, Chunk, Filing, State
from filing.naming import plain_title
from filing.querysets import WORK, FilingQuerySet
from filing.scanning import scan, scan_span
from filing.shelves import drop_body, hash_body, keep_body
from filing.splitting import split_parts
from knowledge.embedders.base import EmbedderUnavailable
from knowledge.passages import hash_text

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
ATTEMPTS = 3
FIRST_WAIT = timedelta(seconds=10)
DEFAULT_TYPES = {"text": "text/plain"}
STAGE_OF = {
    State.QUEUED: State.EXTRACTING,
    State.EXTRACTING: State.EXTRACTING,
    State.CHUNKING: State.CHUNKING,
    State.EMBEDDING: State.EMBEDDING,
    State.INDEXING: State.EMBEDDING,
}
"""Where a worker begins that takes a filing up in a state. Vectors are not kept between workers; making them again is
only time, and most of them are then known to the store."""


class FilingTaken(Exception):
    """The filing is no longer ours: deleted meanwhile, or our lease ran out."""


def file_next(*, now: datetime, fetch: Fetch = fetch) -> bool:
    """Take up one waiting filing and see it through as far as it goes. False where none waits or the house is full."""
    filing = claim_filing(now=now)
    if filing is None:
        return False
    with _recorded(filing):
        _see_through(filing, fetch)
    return True


def claim_filing(*, now: datetime) -> Filing | None:
    """The longest waiting filing that may be worked on, with a lease; None where there is none or no place."""
    with transaction.atomic():
        if not _has_place(now):
            return None
        waiting = Filing.objects.waiting(now).select_for_update(skip_locked=True).order_by("created_at", "id")
        filing = waiting.first()
        if filing is None:
            return None
        filing.state, filing.lease_until, filing.updated_at = STAGE_OF[State(filing.state)], now + LEASE, now
        filing.attempts, filing.not_before = filing.attempts + 1, None
        if filing.attempts > ATTEMPTS:
            _give_up(filing, "interrupted", "The worker stopped reporting three times while it worked on this.", now)
            return None
        filing.save(update_fields=["state", "lease_until", "updated_at", "attempts", "not_before"])
    return filing


def retry_filing(filing: Filing, *, now: datetime) -> bool:
    """Begin anew with one that failed; False where it is not failed any more, or its URL was handed in again."""
    fresh = {"attempts": 0, "not_before": None, "error": "", "error_code": "", "completed_at": None}
    failed = Filing.objects.filter(pk=filing.pk, state=State.FAILED)
    try:
        with transaction.atomic():
            again = failed.update(state=State.QUEUED, updated_at=now, **fresh)
            ring_on_commit()
    except IntegrityError:  # its URL was handed in again meanwhile
        return False
    return bool(again)


def _has_place(now: datetime) -> bool:
    """The lock holds until the claim is committed: two claims never count at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('larder filing places', 0))")
    return Filing.objects.at_work(now).count() < settings.MAX_CONCURRENT_FILINGS


# --- the stages -------------------------------------------------------------------------------------------------------


def _see_through(filing: Filing, fetch: Fetch) -> None:
    if filing.source_type == "url" and filing.content_hash is None and not _fetch(filing, fetch):
        return
    if filing.state == State.EXTRACTING:
        _extract(filing)
    if filing.state == State.CHUNKING:
        _chunk(filing)
    embedded = embed_chunks(filing, keep_lease=lambda: _renew(filing))
    with _ours(filing):
        filing.state = State.INDEXING
    with transaction.atomic():
        _hold(_held(filing))
        now = timezone.now()
        index_chunks(filing, embedded, now=now)
        filing.parts, filing.error, filing.error_code = [], "", ""
        filing.state, filing.lease_until, filing.completed_at, filing.updated_at = State.DONE, None, now, now
        filing.filed_hash = filing.content_hash
        filing.save()
        drop_body(filing)


def _fetch(filing: Filing, fetch: Fetch) -> bool:
    """Whether there is something to do: an address that says what it said before costs nothing, or its new term."""
    known = Validators(etag=filing.etag, last_modified=filing.last_modified)
    fetched = fetch(filing.url, known if filing.filed_hash else Validators())
    changed = fetched is not None and hash_body(fetched.body) != _bytes(filing.filed_hash)
    with _ours(filing):
        filing.fetched_at = timezone.now()
        if fetched is not None:
            filing.content_type = fetched.content_type
            filing.etag, filing.last_modified = fetched.validators.etag, fetched.validators.last_modified
        if fetched is not None and changed:
            filing.content_hash, filing.body_bytes = keep_body(fetched.body), len(fetched.body)
            return True
        filing.content_hash, filing.error, filing.error_code = filing.filed_hash, "", ""
        filing.state = State.EMBEDDING if filing.collection.days_to_live else State.DONE
    return filing.state != State.DONE


def _bytes(kept: Any) -> bytes | None:
    return None if kept is None else bytes(kept)


def _extract(filing: Filing) -> None:
    body = Body.objects.get(pk=filing.content_hash)
    claim = Claim(
        content_type=filing.content_type or DEFAULT_TYPES.get(filing.source_type, ""),
        name=filing.file_name or urlsplit(filing.url).path,
    )
    extraction = extract(bytes(body.data), claim=claim, name=filing.shown_name)
    if not extraction.text.strip():
        raise ExtractionFailed(f"{filing.shown_name} holds no text.", code="no_text")
    with _ours(filing):
        filing.text, filing.title = extraction.text, filing.title or plain_title(extraction.title)
        filing.parts = [[part.start, part.end, part.page, part.section, part.form] for part in extraction.parts]
        filing.state = State.CHUNKING


def _chunk(filing: Filing) -> None:
    parts = [Part(*each) for each in filing.parts]
    found = split_parts(
        filing.text,
        parts,
        splitter=filing.collection.splitter,
        size=settings.CHUNK_CHARS,
        overlap=min(settings.CHUNK_OVERLAP, settings.CHUNK_CHARS - 1),
    )
    chunks: dict[bytes, Chunk] = {}
    of_title = scan(f"{filing.title}\n{filing.file_name}")
    for part in found:
        text_hash = hash_text(filing.text[part.start : part.end])
        chunk = Chunk(
            filing=filing,
            index=len(chunks),
            start=part.start,
            end=part.end,
            page=part.page,
            section=plain_title(part.section),
            form=part.form,
            text_hash=text_hash,
            flags=sorted(of_title | scan_span(filing.text, part.start, part.end)),
        )
        chunks.setdefault(text_hash, chunk)
    with _ours(filing):
        filing.chunks.all().delete()
        Chunk.objects.bulk_create(chunks.values(), batch_size=2_000)
        filing.chunk_count = len(chunks)
        filing.flags = sorted({flag for chunk in chunks.values() for flag in chunk.flags})
        filing.state = State.EMBEDDING


# --- ours or not ------------------------------------------------------------------------------------------------------


def _held(filing: Filing) -> FilingQuerySet:
    return Filing.objects.filter(pk=filing.pk, state=filing.state, attempts=filing.attempts)


def _hold(ours: FilingQuerySet) -> None:
    """Lock the row until the transaction ends; raises FilingTaken where it is not ours any more."""
    if not ours.select_for_update().exists():
        raise FilingTaken


@contextmanager
def _ours(filing: Filing) -> Iterator[None]:
    """A stage's transaction: what the block sets on the filing is saved, with a fresh lease, if it is still ours."""
    expected = _held(filing)
    with transaction.atomic():
        _hold(expected)
        yield
        now = timezone.now()
        filing.lease_until, filing.updated_at = now + LEASE if filing.state in WORK else None, now
        filing.save()


def _renew(filing: Filing) -> None:
    if not _held(filing).update(lease_until=timezone.now() + LEASE):
        raise FilingTaken


@contextmanager
def _recorded(filing: Filing) -> Iterator[None]:
    """Whatever stops the way is written on the filing: a sentence, and whether it is tried again."""
    try:
        yield
        log.info("filing %s done, %d chunks", filing.pk, filing.chunk_count)
    except FilingTaken:
        log.info("filing %s was taken away", filing.pk)
    except ExtractionFailed as error:
        _end(filing, error.code, error.detail, temporary=error.temporary)
    except EmbedderUnavailable as error:
        _end(filing, error.code, error.detail, temporary=True)
    except Exception:
        log.exception("filing %s", filing.pk)
        _end(filing, "internal", "Something went wrong here, not with what was handed in.", temporary=True)


def _end(filing: Filing, code: str, sentence: str, *, temporary: bool) -> None:
    now = timezone.now()
    if temporary and filing.attempts < ATTEMPTS:
        log.warning("filing %s waits after attempt %d: %s", filing.pk, filing.attempts, code)
        wait = FIRST_WAIT * 3 ** (filing.attempts - 1)
        again = {"not_before": now + wait, "lease_until": None, "error_code": code, "error": sentence}
        _held(filing).update(updated_at=now, **again)
        return
    with transaction.atomic():
        if _held(filing).select_for_update().exists():
            _give_up(filing, code, sentence, now)


def _give_up(filing: Filing, code: str, sentence: str, now: datetime) -> None:
    filing.state, filing.lease_until, filing.error_code, filing.error = State.FAILED, None, code, sentence
    filing.updated_at = filing.completed_at = now
    if filing.filed_hash is not None:
        _keep_former(filing)
    filing.save()
    log.warning("filing %s failed: %s", filing.pk, code)


def _keep_former(filing: Filing) -> None:
    """What was filed before stays as it is; without validators the next fetch brings a whole answer."""
    drop_body(filing)
    filing.state, filing.content_hash = State.DONE, filing.filed_hash
    filing.etag = filing.last_modified = ""
