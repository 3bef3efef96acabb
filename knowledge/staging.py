"""The set-based statements of a push, all in one place.

What may meet a row that is there, or needs what another row has, goes by COPY into a session-temporary table and then
by one statement; passages that have their vector go by COPY straight into theirs. Joins are by row, so that they cost
the same whatever the store holds.

Every function here runs inside the caller's transaction. Rows are written in the order (source, key), and a push holds
its source's advisory lock, so that two pushes can never wait for each other in a circle.

See docs/decisions/0221.
"""

import struct
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.rows import class_row

from core.sql import raw_cursor

# The tables live as long as the pooled connection and are emptied by each commit: no catalogue churn a push. A
# document's `id` is its row, if it has one already.
DOCUMENTS_TABLE = """
CREATE TEMP TABLE IF NOT EXISTS staged_document (
    id bigint, source text, key text, content text, content_hash bytea, facts_hash bytea, tags text[], metadata jsonb,
    language text, vectors_hash bytea, updated_at timestamptz, expires_at timestamptz, created_at timestamptz,
    stored_at timestamptz, kind text
) ON COMMIT DELETE ROWS;
DELETE FROM staged_document;
"""
DOCUMENT_TYPES = [
    "int8",
    *["text"] * 3,
    *["bytea"] * 2,
    "text[]",
    "jsonb",
    "text",
    "bytea",
    *["timestamptz"] * 4,
    "text",
]

PASSAGES_TABLE = """
CREATE TEMP TABLE IF NOT EXISTS staged_passage (
    document_id bigint, model_id bigint, ordinal int, "start" int, "end" int, text_hash bytea, vector halfvec
) ON COMMIT DELETE ROWS;
DELETE FROM staged_passage;
"""
STAGE_PASSAGES = """
COPY staged_passage (document_id, model_id, ordinal, "start", "end", text_hash) FROM STDIN (FORMAT BINARY)
"""
STAGED_TYPES = ["int8", "int8", *["int4"] * 3, "bytea"]

# Plan: one index probe of (source, key) for each key.
READ_STORED = """
SELECT d.id, d.source, d.key, d.content_hash, d.facts_hash, d.language, d.vectors_hash, d.updated_at, d.expires_at,
       d.deleted_at
FROM unnest(%s::text[], %s::text[]) AS wanted(source, key)
JOIN knowledge_document d ON d.source = wanted.source AND d.key = wanted.key
"""

# A row's content, tags and metadata are replaced whole; a stamp that was not sent does not erase the one we have.
WRITE_DOCUMENTS = """
INSERT INTO knowledge_document AS d (source, key, content, content_hash, facts_hash, tags, metadata, language,
                                     vectors_hash, updated_at, expires_at, created_at, stored_at, deleted_reason)
SELECT source, key, content, content_hash, facts_hash, tags, metadata, language, vectors_hash, updated_at,
       expires_at, coalesce(created_at, %(now)s), coalesce(stored_at, %(now)s), ''
FROM staged_document WHERE kind <> 'renewed' ORDER BY source, key
ON CONFLICT (source, key) DO UPDATE SET
    content = excluded.content, content_hash = excluded.content_hash, facts_hash = excluded.facts_hash,
    tags = excluded.tags, metadata = excluded.metadata, language = excluded.language,
    vectors_hash = excluded.vectors_hash, expires_at = excluded.expires_at,
    updated_at = coalesce(excluded.updated_at, d.updated_at),
    stored_at = CASE WHEN d.deleted_at IS NULL THEN %(now)s ELSE excluded.stored_at END,
    created_at = CASE WHEN d.deleted_at IS NULL THEN d.created_at ELSE excluded.created_at END,
    deleted_at = NULL, deleted_reason = ''
RETURNING d.source, d.key, d.id
"""

RENEW_DOCUMENTS = """
UPDATE knowledge_document d
SET expires_at = s.expires_at, updated_at = coalesce(s.updated_at, d.updated_at)
FROM staged_document s
WHERE s.kind = 'renewed' AND d.id = s.id
"""

DROP_PASSAGES = "DELETE FROM knowledge_passage WHERE document_id = ANY(%s)"

# A text that has a vector anywhere under the same model lends it; the index passage_text answers each probe. This comes
# before DROP_PASSAGES: often the lender is the same document's previous version.
LEND_VECTORS = """
UPDATE staged_passage s SET vector = known.vector
FROM staged_passage t CROSS JOIN LATERAL (
    SELECT p.vector FROM knowledge_passage p
    WHERE p.model_id = t.model_id AND p.text_hash = t.text_hash AND p.vector IS NOT NULL LIMIT 1
) known
WHERE s.vector IS NULL AND s.ctid = t.ctid
"""

WRITE_STAGED = """
INSERT INTO knowledge_passage (document_id, model_id, ordinal, "start", "end", text_hash, vector,
                               attempts, not_before, error)
SELECT document_id, model_id, ordinal, "start", "end", text_hash, vector, 0, NULL, '' FROM staged_passage
"""

WAITING = "SELECT DISTINCT document_id, model_id FROM staged_passage WHERE vector IS NULL"

WRITE_PASSAGES = """
COPY knowledge_passage (document_id, model_id, ordinal, "start", "end", text_hash, vector, attempts, not_before, error)
FROM STDIN (FORMAT BINARY)
"""
PASSAGE_TYPES = [
    "int8",
    "int8",
    *["int4"] * 3,
    "bytea",
    "bytea",
    "int2",
    "timestamptz",
    "text",
]  # a halfvec's bytes as they are

RETRY_REFUSED_AFTER = timedelta(minutes=1)

