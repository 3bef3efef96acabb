"""Writing the store to a stream in the order of (source, id): constant memory, one snapshot, resumed by that order."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.db import connection, transaction
from django.db.models import Q

from core.errors import LarderError
from core.sql import raw_cursor
from knowledge.models import Document, EmbeddingModel
from knowledge.querysets import DocumentQuerySet
from knowledge.staging import Identity
from knowledge.transfer.lines import ArchivedPassage, Header, pack_vector, read_header, write_document, write_header

CHUNK = 100
"""Documents in memory at a time; each may hold a million characters."""

# Plan: for each document one probe of (document, model). Vectors that it brought have no text's hash.
PASSAGES = """
SELECT document_id, "start", "end", vector, text_hash = sha256('\\x00'::bytea || halfvec_send(vector))
FROM knowledge_passage
WHERE model_id = %s AND document_id = ANY(%s) AND vector IS NOT NULL ORDER BY document_id, ordinal
"""


class ResumeRefused(LarderError):
    """What was begun is not what is asked for now."""

    code = "resume_refused"


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What a partial archive holds: `lines` documents in its first `good_bytes`, the last of them `last`."""

    good_bytes: int
    lines: int
    last: Identity | None


def export_documents(
    out: BinaryIO,
    *,
    now: datetime,
    header: Header,
    model: EmbeddingModel | None = None,
    begun: Begun | None = None,
    report: Callable[[int], None] = lambda done: None,
) -> int:
    """Write every live document of the header's source, or all, as it is at this moment; how many lines there are.

    `model`: with its vectors. `begun`: go on behind what is there, in a new snapshot; what comes before that point is
    not looked at again.
    """
    with _snapshot():
        done = begun.lines if begun else 0
        if begun is None:
            out.write(write_header(header))
        documents = exported(now=now, source=header.source, after=begun.last if begun else None)
        for some in _chunks(documents.iterator(chunk_size=CHUNK)):
            passages = _passages(model, some) if model else None
            for document in some:
                out.write(write_document(document, passages[document.pk] if passages is not None else None))
            done += len(some)
            report(done)
    return done


def exported(*, now: datetime, source: str | None, after: Identity | None = None) -> DocumentQuerySet:
    """What an export writes, in its order."""
    rows = Document.objects.live(now)
    documents = (rows.public() if source is None else rows.of_source(source)).order_by("source", "key")
    if after is None:
        return documents
    last_source, last_key = after
    return documents.filter(Q(source__gt=last_source) | Q(source=last_source, key__gt=last_key))


def header_of(*, source: str | None, model: EmbeddingModel | None) -> Header:
    if model is None:
        return Header(source=source)
    return Header(source=source, model=model.name, dimensions=model.dimensions)


def look_at_partial(file: BinaryIO, *, expected: Header) -> Begun | None:
    """How far an export came; None where not even its header is whole.

    Raises ResumeRefused where it was begun with other options or under another model.
    """
    first = file.readline()
    if not first.endswith(b"\n"):
        return None
    if read_header(first) != expected:
        raise ResumeRefused("The partial file was begun with other options or under another model; start anew.")
    good_bytes, lines, last = len(first), 0, b""
    for line in file:
        if not line.endswith(b"\n"):
            break
        good_bytes, lines, last = good_bytes + len(line), lines + 1, line
    if not last:
        return Begun(good_bytes=good_bytes, lines=0, last=None)
    document = json.loads(last)
    return Begun(good_bytes=good_bytes, lines=lines, last=(document["source"], document["id"]))


@contextmanager
def _snapshot() -> Iterator[None]:
    """One view of the store from the first line to the last, whatever is written meanwhile."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _chunks(documents: Iterator[Document]) -> Iterator[list[Document]]:
    while some := list(islice(documents, CHUNK)):
        yield some


def _passages(model: EmbeddingModel, documents: list[Document]) -> defaultdict[int, list[ArchivedPassage]]:
    found: defaultdict[int, list[ArchivedPassage]] = defaultdict(list)
    with raw_cursor() as cursor:
        rows = cursor.execute(PASSAGES, [model.pk, [document.pk for document in documents]], binary=True)
        for document_id, start, end, vector, is_own in rows:
            passage = {"start": start, "end": end, "vector": pack_vector(vector.to_numpy())}
            found[document_id].append(ArchivedPassage(line=passage, is_own=is_own))
    return found
