"""A filing's way: queued, extracting, chunking, embedding, indexing, done. One worker at a time, a transaction a stage.

Every stage asks again whether the filing is still ours and still wanted (`ingestion.processing.leases`), so what was
deleted in flight stays deleted. Embedding stands outside any transaction: a kill costs its time only.

A filing that shares its claim shares transactions and batches of the embedder, and nothing else. One that cannot be
read ends alone; whatever else goes wrong sends all of them back, to be taken up one by one
(`ingestion.processing.failures`).

A URL that is fetched again is shown as it was filed until it is filed anew: its new text is kept nowhere before, and
whoever takes it up after a kill fetches it once more.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.utils import timezone

from core.stopping import WorkerStopping, stopping
from ingestion.blobs import hash_body, keep_body, read_bodies
from ingestion.errors import ExtractionFailed
from ingestion.extract import Extraction, Unread, extract_all
from ingestion.kinds import Claim
from ingestion.models import Filing, State
from ingestion.naming import plain_title
from ingestion.processing.chunks import Cut, cut_text, keep_chunks, kept_chunks
from ingestion.processing.failures import end, end_all
from ingestion.processing.fetching import Fetch, Fetched, Validators, fetch
from ingestion.processing.indexing import embed_chunks, index_chunks
from ingestion.processing.leases import (
    FilingTaken,
    claim_filings,
    keep_lease,
    ours,
    put_back,
)
from knowledge.embedding.embedders.base import EmbedderUnavailable

log = logging.getLogger(__name__)

RENEW_S = 30.0
TOGETHER_CHARS = 2_000_000
"""Of text in one claim, so that small files which hold much text cannot fill a worker's memory together."""

FETCHED = ("fetched_at", "content_type", "etag", "last_modified", "content_hash", "body_bytes")
READ = ("text", "title", "parts")
CUT = ("chunk_count", "flags")
FILED = ("document_count", "expires_at", "parts", "error", "error_code", "filed_hash")
DEFAULT_TYPES = {"text": "text/plain"}


def file_next(*, now: datetime, fetch: Fetch = fetch) -> bool:
    """Take up what waits longest and see it through as far as it goes. False where nothing waits or no place is."""
    filings = claim_filings(now=now)
    if not filings:
        return False
    with _recorded(filings):
        _see_through(filings, fetch)
    return True


@contextmanager
def _recorded(filings: list[Filing]) -> Iterator[None]:
    """Whatever stops the way is written on the filings."""
    try:
        yield
    except FilingTaken:
        log.info("a claim was taken away")
    except WorkerStopping:
        log.info("claim %s is handed back: the worker stops", filings[0].claim)
        put_back(filings)
    except EmbedderUnavailable as error:
        end_all(filings, error.code, error.detail)
    except Exception:
        log.exception("filings %s", [str(filing.pk) for filing in filings])
        end_all(filings, "internal", "Something went wrong here, not with what was handed in.")


def _see_through(filings: list[Filing], fetch: Fetch) -> None:
    bodies = _fetch(filings, fetch) if filings[0].wants_fetching else {}
    if filings and filings[0].state == State.EXTRACTING:
        _extract_all(filings, bodies or read_bodies(filings))
    if not filings or filings[0].state == State.DONE:
        return
    cut = _cut_all(filings) if filings[0].state == State.CHUNKING else kept_chunks(filings)
    embedded = embed_chunks(filings, cut, keep_lease=lambda percent: keep_lease(filings, percent=percent))
    with ours(filings, then=State.INDEXING):
        pass
    held_back = (*FETCHED, *READ, *CUT) if bodies and _is_draft(filings) else ()
    with ours(filings, *FILED, *held_back, then=State.DONE):
        if held_back:
            keep_chunks(filings, cut)
        now = timezone.now()
        for filing in filings:
            filing.expires_at = filing.collection.term_from(now)
        index_chunks(filings, cut, embedded, now=now)
        for filing in filings:
            filing.parts, filing.error, filing.error_code = [], "", ""
            filing.filed_hash = filing.content_hash
    log.info("claim %s: %d filings done", filings[0].claim, len(filings))


