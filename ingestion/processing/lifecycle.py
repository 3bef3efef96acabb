"""A file's way: queued, extracting, chunking, embedding, indexing, done. One worker at a time, a transaction a stage.

Every stage asks again whether the file is still ours and still wanted (`ingestion.processing.leases`), so what was
deleted in flight stays deleted. Embedding stands outside any transaction: a kill costs its time only.

A file that shares its lease shares transactions and batches of the embedder, and nothing else. One that cannot be
read ends alone; whatever else goes wrong sends all of them back, to be taken up one by one
(`ingestion.processing.failures`).

A URL that is fetched again is shown as it was until its new version is done: its new text is kept nowhere before, and
whoever takes it up after a kill fetches it once more.
"""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.stopping import WorkerStopping, stopping
from core.tracing.spans import continue_work, span
from ingestion.blobs import drop_hashes, hash_blob, keep_blob, read_blobs
from ingestion.errors import ExtractionFailed
from ingestion.extract import Extraction, Unread, extract_all
from ingestion.kinds import KINDS, DeclaredType
from ingestion.models import File, FileState
from ingestion.naming import plain_title
from ingestion.processing.chunks import Cut, cut_text, keep_chunks, kept_chunks
from ingestion.processing.failures import end, end_all
from ingestion.processing.fetching import Fetch, Fetched, Validators, fetch
from ingestion.processing.indexing import Embedded, embed_chunks, index_chunks
from ingestion.processing.leases import (
    LeaseLost,
    keep_lease,
    lease_files,
    ours,
    put_back,
)
from ingestion.processing.recognition import chosen_ocr
from knowledge.embedding.embedders.base import EmbedderUnavailable

log = logging.getLogger(__name__)

RENEW_S = 30.0
TOGETHER_CHARS = 2_000_000
"""Of text under one lease, so that small files which hold much text cannot fill a worker's memory together."""

ALONE = (
    "came as an address alone. For a file nothing is opened on this server and nothing is fetched: send its content, "
    "or a web address as source_type url."
)

FETCHED = ("fetched_at", "content_type", "etag", "last_modified", "content_hash", "body_bytes")
READ = ("text", "title", "parts", "content_type", "page_count", "textless_pages", "recognised_pages", "unread_pages")
CUT = ("chunk_count", "flags")
INDEXED = ("document_count", "expires_at", "parts", "error", "error_code", "indexed_hash")
MOST_TYPE_CHARS = 200
DEFAULT_TYPES = {"text": "text/plain"}


def process_next(*, now: datetime, fetch: Fetch = fetch) -> bool:
    """Take up what waits longest and see it through as far as it goes. False where nothing waits or no place is."""
    files = lease_files(now=now)
    if not files:
        return False
    contexts, noted = [file.trace_context for file in files], {"larder.files": len(files)}
    with continue_work("process files", contexts, attributes=noted), _recorded(files):
        _see_through(files, fetch)
    return True


@contextmanager
def _recorded(files: list[File]) -> Iterator[None]:
    """Whatever stops the way is written on the files."""
    try:
        yield
    except LeaseLost:
        log.info("a lease was lost")
    except WorkerStopping:
        log.info("lease %s is given up: the worker stops", files[0].lease_id)
        put_back(files)
    except EmbedderUnavailable as error:
        end_all(files, error.code, error.detail)
    except Exception:
        log.exception("files %s", [str(file.pk) for file in files])
        end_all(files, "internal", "Something went wrong here, not with what was uploaded.")


def _see_through(files: list[File], fetch: Fetch) -> None:
    _end_addresses_alone(files)
    bodies = _fetch(files, fetch) if files and files[0].wants_fetching else {}
    if files and files[0].state == FileState.EXTRACTING:
        with span("read files"):  # theirs is here: the children that read are let out to nobody
            _extract_all(files, bodies or read_blobs(files))
    if not files or files[0].state == FileState.DONE:
        return
    cut = _cut_all(files) if files[0].state == FileState.CHUNKING else kept_chunks(files)
    embedded = embed_chunks(files, cut, keep_lease=lambda percent: keep_lease(files, percent=percent))
    with ours(files, then=FileState.INDEXING):
        pass
    held_back = tuple(dict.fromkeys((*FETCHED, *READ, *CUT))) if bodies and _is_draft(files) else ()
    former = {sha256 for file in files if held_back and (sha256 := file.indexed_sha256)}
    with transaction.atomic():
        with ours(files, *INDEXED, *held_back, then=FileState.DONE):
            if held_back:
                keep_chunks(files, cut)
                _keep_bodies(files, bodies)
            _index(files, cut, embedded, now=timezone.now())
        drop_hashes(former)
    log.info("lease %s: %d files done", files[0].lease_id, len(files))


def _index(files: list[File], cut: Cut, embedded: Embedded, *, now: datetime) -> None:
    for file in files:
        file.expires_at = file.collection.expiry_from(now)
    index_chunks(files, cut, embedded, now=now)
    for file in files:
        file.parts, file.error, file.error_code = [], "", ""
        file.indexed_hash = file.content_hash


def _keep_bodies(files: list[File], bodies: Mapping[UUID, bytes]) -> None:
    """Of new versions, where the collection keeps what is done."""
    for file in files:
        if file.collection.keep_bytes:
            keep_blob(bodies[file.pk])


