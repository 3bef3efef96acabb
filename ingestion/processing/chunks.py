"""From a filing's text to its chunks, and the chunks that are kept. See docs/decisions/0096."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from uuid import UUID

from django.conf import settings

from ingestion.extract import Part
from ingestion.models import Chunk, Filing
from ingestion.naming import plain_title, read_uuid
from ingestion.splitting import split_parts
from knowledge.embedding.passages import hash_text
from knowledge.writing.scanner import scan, scan_spans

Cut = Mapping[UUID, Sequence[Chunk]]
"""Chunks in order, by the id of their filing."""


def cut_text(filing: Filing) -> Sequence[Chunk]:
    """The chunks of its text, not kept yet; of equal ones the first."""
    parts = list(
        split_parts(
            filing.text,
            [Part(*each) for each in filing.parts],
            splitter=filing.collection.splitter,
            size=settings.CHUNK_CHARS,
            overlap=min(settings.CHUNK_OVERLAP, settings.CHUNK_CHARS - 1),
        )
    )
    flags_of_parts = scan_spans(filing.text, ((part.start, part.end) for part in parts))
    of_title = scan(f"{filing.title}\n{filing.file_name}")
    chunks: dict[bytes, Chunk] = {}
    for part, flags in zip(parts, flags_of_parts, strict=True):
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
            flags=sorted(of_title | flags),
        )
        chunks.setdefault(text_hash, chunk)
    return list(chunks.values())


def keep_chunks(filings: Sequence[Filing], cut: Cut) -> None:
    """In the place of those that were kept before."""
    Chunk.objects.filter(filing__in=filings).delete()
    Chunk.objects.bulk_create([chunk for filing in filings for chunk in cut[filing.pk]], batch_size=2_000)


def kept_chunks(filings: Sequence[Filing]) -> Cut:
    found = Chunk.objects.filter(filing__in=filings).order_by("filing", "index")
    kept = {filing_id: list(chunks) for filing_id, chunks in groupby(found, key=lambda chunk: chunk.filing_id)}
    return {filing.pk: kept.get(filing.pk, []) for filing in filings}


def chunk_of(source: str, key: str) -> Chunk | None:
    """The chunk that a document of the store is, with its filing; None for one that was not filed."""
    filing_id, _, index = key.rpartition("/")
    if not (known := read_uuid(filing_id)) or not (index.isascii() and index.isdigit() and len(index) < 9):
        return None
    of_it = Chunk.objects.filter(filing=known, index=int(index), filing__collection=source)
    return of_it.select_related("filing").defer("filing__text", "filing__parts").first()
