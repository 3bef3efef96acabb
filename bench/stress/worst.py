"""The questions that cost most, four at a time, and somebody else asks."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from statistics import median
from typing import Any

from bench.compare.corpus import vocabulary
from bench.stress.scene import MOST_RETRY_S, Answer, Client, Scene

ASKERS, ASKED_S, ALONE = 4, 15.0, 5


def worst(scene: Scene) -> None:
    for name, ask in WORST.items():
        answers: list[Answer] = []
        seen = scene.meanwhile(name, partial(_together, scene.reader, ask, answers))
        took, statuses = [answer.seconds for answer in answers], Counter(answer.status for answer in answers)
        alone = sorted((ask(scene.reader) for _ in range(ALONE)), key=lambda answer: answer.seconds)[ALONE // 2]
        print(
            f"{name}: alone {alone.seconds:.2f} s ({alone.status}); {ASKERS} at a time p50 {median(took):.2f} s,",
            end=" ",
        )
        print(f"at most {max(took):.2f} s, {dict(statuses)}; somebody else: {seen.said(scene.idle)}", flush=True)
        scene.goals.goal(f"{name}: answered or refused within 2 s", alone.seconds <= 2, f"{alone.seconds:.2f} s")


def _together(reader: Client, ask: Callable[[Client], Answer], answers: list[Answer]) -> None:
    ends_at = time.monotonic() + ASKED_S

    def again(_: int) -> None:
        while time.monotonic() < ends_at:
            answer = ask(reader)
            answers.append(answer)
            time.sleep(min(answer.retry_after_s, MOST_RETRY_S))

    with ThreadPoolExecutor(ASKERS) as together:
        list(together.map(again, range(ASKERS)))


def _words(chance: random.Random, number: int) -> str:
    return " ".join("".join(chance.choices("qwxyzvjk", k=7)) for _ in range(number))


def _question(**asked: Any) -> Callable[[Client], Answer]:
    """No two alike, so that none is remembered."""

    def ask(client: Client) -> Answer:
        chance = random.Random(time.monotonic_ns())
        texts = {"common": " ".join(chance.sample(vocabulary()[:1_500], 1_200)), "unknown": _words(chance, 1_200)}
        return client.post("query", {"top_k": 1_000, **asked, "text": texts[asked["text"]]})

    return ask


@cache
def _large_body() -> bytes:
    """Made once: making it takes longer than refusing it does."""
    return b'{"text": "a", "x": [' + b"[]," * 10_300_000 + b"1]}"


def _large(client: Client) -> Answer:
    """The connection may be closed before all is sent."""
    began = time.perf_counter()
    try:
        return client.post("query", _large_body())
    except OSError:
        return Answer(status=413, seconds=time.perf_counter() - began)


WORST: dict[str, Callable[[Client], Answer]] = {
    "diverse, top_k 1000": _question(text="common", strategy="diverse"),
    "1,200 unknown words, by words": _question(text="unknown", mode="keyword"),
    "1,200 frequent words, by both, diverse": _question(text="common", mode="hybrid", strategy="diverse"),
    "a body of 31 MB": _large,
}
