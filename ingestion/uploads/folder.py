"""Folders of tens of thousands of files, uploaded by batches. Running it again uploads only what is new."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from ingestion.blobs import keep_blobs
from ingestion.errors import FileTooLarge, KindRefused
from ingestion.kinds import DeclaredType, kind_name
from ingestion.models import Collection, File, FileState, SourceType
from ingestion.naming import MAX_TITLE_CHARS, plain_title
from ingestion.processing.recognition import reads_pictures
from ingestion.processing.retry import retry_failed
from ingestion.processing.wake_up import notify_on_commit
from ingestion.querysets import FileQuerySet
from ingestion.uploads.batch import check_kind
from ingestion.uploads.submit import (
    LOCK_SEED,
    Label,
    add_name,
    check_size,
    kind_of,
    new_file,
)

BATCH_FILES = 500
BATCH_BYTES = 16 * 1024 * 1024
ALONE_WITH_ALL = "SELECT pg_advisory_xact_lock(hashtextextended(hash, %s)) FROM unnest(%s::text[]) hash"


@dataclass(frozen=True, kw_only=True)
class UploadCounts:
    """What became of the files so far; `refused` are sentences that begin with the file's path."""

    queued: int = 0
    retried: int = 0
    deduplicated: int = 0
    refused: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        return self.queued + self.retried + self.deduplicated + len(self.refused)

    def __add__(self, other: "UploadCounts") -> "UploadCounts":
        return UploadCounts(
            queued=self.queued + other.queued,
            retried=self.retried + other.retried,
            deduplicated=self.deduplicated + other.deduplicated,
            refused=self.refused + other.refused,
        )


@dataclass(frozen=True, kw_only=True)
class LocalFile:
    path: Path
    name: str
    body: bytes
    sha256: bytes
    kind: str

    @property
    def content(self) -> "Content":
        return self.sha256, self.kind


Content = tuple[bytes, str]
"""What is the same: the hash of the bytes, and what they are read as."""


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files at the paths and below them, each once, in order; hidden ones and links are left out."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_file():
            found[path] = None
            continue
        below = (each for each in path.rglob("*") if each.is_file() and not each.is_symlink())
        found.update(dict.fromkeys(sorted(each for each in below if not _hidden(each.relative_to(path)))))
    return list(found)


def name_below(path: Path, given: Sequence[Path]) -> str:
    """A file's way below the folder that was given, which tells files of one name apart; of several with the folder."""
    folder = next((each for each in given if each != path and path.is_relative_to(each)), None)
    below = path.parent if folder is None else folder.parent if len(given) > 1 else folder
    name = path.relative_to(below).as_posix()
    while len(name) > MAX_TITLE_CHARS and "/" in name:
        name = name.partition("/")[2]
    return plain_title(name)


def submit_paths(
    named: Mapping[Path, str], *, collection: Collection, label: Label, now: datetime, dry_run: bool = False
) -> Iterator[UploadCounts]:
    """Upload the files by their names, telling after each batch what became of it; a `dry_run` only tells.

    The same bytes under the same tags are stored once in a collection. Of those that failed, what may pass is tried
    again; what can never be read is not.
    """
    here = set(named.values())
    for batch, refused in _batches(named):
        with transaction.atomic():
            held = _held(batch, collection, label)
            known = _by_content(batch, held)
            new = [local for local in _each_once(batch) if local.content not in known]
            again = held.filter(state=FileState.FAILED, temporary=True)
            retried = again.count() if dry_run else retry_failed(again, now=now)
            if new and not dry_run:
                _keep(new, collection=collection, label=label, now=now)
            if not dry_run:
                _add_names(batch, _by_content(batch, held), here=here)
        kept = len(batch) - len(new) - retried
        yield UploadCounts(queued=len(new), retried=retried, deduplicated=kept, refused=tuple(refused))


def _batches(named: Mapping[Path, str]) -> Iterator[tuple[list[LocalFile], list[str]]]:
    files: list[LocalFile] = []
    refused: list[str] = []
    held = 0
    for path, name in named.items():
        read = _read(path, name)
        if isinstance(read, str):
            refused.append(read)
        else:
            files.append(read)
            held += len(read.body)
        if len(files) + len(refused) >= BATCH_FILES or held >= BATCH_BYTES:
            yield files, refused
            files, refused, held = [], [], 0
    if files or refused:
        yield files, refused


def _read(path: Path, name: str) -> LocalFile | str:
    """The file, or a sentence why it is not taken."""
    try:
        check_size(path.stat().st_size)
        body = path.read_bytes()
        check_kind(body, declared=DeclaredType(name=path.name))
    except OSError as error:
        return f"{path}: It cannot be read: {error.strerror or error}."
    except (FileTooLarge, KindRefused) as error:
        return f"{path}: {error.detail}"
    kind = kind_name(body, DeclaredType(name=name), pictures=reads_pictures())
    return LocalFile(path=path, name=name, body=body, sha256=hashlib.sha256(body).digest(), kind=kind)


def _held(batch: Sequence[LocalFile], collection: Collection, label: Label) -> FileQuerySet:
    """What the collection holds of them in this scope; nobody else uploads them before the commit."""
    hashes = {local.sha256 for local in batch}
    with connection.cursor() as cursor:
        cursor.execute(ALONE_WITH_ALL, [LOCK_SEED, sorted(each.hex() for each in hashes)])
    scope = {"tags": sorted(set(label.tags)), "agent_id": label.agent_id, "project": label.project}
    held = File.objects.filter(collection=collection, content_hash__in=hashes, **scope)
    return held.exclude(state=FileState.DELETED)


def _by_content(batch: Sequence[LocalFile], held: FileQuerySet) -> dict[Content, File]:
    bodies = {local.sha256: local.body for local in batch}
    files = [(bytes(file.content_hash), file) for file in held.all().without_text() if file.content_hash]
    return {(sha256, kind_of(file, bodies[sha256])): file for sha256, file in files}


def _add_names(batch: Sequence[LocalFile], known: Mapping[Content, File], *, here: Set[str]) -> None:
    """What is there by another name, of before or of this batch, bears these names, too.

    A longer or shorter way to a name that is not `here` is none: the file came from a folder above or below.
    """
    for local in batch:
        file = known[local.content]
        if not any(_same_way(local.name, name) for name in {file.file_name, *file.other_names} - here):
            add_name(file, local.name)


def _same_way(one: str, other: str) -> bool:
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


def _each_once(batch: Sequence[LocalFile]) -> Iterable[LocalFile]:
    return {local.content: local for local in reversed(batch)}.values()


def _keep(files: Sequence[LocalFile], *, collection: Collection, label: Label, now: datetime) -> None:
    keep_blobs({local.sha256: local.body for local in files})
    File.objects.bulk_create([_new_file(local, collection, label, now) for local in files])
    notify_on_commit()


def _new_file(local: LocalFile, collection: Collection, label: Label, now: datetime) -> File:
    about = {**label.metadata, "path": str(local.path)}
    file = new_file(SourceType.FILE, collection, replace(label, metadata=about), now=now)
    file.file_name, file.content_hash, file.body_bytes = local.name, local.sha256, len(local.body)
    return file


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