def _is_draft(filings: list[Filing]) -> bool:
    """Whether what is at work has a former version, which is shown and found until this one takes its place."""
    return filings[0].fetched_before


def _fetch(filings: list[Filing], fetch: Fetch) -> Mapping[UUID, bytes]:
    """The body of what is new at the address; one that cannot be had is ended here and left behind."""
    [filing] = filings
    known = Validators(etag=filing.etag, last_modified=filing.last_modified)
    try:
        fetched = fetch(filing.url, known if filing.fetched_before else Validators())
    except ExtractionFailed as error:
        filings.remove(filing)
        end(filing, error.code, error.detail, temporary=error.temporary)
        return {}
    if fetched is None or hash_body(fetched.body) == filing.hash_filed:
        _go_on_unchanged(filings, fetched)
        return {}
    with ours(filings, *(("fetched_at",) if _is_draft(filings) else FETCHED), then=State.EXTRACTING):
        _note_answer(filing, fetched)
        filing.body_bytes = len(fetched.body)
        filing.content_hash = hash_body(fetched.body) if _is_draft(filings) else keep_body(fetched.body)
    return {filing.pk: fetched.body}


def _go_on_unchanged(filings: list[Filing], fetched: Fetched | None) -> None:
    """An address that says what it said before costs nothing, or its new term."""
    [filing] = filings
    then = State.EMBEDDING if filing.collection.days_to_live else State.DONE
    with ours(filings, *FETCHED, "error", "error_code", then=then):
        _note_answer(filing, fetched)
        filing.content_hash, filing.error, filing.error_code = filing.filed_hash, "", ""


def _note_answer(filing: Filing, fetched: Fetched | None) -> None:
    filing.fetched_at = timezone.now()
    if fetched is not None:
        filing.content_type = fetched.content_type
        filing.etag, filing.last_modified = fetched.validators.etag, fetched.validators.last_modified


def _extract_all(filings: list[Filing], bodies: Mapping[UUID, bytes]) -> None:
    """Those that cannot be read are ended here and left behind; once there is text enough, what stands behind waits."""
    renewed_at, chars = time.monotonic(), 0
    files = [_unread(filing, bodies[filing.pk]) for filing in filings]
    for at, (filing, found) in enumerate(zip(list(filings), extract_all(files), strict=True)):
        if time.monotonic() - renewed_at > RENEW_S or stopping.is_set():
            keep_lease(filings, percent=100 * at // len(files))
            renewed_at = time.monotonic()
        try:
            _take_text(filing, found)
        except ExtractionFailed as error:
            filings.remove(filing)
            end(filing, error.code, error.detail, temporary=error.temporary)
            continue
        chars += len(filing.text)
        behind = filings[filings.index(filing) + 1 :]
        if chars > TOGETHER_CHARS and behind:
            put_back(behind)
            del filings[-len(behind) :]
            break
    if filings:
        with ours(filings, *(() if _is_draft(filings) else READ), then=State.CHUNKING):
            pass


def _unread(filing: Filing, body: bytes) -> Unread:
    content_type = filing.content_type or DEFAULT_TYPES.get(filing.source_type, "")
    claim = Claim(content_type=content_type, name=filing.file_name or urlsplit(filing.url).path)
    return Unread(body=body, claim=claim, name=filing.shown_name)


def _take_text(filing: Filing, found: Extraction | ExtractionFailed) -> None:
    if isinstance(found, ExtractionFailed):
        raise found
    if not found.text.strip():
        raise ExtractionFailed(f"{filing.shown_name} holds no text.", code="no_text")
    filing.text = found.text
    filing.title = filing.title if filing.title_given else plain_title(found.title)
    filing.parts = [[part.start, part.end, part.page, part.section, part.form] for part in found.parts]


def _cut_all(filings: list[Filing]) -> Cut:
    cut = {filing.pk: cut_text(filing) for filing in filings}
    with ours(filings, *(() if _is_draft(filings) else CUT), then=State.EMBEDDING):
        for filing in filings:
            filing.chunk_count = len(cut[filing.pk])
            filing.flags = sorted({flag for chunk in cut[filing.pk] for flag in chunk.flags})
        if not _is_draft(filings):
            keep_chunks(filings, cut)
    return cut
