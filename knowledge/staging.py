"""The set-based statements of a push, all in one place: COPY into session-temporary tables, then one statement each.

Every function here runs inside the caller's transaction. Rows are written in the order (source, key), and a push holds
its source's advisory lock, so that two pushes can never wait for each other in a circle.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg.rows import class_row

from core.sql import raw_cursor

# The tables live as long as the pooled connection and are emptied by each commit: no catalogue churn a push.
TABLES = """
CREATE TEMP TABLE IF NOT EXISTS staged_document (
    source text, key text, content text, content_hash bytea, facts_hash bytea, tags text[], metadata jsonb,
    updated_at timestamptz, expires_at timestamptz, created_at timestamptz, stored_at timestamptz, kind text
) ON COMMIT DELETE ROWS;
CREATE TEMP TABLE IF NOT EXISTS staged_passage (
    source text, key text, model_id bigint, ordinal int, "start" int, "end" int, text_hash bytea, vector halfvec,
    error text
) ON COMMIT DELETE ROWS;
DELETE FROM staged_document;
DELETE FROM staged_passage;
"""

# Plan: one index probe of (source, key) for each key.
READ_STORED = """
SELECT d.source, d.key, d.content_hash, d.facts_hash, d.updated_at, d.expires_at, d.deleted_at
FROM unnest(%s::text[], %s::text[]) AS wanted(source, key)
JOIN knowledge_document d ON d.source = wanted.source AND d.key = wanted.key
"""

# A row's content, tags and metadata are replaced whole; a stamp that was not sent does not erase the one we have.
WRITE_DOCUMENTS = """
INSERT INTO knowledge_document AS d (source, key, content, content_hash, facts_hash, tags, metadata, updated_at,
                                     expires_at, created_at, stored_at, deleted_reason)
SELECT source, key, content, content_hash, facts_hash, tags, metadata, updated_at, expires_at,
       coalesce(created_at, %(now)s), coalesce(stored_at, %(now)s), ''
FROM staged_document WHERE kind <> 'renewed' ORDER BY source, key
ON CONFLICT (source, key) DO UPDATE SET
    content = excluded.content, content_hash = excluded.content_hash, facts_hash = excluded.facts_hash,
    tags = excluded.tags, metadata = excluded.metadata, expires_at = excluded.expires_at,
    updated_at = coalesce(excluded.updated_at, d.updated_at),
    stored_at = CASE WHEN d.deleted_at IS NULL THEN %(now)s ELSE excluded.stored_at END,
    created_at = CASE WHEN d.deleted_at IS NULL THEN d.created_at ELSE excluded.created_at END,
    deleted_at = NULL, deleted_reason = ''
"""

RENEW_DOCUMENTS = """
UPDATE knowledge_document d
SET expires_at = s.expires_at, updated_at = coalesce(s.updated_at, d.updated_at)
FROM staged_document s
WHERE s.kind = 'renewed' AND d.source = s.source AND d.key = s.key
"""

DROP_PASSAGES = """
DELETE FROM knowledge_passage p
USING (SELECT DISTINCT source, key FROM staged_passage) s, knowledge_document d
WHERE d.source = s.source AND d.key = s.key AND p.document_id = d.id
"""

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

WRITE_PASSAGES = """
INSERT INTO knowledge_passage (document_id, model_id, ordinal, "start", "end", text_hash, vector,
                               attempts, not_before, error)
SELECT d.id, s.model_id, s.ordinal, s.start, s.end, s.text_hash, s.vector,
       CASE WHEN s.error = '' THEN 0 ELSE 1 END,
       CASE WHEN s.error = '' THEN NULL ELSE %(now)s::timestamptz + interval '1 minute' END, s.error