def _is_draft(files: list[File]) -> bool:
    """Whether what is at work has a former version, which is shown and found until this one takes its place."""
    return files[0].fetched_before


def _fetch(files: list[File], fetch: Fetch) -> Mapping[UUID, bytes]:
    """The body of what is new at the address; one that cannot be had is ended here and left behind."""
    [file] = files
    known = Validators(etag=file.etag, last_modified=file.last_modified)
    try:
        fetched = fetch(file.url, known if file.fetched_before else Validators())
    except ExtractionFailed as error:
        files.remove(file)
        end(file, error.code, error.detail, temporary=error.temporary)
        return {}
    if fetched is None or hash_blob(fetched.body) == file.indexed_sha256:
        _go_on_unchanged(files, fetched)
        return {}
    with ours(files, *(("fetched_at",) if _is_draft(files) else FETCHED), then=FileState.EXTRACTING):
        _note_answer(file, fetched)
        file.body_bytes = len(fetched.body)
        file.content_hash = hash_blob(fetched.body) if _is_draft(files) else keep_blob(fetched.body)
    return {file.pk: fetched.body}


def _go_on_unchanged(files: list[File], fetched: Fetched | None) -> None:
    """An address that says what it said before costs nothing, or a new time to live."""
    [file] = files
    then = FileState.EMBEDDING if file.collection.days_to_live else FileState.DONE
    with ours(files, *FETCHED, "error", "error_code", then=then):
        _note_answer(file, fetched)
        file.content_hash, file.error, file.error_code = file.indexed_hash, "", ""


def _note_answer(file: File, fetched: Fetched | None) -> None:
    file.fetched_at = timezone.now()
    if fetched is not None:
        file.content_type = fetched.content_type
        file.etag, file.last_modified = fetched.validators.etag, fetched.validators.last_modified


def _extract_all(files: list[File], bodies: Mapping[UUID, bytes]) -> None:
    """Those that cannot be read are ended here and left behind; once there is text enough, what stands behind waits."""
    renewal, chars = _Renewal(files), 0
    unread = [_unread(file, bodies[file.pk]) for file in files]
    extracted = extract_all(unread, chunk_chars=settings.CHUNK_CHARS, ocr=chosen_ocr(), tell=renewal.tell)
    for file, found in zip(list(files), extracted, strict=True):
        renewal.tell(1.0)
        renewal.done += 1
        try:
            _take_text(file, found)
        except ExtractionFailed as error:
            files.remove(file)
            end(file, error.code, error.detail, temporary=error.temporary)
            continue
        chars += len(file.text)
        behind = files[files.index(file) + 1 :]
        if chars > TOGETHER_CHARS and behind:
            put_back(behind)
            del files[-len(behind) :]
            break
    if files:
        with ours(files, *(() if _is_draft(files) else READ), then=FileState.CHUNKING):
            pass


class _Renewal:
    """Of the lease while its files are read, now and then: how many are `done`, and which share of the next one."""

    def __init__(self, files: list[File]) -> None:
        self._files, self._total, self.done = files, len(files), 0
        self._renewed_at = time.monotonic()

    def tell(self, share: float) -> None:
        """Raises LeaseLost, WorkerStopping."""
        if time.monotonic() - self._renewed_at > RENEW_S or stopping.is_set():
            keep_lease(self._files, percent=int(100 * (self.done + share) / self._total))
            self._renewed_at = time.monotonic()


def _end_addresses_alone(files: list[File]) -> None:
    for file in [each for each in files if each.is_address_alone]:
        files.remove(file)
        end(file, "no_content", f"{file.shown_name} {ALONE}", temporary=False)


def _unread(file: File, body: bytes) -> Unread:
    return Unread(body=body, declared=_declared_type(file), name=file.shown_name)


def _declared_type(file: File) -> DeclaredType:
    content_type = file.content_type or DEFAULT_TYPES.get(file.source_type, "")
    return DeclaredType(content_type=content_type, name=file.file_name or urlsplit(file.url).path)


def _take_text(file: File, found: Extraction | ExtractionFailed) -> None:
    if isinstance(found, ExtractionFailed):
        raise found
    if not found.text.strip():
        raise ExtractionFailed(f"{file.shown_name} holds no text.", code="no_text")
    file.text = found.text
    file.title = file.title if file.title_given else plain_title(found.title)
    file.parts = [list(astuple(part)) for part in found.parts]
    file.page_count, file.textless_pages = found.pages, found.textless_pages
    file.recognised_pages, file.unread_pages = found.recognised_pages, found.unread_pages
    file.content_type = _type_of(file, found)


def _type_of(file: File, found: Extraction) -> str:
    """As what it was read, whatever it was said to be, with the encoding that its text was taken to have."""
    said = KINDS[found.kind].type_said(_declared_type(file).content_type)
    return (f"{said.partition(';')[0].strip()}; charset={found.guessed}" if found.guessed else said)[:MOST_TYPE_CHARS]


def _cut_all(files: list[File]) -> Cut:
    cut = {file.pk: cut_text(file) for file in files}
    with ours(files, *(() if _is_draft(files) else CUT), then=FileState.EMBEDDING):
        for file in files:
            file.chunk_count = len(cut[file.pk])
            file.flags = sorted({flag for chunk in cut[file.pk] for flag in chunk.flags})
        if not _is_draft(files):
            keep_chunks(files, cut)
    return cut
