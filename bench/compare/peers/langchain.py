"""LangChain's indexing API over PGVectorStore, in a database of its own on Larder's PostgreSQL."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import psycopg
from langchain_classic.indexes import SQLRecordManager
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.indexing import index
from langchain_postgres import PGEngine, PGVectorStore
from langchain_postgres.v2.indexes import HNSWIndex

from bench.compare.corpus import Corpus, key_of, row_of, tags_of, text_of
from bench.compare.store import beside

TABLE = "notes"


class ReadyEmbeddings(Embeddings):  # type: ignore[misc, unused-ignore]  # of unknown type where no peer is installed
    def __init__(self, corpus: Corpus) -> None:
        self.vectors = corpus.vectors

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows = [row_of(text) or 0 for text in texts]
        found: list[list[float]] = self.vectors[np.array(rows)].astype(np.float32).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


class LangChain:
    def __init__(self, store: PGVectorStore, records: SQLRecordManager) -> None:
        self.store = store
        self.records = records

    def push(self, documents: Sequence[Document]) -> None:
        """One call of `index()`, which removes what a source no longer holds, as a sync would."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it advises against SHA-1, its quickest and its default
            index(
                documents,
                self.records,
                self.store,
                cleanup="incremental",
                source_id_key="source",
                batch_size=len(documents),
            )


@contextmanager
def langchain(database_url: str, corpus: Corpus) -> Iterator[LangChain]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE langchain")
    address = beside(database_url, "langchain").replace("postgresql://", "postgresql+psycopg://")
    engine = PGEngine.from_connection_string(url=address)
    engine.init_vectorstore_table(TABLE, vector_size=corpus.width)
    store = PGVectorStore.create_sync(engine, ReadyEmbeddings(corpus), TABLE)
    store.apply_vector_index(HNSWIndex())
    records = SQLRecordManager("bench", db_url=address)
    records.create_schema()
    yield LangChain(store, records)


def as_documents(rows: range) -> list[Document]:
    return [
        Document(page_content=text_of(row), metadata={"source": key_of(row), "tags": tags_of(row), "row": row})
        for row in rows
    ]
