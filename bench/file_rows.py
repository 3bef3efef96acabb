"""What was uploaded beside the documents of a store: collections, files and their chunks, all by INSERT … SELECT."""

from typing import Any

import psycopg

COLLECTIONS = 200
EACH_CHUNKS = 3

NUMBERED = """
INSERT INTO ingestion_collection (name, description, metadata, splitter, created_at, updated_at)
SELECT 'collection ' || n, 'What belongs to collection ' || n, '{}', 'windows', now(), now()
FROM generate_series(0, %(collections)s - 1) n
"""

# Half of all are in one collection. One in a hundred failed, one in ten is deleted, the newest fifty are on their way
# and are nobody's to take up for a month; one in five hundred was flagged.
FILES = """
INSERT INTO ingestion_file (id, collection_id, source_type, state, title, file_name, url, content_type, content_hash,
    etag, last_modified, fetch_schedule, timezone, body_bytes, tags, metadata, text, parts, flags, chunk_count,
    document_count, actor, attempts, not_before, error_code, error, temporary, deleted_reason, created_at, updated_at,
    started_at, completed_at)
SELECT md5('file' || n)::uuid, 'collection ' || CASE WHEN n %% 2 = 0 THEN 0 ELSE n %% %(collections)s END, 'file',
    state,
    'What was uploaded, number ' || n, 'file-' || n || '.md', '', 'text/markdown', sha256(n::text::bytea),
    '', '', '', 'UTC', 3000, '{bench}', '{}', repeat('A thousand characters, more or less. ', 80), '[]',
    CASE WHEN n %% 500 = 3 THEN '{hidden-text}'::text[] ELSE '{}' END,
    CASE state WHEN 'done' THEN %(chunks)s ELSE 0 END, CASE state WHEN 'done' THEN %(chunks)s ELSE 0 END, 'bench', 1,
    CASE state WHEN 'queued' THEN now() + '30 days'::interval END,
    CASE state WHEN 'failed' THEN 'unreadable' ELSE '' END,
    CASE state WHEN 'failed' THEN 'This file is damaged, or protected by a password.' ELSE '' END, false,
    CASE state WHEN 'deleted' THEN 'outdated' ELSE '' END, at, at, at, CASE state WHEN 'queued' THEN NULL ELSE at END
FROM generate_series(0, %(files)s - 1) n, LATERAL (SELECT now() - '90 days'::interval * n / %(files)s AS at,
    CASE WHEN n < 50 THEN 'queued' WHEN n %% 100 = 7 THEN 'failed' WHEN n %% 10 = 1 THEN 'deleted' ELSE 'done' END
    AS state) made
"""

CHUNKS = """
INSERT INTO ingestion_chunk (file_id, index, start, "end", section, form, text_hash, flags)
SELECT id, part, part * 900, part * 900 + 1000, '', 'text', sha256((id::text || part)::bytea), '{}'
FROM ingestion_file, generate_series(0, %(chunks)s - 1) part WHERE state = 'done'
"""

SETTLE = "VACUUM ANALYZE ingestion_collection, ingestion_file, ingestion_chunk"


def has_files(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("SELECT 1 FROM ingestion_file LIMIT 1").fetchone() is not None


def fill_files(connection: psycopg.Connection[Any], *, files: int) -> None:
    numbers = {"files": files, "collections": COLLECTIONS, "chunks": EACH_CHUNKS}
    for statement in (NUMBERED, FILES, CHUNKS):
        connection.execute(statement, numbers)
    connection.execute(SETTLE)
