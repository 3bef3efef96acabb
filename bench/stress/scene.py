"""A filled stack, somebody who asks ordinary questions, and what they see while something else goes on."""

import http.client
import json
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from bench.compare.corpus import make_corpus, word_by
from bench.compare.stack import API, Stack, larder
from bench.compare.store import connected, fill, is_filled
from bench.stress.goals import Goals

IDLE = 150
PAUSE_S = 0.05
MOST_RETRY_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    status: int
    seconds: float
    retry_after_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Client:
    """A client of one key. Each call is a connection of its own, as most programs that ask now and then make it."""

    port: int
    key: str

    def post(self, path: str, body: Any) -> Answer:
        return self._send("POST", f"{API}/{path}", body if isinstance(body, bytes) else json.dumps(body))

    def health(self) -> Answer:
        return self._send("GET", "/health", None)

    def _send(self, method: str, path: str, body: str | bytes | None) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        began = time.perf_counter()
        line.request(method, path, body, headers)
        answer = line.getresponse()
        answer.read()
        seconds, retry_after_s = time.perf_counter() - began, float(answer.headers.get("Retry-After", 0))
        line.close()
        return Answer(status=answer.status, seconds=seconds, retry_after_s=retry_after_s)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one who asks ordinary questions has seen."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def p50(self) -> float:
        return median(self.seconds)

    @property
    def p99(self) -> float:
        return quantiles(self.seconds, n=100)[98]

    def said(self, idle: "Asked") -> str:
        ratio = f"{self.p50 / idle.p50:.1f} times idle"
        return f"p50 {self.p50 * 1e3:.0f} ms ({ratio}), p99 {self.p99 * 1e3:.0f} ms, {dict(self.statuses)}"


@dataclass(frozen=True, kw_only=True)
class Scene:
    stack: Stack
    reader: Client
    idle: Asked
    goals: Goals = field(default_factory=Goals)

    def meanwhile(self, where: str, work: Callable[[], None]) -> Asked:
        """What somebody sees who asks while the work is done; somebody else asks for the health, which is a goal.

        Both are processes of their own, as the work keeps Python's lock here.
        """
        spawned = multiprocessing.get_context("spawn")
        with spawned.Manager() as manager, ProcessPoolExecutor(2, mp_context=spawned) as beside:
            over = manager.Event()
            asked = beside.submit(asking, self.reader, until=over)
            watched = beside.submit(_watching, self.reader, over)
            try:
                work()
            finally:
                over.set()
            self.goals.health(where, watched.result().p99)
            return asked.result()


@contextmanager
def filled(folder: Path, *, documents: int, root: Path) -> Iterator[Scene]:
    """A stack whose store holds so many documents, asked while nothing else happens."""
    corpus = make_corpus(documents, questions=0, folder=folder)
    with larder(folder / f"stress-{documents}", root) as stack:
        stack.make_model()
        with connected(stack.data_dir) as connection:
            if not is_filled(connection):
                fill(connection, corpus, write_words=partial(stack.manage, "rewrite_fulltext"))
        reader = Client(port=stack.port, key=stack.key("analyzer"))
        asking(reader, calls=IDLE // 3)
        idle = asking(reader, calls=IDLE)
        print(f"idle: {idle.said(idle)}", flush=True)
        yield Scene(stack=stack, reader=reader, idle=idle)


def asking(reader: Client, *, calls: int = 0, until: threading.Event | None = None) -> Asked:
    """Ask questions that nobody has asked before, with a pause after each, so often or until something is over."""
    asked, chance = Asked(), random.Random(time.monotonic_ns())
    while len(asked.seconds) < calls or (until is not None and not until.is_set()):
        answer = reader.post("query", {"text": " ".join(word_by(chance) for _ in range(6)), "top_k": 10})
        asked.seconds.append(answer.seconds)
        asked.statuses[answer.status] += 1
        time.sleep(PAUSE_S)
    return asked


def _watching(reader: Client, over: threading.Event) -> Asked:
    seen = Asked()
    while not over.wait(PAUSE_S) or len(seen.seconds) < 2:
        answer = reader.health()
        seen.seconds.append(answer.seconds)
        seen.statuses[answer.status] += 1
    return seen