# Before WRITE_DOCUMENTS: a content that is about to be replaced is kept here. Renewals look at no content.
# Plan: one probe of the primary key for each row that is there, in a subquery, as a join might read all documents.
NOTE_CHANGES = """
INSERT INTO knowledge_change (source, key, kind, at, run, actor, before)
SELECT s.source, s.key, s.kind, %(now)s, r.run, %(actor)s,
       CASE WHEN %(keep)s AND s.kind <> 'renewed'
            THEN (SELECT d.content FROM knowledge_document d WHERE d.id = s.id AND d.content_hash <> s.content_hash) END
FROM staged_document s
LEFT JOIN unnest(%(sources)s::text[], %(runs)s::uuid[]) AS r(source, run) ON r.source = s.source
ORDER BY s.source, s.key
"""

KNOWN_TEXTS = """
SELECT DISTINCT text_hash FROM knowledge_passage
WHERE model_id = %s AND text_hash = ANY(%s) AND vector IS NOT NULL
"""


Identity = tuple[str, str]
"""(source, key)"""


@dataclass(frozen=True)
class Stored:
    """What is already there under an identity: enough to tell what a push would change."""

    id: int
    source: str
    key: str
    content_hash: bytes
    facts_hash: bytes
    language: str
    vectors_hash: bytes | None
    updated_at: datetime | None
    expires_at: datetime | None
    deleted_at: datetime | None


class NewPassage(NamedTuple):
    """A passage to be written; one without a vector and without an `error` takes that of its text, or waits."""

    document_id: int
    model_id: int
    ordinal: int
    start: int
    end: int
    text_hash: bytes
    vector: NDArray[np.float32] | None
    error: str = ""

    @property
    def is_open(self) -> bool:
        return self.vector is None and not self.error


def read_stored(identities: Sequence[Identity], *, lock: bool = False) -> dict[Identity, Stored]:
    """What is held under these, trash included; `lock` keeps sweeps and deletes off until the commit."""
    statement = READ_STORED + ("ORDER BY d.id FOR UPDATE OF d" if lock else "")
    sources, keys = [source for source, _ in identities], [key for _, key in identities]
    with raw_cursor() as cursor:
        cursor.row_factory = class_row(Stored)
        return {
            (stored.source, stored.key): stored for stored in cursor.execute(statement, [sources, keys], prepare=True)
        }


def known_texts(model_id: int, text_hashes: Iterable[bytes]) -> set[bytes]:
    """Those of the texts that already have a vector under this model."""
    with raw_cursor() as cursor:
        return {bytes(row[0]) for row in cursor.execute(KNOWN_TEXTS, [model_id, list(text_hashes)], prepare=True)}


def stage_documents(rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows in the order of `staged_document`'s columns. Whatever was staged before is gone."""
    with raw_cursor() as cursor:
        cursor.execute(DOCUMENTS_TABLE, prepare=False)
        with cursor.copy("COPY staged_document FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(DOCUMENT_TYPES)
            for row in rows:
                copy.write_row(row)


def write_documents(*, now: datetime) -> dict[Identity, int]:
    """The rows that the staged documents are in from now on, but for renewed ones."""
    with raw_cursor() as cursor:
        rows = cursor.execute(WRITE_DOCUMENTS, {"now": now}, prepare=True, binary=True)
        return {(source, key): row for source, key, row in rows}


def renew_documents() -> None:
    with raw_cursor() as cursor:
        cursor.execute(RENEW_DOCUMENTS, prepare=True)


def write_passages(
    passages: Sequence[NewPassage], *, replacing: Sequence[int] = (), now: datetime
) -> set[tuple[int, int]]:
    """Which documents wait for a vector of which model, by their rows.

    The passages are from now on all that the documents in the rows `replacing` have, under any model; others have none
    of these models yet.
    """
    with raw_cursor() as cursor:
        if found_open := [each for each in passages if each.is_open]:
            _stage_passages(cursor, found_open)
            cursor.execute(LEND_VECTORS, prepare=True)
        if replacing:
            cursor.execute(DROP_PASSAGES, [list(replacing)], prepare=True)
        _copy_passages(cursor, [each for each in passages if not each.is_open], now=now)
        waiting = {(each.document_id, each.model_id) for each in passages if each.error}
        if found_open:
            cursor.execute(WRITE_STAGED, prepare=True)
            waiting.update(cursor.execute(WAITING))
    return waiting


def _stage_passages(cursor: psycopg.Cursor[Any], passages: Iterable[NewPassage]) -> None:
    cursor.execute(PASSAGES_TABLE, prepare=False)
    with cursor.copy(STAGE_PASSAGES) as copy:
        copy.set_types(STAGED_TYPES)
        for each in passages:
            copy.write_row(each[:6])


def _copy_passages(cursor: psycopg.Cursor[Any], passages: Sequence[NewPassage], *, now: datetime) -> None:
    if not passages:
        return
    again_at = now + RETRY_REFUSED_AFTER
    with cursor.copy(WRITE_PASSAGES) as copy:
        copy.set_types(PASSAGE_TYPES)
        for each in passages:
            state = (1, again_at, each.error) if each.error else (0, None, "")
            copy.write_row((*each[:6], None if each.vector is None else pack_vector(each.vector), *state))


def pack_vector(vector: NDArray[np.float32]) -> bytes:
    """A halfvec in pgvector's binary format."""
    return struct.pack("!HH", vector.size, 0) + vector.astype(">f2").tobytes()


def note_changes(*, now: datetime, actor: str, runs: Mapping[str, uuid.UUID], keep_content: bool) -> None:
    """One change row for each staged document, with the sync run of its source, before the documents are written.

    `keep_content`: also the content that the change replaces.
    """
    named = {"now": now, "actor": actor, "keep": keep_content, "sources": list(runs), "runs": list(runs.values())}
    with raw_cursor() as cursor:
        cursor.execute(NOTE_CHANGES, named, prepare=True)