FROM staged_passage s JOIN knowledge_document d ON d.source = s.source AND d.key = s.key
ORDER BY d.id, s.model_id, s.ordinal
"""

COUNT_PENDING = "SELECT count(DISTINCT (source, key)) FROM staged_passage WHERE model_id = %s AND vector IS NULL"

# Before WRITE_DOCUMENTS: a content that is about to be replaced is kept here. Renewals look at no content.
NOTE_CHANGES = """
INSERT INTO knowledge_change (source, key, kind, at, run, actor, before)
SELECT s.source, s.key, s.kind, %(now)s, r.run, %(actor)s, d.content
FROM staged_document s
LEFT JOIN unnest(%(sources)s::text[], %(runs)s::uuid[]) AS r(source, run) ON r.source = s.source
LEFT JOIN knowledge_document d ON %(keep)s AND s.kind <> 'renewed'
      AND d.source = s.source AND d.key = s.key AND d.content_hash <> s.content_hash
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

    source: str
    key: str
    content_hash: bytes
    facts_hash: bytes
    updated_at: datetime | None
    expires_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class StagedPassage:
    source: str
    key: str
    model_id: int
    ordinal: int
    start: int
    end: int
    text_hash: bytes
    vector: NDArray[np.float32] | None
    error: str = ""


def read_stored(identities: Sequence[Identity], *, lock: bool = False) -> dict[Identity, Stored]:
    """What is held under these, trash included; `lock` keeps sweeps and deletes off until the commit."""
    statement = READ_STORED + ("ORDER BY d.id FOR UPDATE OF d" if lock else "")
    sources, keys = [source for source, _ in identities], [key for _, key in identities]
    with raw_cursor() as cursor:
        cursor.row_factory = class_row(Stored)
        return {(stored.source, stored.key): stored for stored in cursor.execute(statement, [sources, keys])}


def known_texts(model_id: int, text_hashes: Iterable[bytes]) -> set[bytes]:
    """Those of the texts that already have a vector under this model."""
    with raw_cursor() as cursor:
        return {bytes(row[0]) for row in cursor.execute(KNOWN_TEXTS, [model_id, list(text_hashes)])}


def stage_documents(rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows in the order of `staged_document`'s columns. Whatever was staged before is gone."""
    with raw_cursor() as cursor:
        cursor.execute(TABLES, prepare=False)
        with cursor.copy("COPY staged_document FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["text", "text", "text", "bytea", "bytea", "text[]", "jsonb", *["timestamptz"] * 4, "text"])
            for row in rows:
                copy.write_row(row)


def stage_passages(passages: Iterable[StagedPassage]) -> None:
    """Beside the documents that are staged, or, after `stage_documents([])`, for documents that are stored."""
    with raw_cursor() as cursor, cursor.copy("COPY staged_passage FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["text", "text", "int8", "int4", "int4", "int4", "bytea", "halfvec", "text"])
        for each in passages:
            vector = None if each.vector is None else HalfVector(each.vector)
            span = (each.ordinal, each.start, each.end)
            copy.write_row((each.source, each.key, each.model_id, *span, each.text_hash, vector, each.error))


def write_documents(*, now: datetime) -> None:
    with raw_cursor() as cursor:
        cursor.execute(WRITE_DOCUMENTS, {"now": now})


def renew_documents() -> None:
    with raw_cursor() as cursor:
        cursor.execute(RENEW_DOCUMENTS)


def replace_passages(*, now: datetime) -> None:
    """The staged passages are from now on all that their documents have, under any model."""
    with raw_cursor() as cursor:
        cursor.execute(LEND_VECTORS)
        cursor.execute(DROP_PASSAGES)
        cursor.execute(WRITE_PASSAGES, {"now": now})


def add_passages(*, now: datetime) -> None:
    """Write the staged passages of documents that have none under the model."""
    with raw_cursor() as cursor:
        cursor.execute(LEND_VECTORS)
        cursor.execute(WRITE_PASSAGES, {"now": now})


def count_pending(model_id: int) -> int:
    """Staged documents that still wait for a vector of this model."""
    with raw_cursor() as cursor:
        row = cursor.execute(COUNT_PENDING, [model_id]).fetchone()
    return int(row[0]) if row else 0


def note_changes(*, now: datetime, actor: str, runs: Mapping[str, uuid.UUID], keep_content: bool) -> None:
    """One change row for each staged document, with the sync run of its source, before the documents are written.

    `keep_content`: also the content that the change replaces.
    """
    named = {"now": now, "actor": actor, "keep": keep_content, "sources": list(runs), "runs": list(runs.values())}
    with raw_cursor() as cursor:
        cursor.execute(NOTE_CHANGES, named)
