"""Asking the same things all the time, and how long each answer took."""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles

import httpx

from bench.scheduler.stacks import Stack
from bench.stress.goals import Goals

API = "/api/v1/knowledge"
COLLECTION = "stress"
PATIENCE_S = 60
REFUSED_PAUSE_S = 1.0
WORDS = [f"word{number}" for number in range(2_000)]

Ask = Callable[[httpx.Client], httpx.Response]


@dataclass
class Sample:
    """Of one kind of request: seconds of each, and how often each status came."""

    seconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    @property
    def p50_s(self) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[49]

    @property
    def p99_s(self) -> float:
        return quantiles(self.seconds, n=100, method="inclusive")[98]

    def ask(self, client: httpx.Client, ask: Ask) -> bool:
        """Whether it was answered, and not refused."""
        began, status = time.perf_counter(), 0
        try:
            status = ask(client).status_code
            self.answers[str(status)] += 1
        except httpx.TransportError as error:
            self.answers[type(error).__name__] += 1
        self.seconds.append(time.perf_counter() - began)
        return 200 <= status < 300


Samples = dict[str, Sample]


def some_words() -> str:
    """A question that nobody has asked before."""
    return " ".join(random.sample(WORDS, 4))


def query(mode: str) -> Ask:
    return lambda client: client.post(f"{API}/query", json={"text": some_words(), "mode": mode, "top_k": 5})


_numbers = itertools.count(1)


def push(client: httpx.Client) -> httpx.Response:
    document = {"id": f"d{next(_numbers)}", "content": some_words(), "source": "stress"}
    return client.post(f"{API}/bulk-upsert", json={"documents": [document]})


def upload(client: httpx.Client) -> httpx.Response:
    file = (f"f{next(_numbers)}.txt", some_words().encode(), "text/plain")
    return client.post(f"/v1/collections/{COLLECTION}/documents", files={"files": file})


WATCHED: Mapping[str, Ask] = {
    "/health": lambda client: client.get("/health"),
    "sign-in page": lambda client: client.get("/login/"),
    "query by words": query("keyword"),
}


@contextmanager
def client_of(stack: Stack) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {stack.key}"}
    with httpx.Client(base_url=stack.web_url, headers=headers, timeout=PATIENCE_S, trust_env=False) as client:
        yield client


@contextmanager
def asking(stack: Stack, ask: Ask, *, at_once: int) -> Iterator[Sample]:
    """So many clients that ask one after another, for as long as the block lasts; who is refused waits for a second."""
    ended, samples = threading.Event(), [Sample() for _ in range(at_once)]
    together = Sample()

    def work(sample: Sample) -> None:
        with client_of(stack) as client:
            while not ended.is_set():
                if not sample.ask(client, ask):
                    ended.wait(REFUSED_PAUSE_S)

    threads = [threading.Thread(target=work, args=(sample,), daemon=True) for sample in samples]
    for thread in threads:
        thread.start()
    try:
        yield together
    finally:
        ended.set()
        for thread in threads:
            thread.join(PATIENCE_S)
        for sample in samples:
            together.seconds += sample.seconds
            together.answers += sample.answers


def measure(stack: Stack, asked: Mapping[str, Ask], *, seconds: float, pause_s: float = 0.02) -> Samples:
    """One after another, in turns, so that none of them waits for its like."""
    samples = {name: Sample() for name in asked}
    ends_at = time.monotonic() + seconds
    with client_of(stack) as client:
        while time.monotonic() < ends_at or min(len(each.seconds) for each in samples.values()) < 2:
            for name, ask in asked.items():
                samples[name].ask(client, ask)
            time.sleep(pause_s)
    return samples


@dataclass(kw_only=True)
class Report(Goals):
    """Goals, and a table of what was seen beside what is seen while nothing else happens."""

    idle: Samples

    def table(self, title: str, samples: Samples) -> None:
        print(f"\n{title}\n{'':24} {'p50':>9} {'p99':>9} {'p50 ÷ idle':>11} {'p99 ÷ idle':>11}  answers")
        for name, sample in samples.items():
            before = self.idle.get(name)
            ratios = (sample.p50_s / before.p50_s, sample.p99_s / before.p99_s) if before else (0, 0)
            shown = [f"{ratio:11.1f}" if ratio else f"{'':>11}" for ratio in ratios]
            times = f"{1_000 * sample.p50_s:6.1f} ms {1_000 * sample.p99_s:6.1f} ms"
            print(f"{name:24} {times} {' '.join(shown)}  {dict(sample.answers)}", flush=True)

    def judge_watched(self, where: str, samples: Samples) -> None:
        """What has to go on whatever is slow."""
        self.health(where, samples["/health"].p99_s)
        ratio = samples["query by words"].p50_s / self.idle["query by words"].p50_s
        self.goal(f"{where}: query by words p50 ≤ 2 × idle", ratio <= 2, f"{ratio:.1f}")
