"""Chroma's HTTP server: filled with its own client, asked over the same wire as Larder."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import chromadb
import numpy as np

from bench.compare.corpus import Corpus, key_of, metadata_of, text_of
from bench.compare.cpu import Processes
from bench.compare.measure import Client, client
from bench.compare.programs import free_port, listens, running, wait_until
from bench.compare.sizes import TOP_K
from bench.compare.wire import Line, post_request

BATCH = 1_000
COLLECTION = "/api/v2/tenants/default_tenant/databases/default_database/collections"


@dataclass(frozen=True, kw_only=True)
class Chroma:
    port: int
    collection: str
    corpus: Corpus
    processes: Processes
    name: str = "Chroma"

    def clients(self, *, tag: str = "", where: dict[str, Any] | None = None) -> Client:
        questions = [self._question(row, tag=tag, where=where) for row in self.corpus.question_rows()]
        return partial(client, self.port, cycle(questions))

    def found(self, rows: Iterable[int], *, tag: str = "") -> list[set[str]]:
        with Line(self.port) as line:
            return [set(line.json(self._question(row, tag=tag))["ids"][0]) for row in rows]

    def _question(self, row: int, *, tag: str, where: dict[str, Any] | None = None) -> bytes:
        where = {tag: True} if tag else where
        body = {
            "query_embeddings": [np.asarray(self.corpus.vectors[row], dtype=np.float32).tolist()],
            "n_results": TOP_K,
            "include": ["documents", "metadatas", "distances"],
            **({"where": where} if where else {}),
        }
        return post_request(f"{COLLECTION}/{self.collection}/query", body)


@contextmanager
def chroma(folder: Path, corpus: Corpus) -> Iterator[Chroma]:
    """A server that holds the corpus, filled where it does not yet; each tag is a metadata field, true or not there."""
    port = free_port()
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with running(command, variables={"ANONYMIZED_TELEMETRY": "False"}) as process:
        wait_until(lambda: listens(port, process), what="Chroma")
        client = chromadb.HttpClient(
            host="127.0.0.1", port=port, settings=chromadb.Settings(anonymized_telemetry=False)
        )
        collection = client.get_or_create_collection(
            "bench", configuration={"hnsw": {"space": "cosine"}}, embedding_function=None
        )
        _fill(collection, corpus)
        processes = Processes(roots=(process.pid,), rest="chroma")
        yield Chroma(port=port, collection=str(collection.id), corpus=corpus, processes=processes)


def _fill(collection: chromadb.Collection, corpus: Corpus) -> None:
    for first in range(collection.count(), corpus.documents, BATCH):
        rows = range(first, min(first + BATCH, corpus.documents))
        collection.upsert(
            ids=[key_of(row) for row in rows],
            embeddings=corpus.vectors[rows.start : rows.stop].astype(np.float32),
            documents=[text_of(row) for row in rows],
            metadatas=[metadata_of(row) for row in rows],
        )
