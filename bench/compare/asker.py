"""Larder as a contender: one analyzer that asks a stack which holds the corpus."""

import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from bench.compare.corpus import Corpus
from bench.compare.cpu import Processes
from bench.compare.measure import Client, client, rates
from bench.compare.programs import ROOT, BenchmarkFailed
from bench.compare.sizes import CLIENTS, TOP_K
from bench.compare.stack import Stack, larder, ready_embedder
from bench.compare.store import connected, fill, is_filled
from bench.compare.wire import Line

EXPLAINED = 30
WARM_S = 2.0
SMALL = 10_000
"""Documents up to which a store may answer everything exactly, so that nobody waits for its index for long."""
INDEXED_WITHIN_S, SMALL_WITHIN_S = 1_800, 20


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Questions to one filled stack, by one analyzer's key."""

    stack: Stack
    corpus: Corpus
    key: str
    name: str = "Larder"

    @property
    def processes(self) -> Processes:
        return self.stack.processes

    def answers(self, count: int, **asked: Any) -> list[dict[str, Any]]:
        """To so many questions that nobody has asked like this before."""
        with Line(self.stack.port) as line:
            return [line.json(request) for request in islice(self._distinct(**asked), count)]

    def found(self, rows: Iterable[int], *, tag: str = "") -> list[set[str]]:
        requests = self.stack.questions(rows, key=self.key, top_k=TOP_K, tag=tag)
        with Line(self.stack.port) as line:
            return [{document["id"] for document in line.json(request)["documents"]} for request in requests]

    def clients(self, *, tag: str = "", mode: str = "semantic", **more: Any) -> Client:
        return partial(client, self.stack.port, self._distinct(tag=tag, mode=mode, **more))

    def _distinct(self, **asked: Any) -> Iterator[bytes]:
        return self.stack.distinct_questions(self.corpus.question_rows(), key=self.key, top_k=TOP_K, **asked)

    def warm(self) -> None:
        """Ask every question once, so that its vector is remembered; then all clients at once, to load the rest."""
        self.answers(self.corpus.questions)
        rates({"larder": (self.clients(), self.processes)}, clients=CLIENTS, seconds=WARM_S, turns=1)

    def embed_ms(self, **asked: Any) -> float:
        """What an answer still spends on the question's vector; no store's merit and no store's fault."""
        if asked.get("mode") == "keyword":
            return 0
        answers = self.answers(EXPLAINED, explain=True, **asked)
        return float(median(answer["explanation"]["embed_ms"] for answer in answers))

    def plans(self, **asked: Any) -> str:
        answers = self.answers(EXPLAINED, explain=True, **asked)
        return "/".join(sorted({answer["explanation"]["plan"] for answer in answers}))

    def wait_until_indexed(self) -> None:
        """Until the index holds every row, and a question without a filter is answered by it: `explain` names the plan.

        Raises BenchmarkFailed where that never is.
        """
        small = self.corpus.documents <= SMALL
        ends_at = time.monotonic() + (SMALL_WITHIN_S if small else INDEXED_WITHIN_S)
        while self.stack.unseen_rows() or "index" not in self.plans():
            if time.monotonic() > ends_at:
                if small:
                    return
                raise BenchmarkFailed(f"The index was not ready within {INDEXED_WITHIN_S} s.")
            time.sleep(1)


def filled_stack(corpus: Corpus, data_dir: Path, running: ExitStack, root: Path = ROOT, /, **variables: str) -> Asker:
    """A running stack that holds the corpus; what an earlier run has left in its data directory is kept."""
    ready = running.enter_context(ready_embedder(corpus))
    stack = running.enter_context(larder(data_dir, root, **ready, **variables))
    stack.make_model()
    with connected(data_dir) as connection:
        if not is_filled(connection):
            fill(connection, corpus, write_words=partial(stack.manage, "rewrite_fulltext"))
    asker = Asker(stack=stack, corpus=corpus, key=stack.key("analyzer"))
    asker.wait_until_indexed()
    return asker
