"""A filing's way: queued, extracting, chunking, embedding, indexing, done. One worker at a time, a transaction a stage.

Claiming is a guarded update with a lease; every step asks again whether the filing is still ours and still wanted, so
what was deleted in flight stays deleted. Embedding stands outside any transaction: a kill costs its time only.

Small files go together, as one claim: they share transactions and batches of the embedder, and nothing else. One that
cannot be read ends alone; whatever else goes wrong sends all of them back, to be taken up one by one.
"""

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F
from django.db.models.functions import Coalesce
from django.utils import timezone

from filing.errors import ExtractionFailed
from filing.extract import Part, extract
from filing.fetching import Fetch, Validators, fetch
from filing.indexing import embed_chunks, index_chunks
from filing.kinds import Claim
from filing.models import Chunk, Filing, State
from filing.naming import plain_title
from filing.querysets import WORK, FilingQuerySet
from filing.scanning import scan, scan_span
from filing.shelves import drop_bodies, hash_body, keep_body, read_bodies
from filing.splitting import split_parts
from knowledge.embedders.base import EmbedderUnavailable
from knowledge.passages import hash_text

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
ATTEMPTS = 3
FIRST_WAIT = timedelta(seconds=10)
TOGETHER = 64
SMALL_BYTES = 64 * 1024
RENEW_S = 30.0
FORMER = ("content_hash", "etag", "last_modified")
FETCHED = ("fetched_at", "content_type", "etag", "last_modified", "content_hash", "body_bytes", "error", "error_code")
ENDED = ("state", "lease_until", "error_code", "error", "temporary", "updated_at", "completed_at", "attempts", *FORMER)
FILED = ("document_count", "expires_at", "parts", "error", "error_code", "filed_hash")
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
    """Nothing of the claim is ours any more: deleted meanwhile, or our lease ran out."""


def file_next(*, now: datetime, fetch: Fetch = fetch) -> bool:
    """Take up what waits longest and see it through as far as it goes. False where nothing waits or no place is."""
    filings = claim_filings(now=now)
    if not filings:
        return False
    with _recorded(filings):
        _see_through(filings, fetch)
    return True


def claim_filings(*, now: datetime) -> list[Filing]:
    """The longest waiting filing that may be worked on, or several small ones, in one state and with one lease.

    None where nothing waits or there is no place.
    """
    with transaction.atomic():
        if not _has_place(now):
            return []
        waiting = Filing.objects.waiting(now).select_for_update(of=("self",), skip_locked=True)
        waiting = waiting.select_related("collection").order_by("created_at", "id")
        found = list(waiting.without_text()[:TOGETHER])
        if not found:
            return []
        first, *others = found
        if first.attempts >= ATTEMPTS:
            first.attempts += 1
            _give_up(first, "interrupted", "The worker stopped reporting three times while it worked on this.", now)
            return []
        filings = [first, *filter(_goes_together, others)] if _goes_together(first) else [first]
        _claim(filings, now=now)
    return filings


def _goes_together(filing: Filing) -> bool:
    at_hand = filing.content_hash is not None and 0 < filing.body_bytes <= SMALL_BYTES
    return filing.state == State.QUEUED and not filing.attempts and at_hand


def _claim(filings: Sequence[Filing], *, now: datetime) -> None:
    stage, claim = STAGE_OF[State(filings[0].state)], uuid.uuid4()
    for filing in filings:
        filing.state, filing.claim, filing.lease_until, filing.updated_at = stage, claim, now + LEASE, now
        filing.attempts, filing.not_before, filing.started_at = filing.attempts + 1, None, filing.started_at or now
    fields = {name: getattr(filings[0], name) for name in ("state", "claim", "lease_until", "updated_at", "not_before")}
    Filing.objects.filter(pk__in=[filing.pk for filing in filings]).update(
        **fields, attempts=F("attempts") + 1, started_at=Coalesce("started_at", now)
    )


