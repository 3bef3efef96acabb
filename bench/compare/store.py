"""A Larder stack's database from outside, filled by COPY."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg.types.json import Jsonb

from bench.compare.corpus import STRIDE, Corpus, Vectors, key_of, metadata_of, source_of, tags_of, text_of
from bench.compare.programs import BenchmarkFailed

try:
    from pgvector import HalfVector as HalfVector
except ImportError:  # 0.3, which the peers ask for
    from pgvector.psycopg import HalfVector  # type: ignore[attr-defined, no-redef]

DOCUMENTS = """
COPY knowledge_document (id, source, key, content, content_hash, facts_hash, tags, metadata, created_at, stored_at,
                         deleted_reason) FROM STDIN (FORMAT BINARY)
"""
DOCUMENT_TYPES = ["int8", *["text"] * 3, "bytea", "bytea", "text[]", "jsonb", "timestamptz", "timestamptz", "text"]

PASSAGES = """
COPY knowledge_passage (document_id, model_id, ordinal, "start", "end", text_hash, vector, attempts, error)
FROM STDIN (FORMAT BINARY)
"""
PASSAGE_TYPES = ["int8", "int8", "int4", "int4", "int4", "bytea", "halfvec", "int2", "text"]

GRAPHS = """
SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid = 'knowledge_passage'::regclass AND a.amname = 'hnsw'
"""
OTHERS_BUILT_AFTERWARDS = ("fulltext_lexemes", "document_tags", "document_metadata")

MARK = "COMMENT ON TABLE knowledge_document IS 'filled by bench'"
MARKED = "SELECT obj_description('knowledge_document'::regclass) = 'filled by bench'"

Numbered = tuple[int, str]
"""A row's number and its text."""


def database_url(data_dir: Path) -> str:
    return str(json.loads((data_dir / "stack.json").read_text())["database_url"])


def beside(database_url: str, name: str) -> str:
    """The URL of another database on the same server."""
    return f"{database_url.rpartition('/')[0]}/{name}"


@contextmanager
def connected(data_dir: Path) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url(data_dir), autocommit=True) as connection:
        register_vector(connection)
        yield connection


def active_model(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    """Its row and its dimensions."""
    row = connection.execute("SELECT id, dimensions FROM knowledge_embeddingmodel WHERE state = 'active'").fetchone()
    assert row
    return int(row[0]), int(row[1])


def is_filled(connection: psycopg.Connection[Any]) -> bool:
    """Raises BenchmarkFailed where a run was broken off while it filled the store."""
    if _has(connection, MARKED):
        return True
    if _has(connection, "SELECT EXISTS (SELECT 1 FROM knowledge_document)"):
        raise BenchmarkFailed("This store was left half filled. Remove its folder, or name another.")
    return False


def _has(connection: psycopg.Connection[Any], question: str) -> bool:
    row = connection.execute(question).fetchone()
    return bool(row and row[0])


def fill(connection: psycopg.Connection[Any], corpus: Corpus, *, write_words: Callable[[], object]) -> None:
    """Store the corpus in an empty store whose model is active: rows by COPY, their words, then the large indexes.

    Where the product keeps a graph, it is one of them; another index finds the rows by itself.
    """
    model, _ = active_model(connection)
    with built_afterwards(connection, *graphs(connection), *OTHERS_BUILT_AFTERWARDS):
        with connection.transaction():  # an index that follows the rows then finds all of them at once
            for first in range(0, corpus.documents, STRIDE):
                texts = [(row, text_of(row)) for row in range(first, min(first + STRIDE, corpus.documents))]
                _copy_documents(connection, texts)
                _copy_passages(connection, texts, vectors=corpus.vectors, model=model)
        connection.execute("SELECT setval(pg_get_serial_sequence('knowledge_document', 'id'), %s)", [corpus.documents])
        write_words()
    connection.execute("VACUUM ANALYZE knowledge_document, knowledge_passage, knowledge_fulltextrow")
    connection.execute(MARK)


def graphs(connection: psycopg.Connection[Any]) -> list[str]:
    """The names of pgvector's graphs over the passages; none where another index is in use."""
    return [str(name) for (name,) in connection.execute(GRAPHS)]


@contextmanager
def built_afterwards(connection: psycopg.Connection[Any], *indexes: str) -> Iterator[None]:
    """Without these indexes meanwhile: built over what is there they take a fraction of the time."""
    definitions = [_definition(connection, index) for index in indexes]
    for index in indexes:
        connection.execute(f"DROP INDEX {index}")
    yield
    build(connection, *definitions)


def build(connection: psycopg.Connection[Any], *definitions: str) -> None:
    """Indexes over what is there, with memory and workers for it."""
    connection.execute("SET maintenance_work_mem = '3GB'")  # the graph of a million vectors needs half of it
    connection.execute("SET max_parallel_maintenance_workers = 2")
    for definition in definitions:
        connection.execute(definition)


def _definition(connection: psycopg.Connection[Any], index: str) -> str:
    row = connection.execute("SELECT pg_get_indexdef(%s::regclass)", [index]).fetchone()
    assert row
    return str(row[0])


def _copy_documents(connection: psycopg.Connection[Any], texts: Sequence[Numbered]) -> None:
    now, unread = datetime.now(UTC), bytes(32)
    with connection.cursor() as cursor, cursor.copy(DOCUMENTS) as copy:
        copy.set_types(DOCUMENT_TYPES)
        for row, text in texts:
            about = (tags_of(row), Jsonb(metadata_of(row)), now, now, "")
            copy.write_row((row + 1, source_of(row), key_of(row), text, digest_of(text), unread, *about))


def _copy_passages(
    connection: psycopg.Connection[Any], texts: Sequence[Numbered], *, vectors: Vectors, model: int
) -> None:
    with connection.cursor() as cursor, cursor.copy(PASSAGES) as copy:
        copy.set_types(PASSAGE_TYPES)
        for row, text in texts:
            copy.write_row((row + 1, model, 0, 0, len(text), digest_of(text), HalfVector(vectors[row]), 0, ""))


def digest_of(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
