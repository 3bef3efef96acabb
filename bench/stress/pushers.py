"""Eight clients push, and somebody asks."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from typing import Any

from bench.compare.corpus import text_of
from bench.compare.stack import Stack
from bench.compare.store import connected
from bench.stress.scene import MOST_RETRY_S, Answer, Client, Scene

PUSHERS, BATCH, PUSHED_S = 8, 1_000, 30.0


@dataclass(frozen=True, kw_only=True)
class Pusher:
    """A provider that pushes batch after batch, and sends again what it is told to."""

    client: Client
    source: str
    rows: Iterator[int]
    answers: list[Answer] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)

    def push_until(self, ends_at: float) -> None:
        batch: list[dict[str, Any]] = []
        while time.monotonic() < ends_at:
            batch = batch or [_document(next(self.rows), self.source) for _ in range(BATCH)]
            answer = self.client.post("bulk-upsert", {"documents": batch})
            self.answers.append(answer)
            if answer.status == 200:
                self.acknowledged.extend(each["id"] for each in batch)
                batch = []
            time.sleep(min(answer.retry_after_s, MOST_RETRY_S))


def pushers(scene: Scene) -> None:
    rows = count(time.time_ns() // 1_000_000_000 * 1_000_000)
    made = [_pusher(scene.stack, number, rows) for number in range(PUSHERS)]
    ends_at = time.monotonic() + PUSHED_S

    def push() -> None:
        with ThreadPoolExecutor(PUSHERS) as together:
            list(together.map(lambda pusher: pusher.push_until(ends_at), made))

    seen = scene.meanwhile("pushers", push)
    answers = [answer for pusher in made for answer in pusher.answers]
    took = [answer.seconds for answer in answers]
    print(f"{PUSHERS} pushers, somebody asks: {seen.said(scene.idle)}")
    statuses = dict(Counter(answer.status for answer in answers))
    print(f"their pushes: {statuses}, p50 {median(took):.1f} s, at most {max(took):.1f} s")
    kept = sum(len(pusher.acknowledged) for pusher in made)
    lost = sum(_lost(scene.stack, pusher) for pusher in made)
    print(f"acknowledged: {kept:,} documents, lost: {lost}", flush=True)
    ratio = seen.p50 / scene.idle.p50
    scene.goals.goal("pushers: query p50 ≤ 2.5 × idle", ratio <= 2.5, f"{ratio:.1f}")
    scene.goals.goal("pushers: query p99 ≤ 1 s", seen.p99 <= 1, f"{seen.p99:.2f} s")
    scene.goals.goal("pushers: nothing is lost", not lost, str(lost))


def _pusher(stack: Stack, number: int, rows: Iterator[int]) -> Pusher:
    source = f"stress-{number}"
    return Pusher(client=Client(port=stack.port, key=stack.key("provider", source=source)), source=source, rows=rows)


def _document(row: int, source: str) -> dict[str, Any]:
    return {"id": f"note:{row}", "content": text_of(row), "tags": ["stress"], "source": source}


def _lost(stack: Stack, pusher: Pusher) -> int:
    """Acknowledged documents that the store does not hold once, and live."""
    with connected(stack.data_dir) as connection:
        found = connection.execute(
            "SELECT key FROM knowledge_document WHERE source = %s AND deleted_at IS NULL", [pusher.source]
        )
        return len(set(pusher.acknowledged) - {key for (key,) in found})
