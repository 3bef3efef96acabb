"""Several files uploaded together: judged all before one is kept, then followed as one job
(`ingestion.collections.jobs`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction

from ingestion.errors import FileTooLarge, KindRefused, NoFiles, TooManyFiles
from ingestion.extract.encodings import decode_surely, is_western
from ingestion.kinds import DeclaredType, Kind, recognise
from ingestion.models import Collection, Job
from ingestion.naming import plain_title
from ingestion.processing.recognition import reads_pictures
from ingestion.uploads.submit import Label, Submission, check_size, submit_file


class Upload(Protocol):
    """A file that came with a form; its bytes lie in memory or on disk until they are read."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    @property
    def content_type(self) -> str | None: ...
    def read(self) -> bytes: ...
    def seek(self, place: int) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class SubmittedJob:
    """The job, its files in the order of the files, and which of them were known before."""

    job: Job
    submissions: Sequence[Submission]


def submit_files(files: Sequence[Upload], *, collection: Collection, label: Label, now: datetime) -> SubmittedJob:
    """Upload all of them as one job, or none; one is in memory at a time.

    Raises NoFiles, TooManyFiles, FileTooLarge, KindRefused.
    """
    check_upload(files)
    with transaction.atomic():
        job = Job.objects.create(collection=collection, submitted_at=now, metadata=dict(label.metadata))
        submissions = [_submit(file, collection=collection, label=replace(label, job=job), now=now) for file in files]
        named = dict.fromkeys((each.file.pk, each.name) for each in submissions)
        job.file_ids, job.file_names = [pk for pk, _ in named], [name for _, name in named]
        job.save(update_fields=["file_ids", "file_names"])
    return SubmittedJob(job=job, submissions=submissions)


def check_upload(files: Sequence[Upload]) -> None:
    if not files:
        raise NoFiles("No files provided")
    if len(files) > settings.MAX_UPLOAD_FILES:
        most = settings.MAX_UPLOAD_FILES
        raise TooManyFiles(f"Too many files: {len(files)}; at most {most} can be uploaded at once.")
    total = sum(file.size or 0 for file in files)
    if total > settings.MAX_UPLOAD_BYTES:
        most = settings.MAX_UPLOAD_BYTES
        raise FileTooLarge(f"The files have {total:,} bytes in all; at most {most:,} can be uploaded at once.")
    for file in files:
        name = plain_title(file.name or "file")
        try:
            check_size(file.size or 0)
            check_kind(_read(file), declared=_declared_type(file))
        except FileTooLarge as error:
            raise FileTooLarge(f"{name}: {error.detail}") from None
        except KindRefused as error:
            raise KindRefused(f"{name}: {error.detail}") from None


def check_kind(body: bytes, *, declared: DeclaredType) -> Kind:
    """The kind of a file that may be kept. Raises KindRefused, also for a text whose encoding cannot be known."""
    kind = recognise(body, declared, pictures=reads_pictures())
    if kind.is_utf8:
        try:
            body.decode()
        except UnicodeDecodeError as error:
            if kind.is_saved_otherwise and (decode_surely(body) is not None or is_western(body)):
                return kind
            raise KindRefused(f"This text is not valid UTF-8 (byte {error.start:,}). Save it as UTF-8.") from None
    return kind


def _submit(file: Upload, *, collection: Collection, label: Label, now: datetime) -> Submission:
    own = replace(label, content_type=file.content_type or "")
    return submit_file(_read(file), name=file.name or "file", collection=collection, label=own, now=now)


def _declared_type(file: Upload) -> DeclaredType:
    return DeclaredType(content_type=file.content_type or "", name=file.name or "")


def _read(file: Upload) -> bytes:
    file.seek(0)
    return file.read()
