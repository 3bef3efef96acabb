"""pgvector by bare SQL, as one would write it by hand: a table of its own with a graph and an index of its tags.

It lies in a database of its own on Larder's PostgreSQL, asked by prepared statements over kept connections. With
nothing in front of it, it is the floor of whatever asks a graph. See docs/decisions/0219.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg.types.json import Jsonb

from bench.compare.corpus import STRIDE, Corpus, key_of, tags_of, text_of
from bench.compare.cpu import Processes
from bench.compare.measure import Call, Client
from bench.compare.sizes import TOP_K
from bench.compare.stack import Stack
from bench.compare.store import HalfVector, beside, build, database_url

DATABASE = "bare_sql"
EF_SEARCH = 144
"""How far the graph is walked: as far as Larder walks its own with `SEARCH_INDEX=hnsw`."""

TABLE = """
CREATE TABLE notes (key text NOT NULL, content text NOT NULL, tags text[] NOT NULL, metadata jsonb NOT NULL,
                    vector halfvec({width}) NOT NULL)
"""
COPY = "COPY notes (key, content, tags, metadata, vector) FROM STDIN (FORMAT BINARY)"
TYPES = ["text", "text", "text[]", "jsonb", "halfvec"]
INDEXES = (
    "CREATE INDEX ON notes USING hnsw (vector halfvec_cosine_ops)",
    "CREATE INDEX ON notes USING gin (tags)",
    "CREATE UNIQUE INDEX notes_key ON notes (key)",
)
BUILT = "SELECT 1 FROM pg_class WHERE relname = 'notes_key'"

# Expects: Index Scan using the graph; under a narrow tag the index of tags and a sort by true distance.
NEAREST = """
SELECT key, content, tags, metadata, 1 - (vector <=> %s::halfvec({width})) AS score
FROM notes {where} ORDER BY vector <=> %s::halfvec({width}) LIMIT {count}
"""
UNDER = "WHERE tags @> ARRAY['{tag}']"


@dataclass(frozen=True, kw_only=True)
class BareSql:
    url: str
    corpus: Corpus
    processes: Processes
    name: str = "bare SQL"

    def clients(self, *, tag: str = "") -> Client:
        vectors = cycle([HalfVector(self.corpus.vectors[row]) for row in self.corpus.question_rows()])
        statement = self._statement(tag)

        @contextmanager
        def one() -> Iterator[Call]:
            with self._connected() as connection:
                yield lambda: _ask(connection, statement, next(vectors))

        return one

    def found(self, rows: Iterable[int], *, tag: str = "") -> list[set[str]]:
        with self._connected() as connection:
            vectors = (HalfVector(self.corpus.vectors[row]) for row in rows)
            statement = self._statement(tag)
            return [{str(key) for key, *_ in _ask(connection, statement, vector)} for vector in vectors]

    def _statement(self, tag: str) -> str:
        where = UNDER.format(tag=tag) if tag else ""
        return NEAREST.format(width=self.corpus.width, where=where, count=TOP_K)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            register_vector(connection)
            connection.execute(f"SET hnsw.ef_search = {EF_SEARCH}")
            connection.execute("SET hnsw.iterative_scan = strict_order")
            yield connection


def _ask(connection: psycopg.Connection[Any], statement: str, vector: HalfVector) -> list[tuple[Any, ...]]:
    return connection.execute(statement, [vector, vector], prepare=True, binary=True).fetchall()


def bare_sql(stack: Stack, corpus: Corpus) -> BareSql:
    """The table, made and filled where it is not there yet."""
    url = beside(database_url(stack.data_dir), DATABASE)
    with psycopg.connect(database_url(stack.data_dir), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute(BUILT).fetchone():
            _fill(connection, corpus)
    return BareSql(url=url, corpus=corpus, processes=stack.database)


def _fill(connection: psycopg.Connection[Any], corpus: Corpus) -> None:
    connection.execute("CREATE EXTENSION IF NOT EXISTS vector")
    connection.execute("DROP TABLE IF EXISTS notes")
    connection.execute(TABLE.format(width=corpus.width))
    register_vector(connection)
    for first in range(0, corpus.documents, STRIDE):
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            copy.set_types(TYPES)
            for row in range(first, min(first + STRIDE, corpus.documents)):
                about = (tags_of(row), Jsonb({"row": row}))
                copy.write_row((key_of(row), text_of(row), *about, HalfVector(corpus.vectors[row])))
    build(connection, *INDEXES)
    connection.execute("VACUUM ANALYZE notes")
