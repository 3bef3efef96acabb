"""From a file's text to its chunks, and the chunks that are kept. See docs/decisions/0096."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from uuid import UUID

from django.conf import settings

from ingestion.extract import Part
from ingestion.models import Chunk, File
from ingestion.naming import plain_title, read_uuid
from ingestion.splitting import split_parts
from knowledge.embedding.passages import hash_text
from knowledge.writing.scanner import Flag, scan, scan_spans

Cut = Mapping[UUID, Sequence[Chunk]]
"""Chunks in order, by the id of their file."""


def cut_text(file: File) -> Sequence[Chunk]:
    """The chunks of its text, not kept yet; of equal ones the first."""
    parts = list(
        split_parts(
            file.text,
            [Part(*each) for each in file.parts],
            splitter=file.collection.splitter,
            size=settings.CHUNK_CHARS,
            overlap=min(settings.CHUNK_OVERLAP, settings.CHUNK_CHARS - 1),
        )
    )
    flags_of_parts = scan_spans(file.text, ((part.start, part.end) for part in parts))
    of_title = scan(f"{file.title}\n{file.file_name}")
    chunks: dict[bytes, Chunk] = {}
    for part, flags in zip(parts, flags_of_parts, strict=True):
        text_hash = hash_text(file.text[part.start : part.end])
        chunk = Chunk(
            file=file,
            index=len(chunks),
            start=part.start,
            end=part.end,
            page=part.page,
            section=plain_title(part.section),
            form=part.form,
            text_hash=text_hash,
            flags=sorted(of_title | flags | ({Flag.HIDDEN_TEXT} if part.hidden else set())),
        )
        chunks.setdefault(text_hash, chunk)
    return list(chunks.values())


def keep_chunks(files: Sequence[File], cut: Cut) -> None:
    """In the place of those that were kept before."""
    Chunk.objects.filter(file__in=files).delete()
    Chunk.objects.bulk_create([chunk for file in files for chunk in cut[file.pk]], batch_size=2_000)


def kept_chunks(files: Sequence[File]) -> Cut:
    found = Chunk.objects.filter(file__in=files).order_by("file", "index")
    kept = {file_id: list(chunks) for file_id, chunks in groupby(found, key=lambda chunk: chunk.file_id)}
    return {file.pk: kept.get(file.pk, []) for file in files}


def chunk_of(source: str, key: str) -> Chunk | None:
    """The chunk that a document of the store is, with its file; None for one that came of no file."""
    file_id, _, index = key.rpartition("/")
    if not (known := read_uuid(file_id)) or not (index.isascii() and index.isdigit() and len(index) < 9):
        return None
    of_it = Chunk.objects.filter(file=known, index=int(index), file__collection=source)
    return of_it.select_related("file").defer("file__text", "file__parts").first()
