"""Folders of tens of thousands of files, handed in by batches. Running it again hands in only what is new."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from ingestion.blobs import keep_bodies
from ingestion.errors import FilingTooLarge, KindRefused
from ingestion.kinds import Claim
from ingestion.models import Collection, Filing, SourceType, State
from ingestion.naming import MAX_TITLE_CHARS, plain_title
from ingestion.processing.retry import retry_failed
from ingestion.processing.wake_up import notify_on_commit
from ingestion.querysets import FilingQuerySet
from ingestion.uploads.batch import check_kind
from ingestion.uploads.submit import (
    LOCK_SEED,
    Label,
    add_name,
    check_size,
    new_filing,
)

BATCH_FILES = 500
BATCH_BYTES = 16 * 1024 * 1024
ALONE_WITH_ALL = "SELECT pg_advisory_xact_lock(hashtextextended(hash, %s)) FROM unnest(%s::text[]) hash"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What became of the files so far; `refused` are sentences that begin with the file's path."""

    queued: int = 0
    retried: int = 0
    deduplicated: int = 0
    refused: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        return self.queued + self.retried + self.deduplicated + len(self.refused)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            queued=self.queued + other.queued,
            retried=self.retried + other.retried,
            deduplicated=self.deduplicated + other.deduplicated,
            refused=self.refused + other.refused,
        )


@dataclass(frozen=True, kw_only=True)
class File:
    path: Path
    name: str
    body: bytes
    sha256: bytes


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


def hand_in_files(
    named: Mapping[Path, str], *, collection: Collection, label: Label, now: datetime, dry_run: bool = False
) -> Iterator[Tally]:
    """Hand in the files by their names, telling after each batch what became of it; a `dry_run` only tells.

    The same bytes under the same tags are filed once in a collection. Of those that failed, what may pass is tried
    again; what can never be read is not.
    """
    here = set(named.values())
    for batch, refused in _batches(named):
        with transaction.atomic():
            held = _held(batch, collection, label.tags)
            known = {bytes(each) for each in held.values_list("content_hash", flat=True) if each}
            new = [file for file in _each_once(batch) if file.sha256 not in known]
            again = held.filter(state=State.FAILED, temporary=True)
            retried = again.count() if dry_run else retry_failed(again, now=now)
            if new and not dry_run:
                _keep(new, collection=collection, label=label, now=now)
            if not dry_run:
                _add_names(batch, held, here=here)
        kept = len(batch) - len(new) - retried
        yield Tally(queued=len(new), retried=retried, deduplicated=kept, refused=tuple(refused))


def _batches(named: Mapping[Path, str]) -> Iterator[tuple[list[File], list[str]]]:
    files: list[File] = []
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


def _read(path: Path, name: str) -> File | str:
    """The file, or a sentence why it is not taken."""
    try:
        check_size(path.stat().st_size)
        body = path.read_bytes()
        check_kind(body, claim=Claim(name=path.name))
    except OSError as error:
        return f"{path}: It cannot be read: {error.strerror or error}."
    except (FilingTooLarge, KindRefused) as error:
        return f"{path}: {error.detail}"
    return File(path=path, name=name, body=body, sha256=hashlib.sha256(body).digest())


def _held(batch: Sequence[File], collection: Collection, tags: Sequence[str]) -> FilingQuerySet:
    """What the collection holds of them under these tags; nobody else hands them in before the commit."""
    hashes = {file.sha256 for file in batch}
    with connection.cursor() as cursor:
        cursor.execute(ALONE_WITH_ALL, [LOCK_SEED, sorted(each.hex() for each in hashes)])
    held = Filing.objects.filter(collection=collection, content_hash__in=hashes, tags=sorted(set(tags)))
    return held.exclude(state=State.DELETED)


def _add_names(batch: Sequence[File], held: FilingQuerySet, *, here: Set[str]) -> None:
    """What is there by another name, of before or of this batch, bears these names, too.

    A longer or shorter way to a name that is not `here` is none: the file came from a folder above or below.
    """
    by_hash = {bytes(filing.content_hash): filing for filing in held.all().without_text() if filing.content_hash}
    for file in batch:
        filing = by_hash[file.sha256]
        if not any(_same_way(file.name, name) for name in {filing.file_name, *filing.other_names} - here):
            add_name(filing, file.name)


def _same_way(one: str, other: str) -> bool:
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


def _each_once(batch: Sequence[File]) -> Iterable[File]:
    return {file.sha256: file for file in reversed(batch)}.values()


def _keep(files: Sequence[File], *, collection: Collection, label: Label, now: datetime) -> None:
    keep_bodies({file.sha256: file.body for file in files})
    Filing.objects.bulk_create([_filing(file, collection, label, now) for file in files])
    notify_on_commit()


def _filing(file: File, collection: Collection, label: Label, now: datetime) -> Filing:
    about = {**label.metadata, "path": str(file.path)}
    filing = new_filing(SourceType.FILE, collection, replace(label, metadata=about), now=now)
    filing.file_name, filing.content_hash, filing.body_bytes = file.name, file.sha256, len(file.body)
    return filing


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