def _has_place(now: datetime) -> bool:
    """The lock holds until the claim is committed: two claims never count at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('larder filing places', 0))")
    at_work = Filing.objects.at_work(now).aggregate(claims=Count("claim", distinct=True))["claims"]
    return bool(at_work < settings.MAX_CONCURRENT_FILINGS)


# --- the stages -------------------------------------------------------------------------------------------------------


def _see_through(filings: list[Filing], fetch: Fetch) -> None:
    if filings[0].content_hash is None and not _fetch(filings, fetch):
        return
    if filings[0].state == State.EXTRACTING:
        _extract_all(filings)
    if filings[0].state == State.CHUNKING:
        _chunk_all(filings)
    embedded = embed_chunks(filings, keep_lease=lambda: _renew(filings))
    with _ours(filings, then=State.INDEXING):
        pass
    with _ours(filings, *FILED, then=State.DONE):
        index_chunks(filings, embedded, now=timezone.now())
        for filing in filings:
            filing.parts, filing.error, filing.error_code = [], "", ""
            filing.filed_hash = filing.content_hash
    log.info("claim %s: %d filings done", filings[0].claim, len(filings))


def _extract_all(filings: list[Filing]) -> None:
    """Those that cannot be read are ended here and left behind."""
    bodies = read_bodies(filings)
    renewed_at = time.monotonic()
    for filing in list(filings):
        if time.monotonic() - renewed_at > RENEW_S:
            _renew(filings)
            renewed_at = time.monotonic()
        try:
            _extract(filing, bodies[filing.pk])
        except ExtractionFailed as error:
            filings.remove(filing)
            _end(filing, error.code, error.detail, temporary=error.temporary)
    if not filings:
        return
    with _ours(filings, "text", "title", "parts", then=State.CHUNKING):
        pass


def _fetch(filings: list[Filing], fetch: Fetch) -> bool:
    """Whether there is something to do: an address that says what it said before costs nothing, or its new term."""
    [filing] = filings
    known = Validators(etag=filing.etag, last_modified=filing.last_modified)
    try:
        fetched = fetch(filing.url, known if filing.filed_hash else Validators())
    except ExtractionFailed as error:
        _end(filing, error.code, error.detail, temporary=error.temporary)
        return False
    changed = fetched is not None and hash_body(fetched.body) != _bytes(filing.filed_hash)
    unchanged = State.EMBEDDING if filing.collection.days_to_live else State.DONE
    with _ours(filings, *FETCHED, then=State.EXTRACTING if changed else unchanged):
        filing.fetched_at = timezone.now()
        if fetched is not None:
            filing.content_type = fetched.content_type
            filing.etag, filing.last_modified = fetched.validators.etag, fetched.validators.last_modified
        if fetched is not None and changed:
            filing.content_hash, filing.body_bytes = keep_body(fetched.body), len(fetched.body)
        else:
            filing.content_hash, filing.error, filing.error_code = filing.filed_hash, "", ""
    return filing.state != State.DONE


def _bytes(kept: Any) -> bytes | None:
    return None if kept is None else bytes(kept)


def _extract(filing: Filing, body: bytes) -> None:
    claim = Claim(
        content_type=filing.content_type or DEFAULT_TYPES.get(filing.source_type, ""),
        name=filing.file_name or urlsplit(filing.url).path,
    )
    extraction = extract(body, claim=claim, name=filing.shown_name)
    if not extraction.text.strip():
        raise ExtractionFailed(f"{filing.shown_name} holds no text.", code="no_text")
    filing.text, filing.title = extraction.text, filing.title or plain_title(extraction.title)
    filing.parts = [[part.start, part.end, part.page, part.section, part.form] for part in extraction.parts]


def _chunk_all(filings: list[Filing]) -> None:
    chunks = {filing.pk: _chunks(filing) for filing in filings}
    with _ours(filings, "chunk_count", "flags", then=State.EMBEDDING):
        Chunk.objects.filter(filing__in=filings).delete()
        Chunk.objects.bulk_create([chunk for filing in filings for chunk in chunks[filing.pk]], batch_size=2_000)
        for filing in filings:
            filing.chunk_count = len(chunks[filing.pk])
            filing.flags = sorted({flag for chunk in chunks[filing.pk] for flag in chunk.flags})


def _chunks(filing: Filing) -> Sequence[Chunk]:
    """Of equal chunks of one filing the first."""
    found = split_parts(
        filing.text,
        [Part(*each) for each in filing.parts],
        splitter=filing.collection.splitter,
        size=settings.CHUNK_CHARS,
        overlap=min(settings.CHUNK_OVERLAP, settings.CHUNK_CHARS - 1),
    )
    of_title = scan(f"{filing.title}\n{filing.file_name}")
    chunks: dict[bytes, Chunk] = {}
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
    return list(chunks.values())


# --- ours or not ------------------------------------------------------------------------------------------------------


def _held(filings: Sequence[Filing]) -> FilingQuerySet:
    """Those that are still in the claim and the state that we know them in."""
    one = filings[0]
    return Filing.objects.filter(pk__in=[filing.pk for filing in filings], claim=one.claim, state=one.state)


@contextmanager
def _ours(filings: list[Filing], *fields: str, then: State) -> Iterator[None]:
    """A stage's transaction: those that are still ours are locked, get what the block sets in `fields`, and go on.

    What is not ours any more leaves the list; raises FilingTaken where nothing is left.
    """
    with transaction.atomic():
        held = set(_held(filings).order_by("pk").select_for_update().values_list("pk", flat=True))
        filings[:] = [filing for filing in filings if filing.pk in held]
        if not filings:
            raise FilingTaken
        yield
        _go_on(filings, fields, then=then, now=timezone.now())


def _go_on(filings: Sequence[Filing], fields: Sequence[str], *, then: State, now: datetime) -> None:
    done = then == State.DONE
    common = {"state": then, "updated_at": now, "lease_until": None if done else now + LEASE}
    common |= {"completed_at": now} if done else {}
    for filing in filings:
        for name, value in common.items():
            setattr(filing, name, value)
    alike = [name for name in fields if all(getattr(each, name) == getattr(filings[0], name) for each in filings)]
    common |= {name: getattr(filings[0], name) for name in alike}
    Filing.objects.filter(pk__in=[filing.pk for filing in filings]).update(**common)
    if own := [name for name in fields if name not in alike]:
        Filing.objects.bulk_update(filings, own)
    if done:
        drop_bodies(filings)


def _renew(filings: Sequence[Filing]) -> None:
    if not _held(filings).update(lease_until=timezone.now() + LEASE):
        raise FilingTaken


@contextmanager
def _recorded(filings: list[Filing]) -> Iterator[None]:
    """Whatever stops the way is written on the filings: a sentence, and whether it is tried again."""
    try:
        yield
    except FilingTaken:
        log.info("a claim was taken away")
    except EmbedderUnavailable as error:
        _end_all(filings, error.code, error.detail)
    except Exception:
        log.exception("filings %s", [str(filing.pk) for filing in filings])
        _end_all(filings, "internal", "Something went wrong here, not with what was handed in.")


def _end_all(filings: Sequence[Filing], code: str, sentence: str) -> None:
    for filing in filings:
        _end(filing, code, sentence, temporary=True)


def _end(filing: Filing, code: str, sentence: str, *, temporary: bool) -> None:
    now, ours = timezone.now(), Filing.objects.filter(pk=filing.pk, claim=filing.claim, state__in=WORK)
    if temporary and filing.attempts < ATTEMPTS:
        log.warning("filing %s waits after attempt %d: %s", filing.pk, filing.attempts, code)
        wait = FIRST_WAIT * 3 ** (filing.attempts - 1)
        again = {"not_before": now + wait, "lease_until": None, "error_code": code, "error": sentence}
        ours.update(updated_at=now, **again)
        return
    with transaction.atomic():
        if ours.select_for_update().exists():
            _give_up(filing, code, sentence, now, temporary=temporary)


def _give_up(filing: Filing, code: str, sentence: str, now: datetime, *, temporary: bool = True) -> None:
    filing.state, filing.lease_until, filing.error_code, filing.error = State.FAILED, None, code, sentence
    filing.updated_at, filing.completed_at, filing.temporary = now, now, temporary
    if filing.filed_hash is not None:
        _keep_former(filing)
    filing.save(update_fields=ENDED)
    log.warning("filing %s failed: %s", filing.pk, code)


def _keep_former(filing: Filing) -> None:
    """What was filed before stays as it is; without validators the next fetch brings a whole answer."""
    drop_bodies([filing])
    filing.state, filing.content_hash = State.DONE, filing.filed_hash
    filing.etag = filing.last_modified = ""
