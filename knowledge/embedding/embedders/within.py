"""How many texts are embedded within a time."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from knowledge.embedding.embedders.base import (
    MOST_TEXTS,
    Embedder,
    EmbedderFailing,
    EmbedderTimeout,
    EmbeddingRefused,
    Vector,
    expect_sound,
)
from knowledge.embedding.embedders.traced import embed

PATIENCE_S = 1.0
"""The least time that a call is given, even where the budget leaves less."""

STEP_S = 0.5
"""About how long one call should take, so that a budget is overrun by no more."""


@dataclass
class Pace:
    """How long a backend takes, as it was measured last. Threads share it: whose measure it holds does not matter."""

    s_per_weight: float | None = None


def embed_within(
    embedder: Embedder,
    texts: Sequence[str],
    *,
    budget_s: float | None,
    pace: Pace | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> list[Vector | EmbeddingRefused | None]:
    """For each text, in order: its vector, why it is refused, or None where the budget ended before it.

    Equal texts are embedded once, short texts first. Calls are sized by the speed that was measured, so a budget is
    overrun by about half a second, by one second when the backend stalls; None is no limit, 0 embeds nothing. A call
    that is refused is halved until the refused text stands alone. `pace` brings what former calls measured, and takes
    what these do; without it the first call is a single text.

    Raises EmbedderUnavailable when the backend can't be reached, also on the way (what was finished is then lost), and
    when a text is refused, none was embedded yet, and the backend refuses a harmless sentence too. EmbedderTimeout
    and EmbedderFailing are raised only without a budget; with one, a backend that stalls or fails leaves None.
    """
    ends_at = None if budget_s is None else clock() + budget_s
    run = _Run(embedder=embedder, clock=clock, ends_at=ends_at, pace=pace or Pace())
    run.embed(sorted(set(texts), key=len))
    return [run.done.get(text) for text in texts]


@dataclass
class _Run:
    embedder: Embedder
    clock: Callable[[], float]
    ends_at: float | None
    pace: Pace
    done: dict[str, Vector | EmbeddingRefused] = field(default_factory=dict)
    backend_is_sound: bool = False

    def embed(self, texts: Sequence[str]) -> None:
        waiting = deque(texts)
        at_most = MOST_TEXTS if self.pace.s_per_weight else 1
        try:
            while waiting and self._left_s() > 0:
                weight = self._step_s() / (self.pace.s_per_weight or 1e-9)
                batch = _take(waiting, at_most=at_most, weight=weight)
                began = self.clock()
                self._settle(batch)
                self.pace.s_per_weight = (self.clock() - began) / sum(map(_weight, batch))
                at_most = 4 * len(batch)
        except (EmbedderTimeout, EmbedderFailing):
            self.pace.s_per_weight = None
            if self.ends_at is None:
                raise

    def _settle(self, batch: Sequence[str]) -> None:
        if self._left_s() <= 0:
            return
        try:
            vectors = self._call(batch)
        except EmbeddingRefused as refused:
            if len(batch) > 1:
                middle = len(batch) // 2
                self._settle(batch[:middle])
                self._settle(batch[middle:])
            else:
                self._expect_sound_backend()
                self.done[batch[0]] = refused
        else:
            self.backend_is_sound = True
            self.done.update(zip(batch, vectors, strict=True))

    def _expect_sound_backend(self) -> None:
        if not self.backend_is_sound:
            expect_sound(self.embedder, timeout_s=self._timeout_s())
            self.backend_is_sound = True

    def _call(self, batch: Sequence[str]) -> list[Vector]:
        return embed(self.embedder, batch, timeout_s=self._timeout_s())

    def _timeout_s(self) -> float | None:
        return None if self.ends_at is None else max(self._left_s(), PATIENCE_S)

    def _step_s(self) -> float:
        return min(STEP_S, self._left_s())

    def _left_s(self) -> float:
        return float("inf") if self.ends_at is None else self.ends_at - self.clock()


def _weight(text: str) -> int:
    """What a text costs, roughly: its characters, and something for itself."""
    return len(text) + 32


def _take(waiting: deque[str], *, at_most: int, weight: float) -> list[str]:
    """The next texts up to a total weight, at least one."""
    batch = [waiting.popleft()]
    weight -= _weight(batch[0])
    while waiting and len(batch) < min(at_most, MOST_TEXTS) and _weight(waiting[0]) <= weight:
        batch.append(waiting.popleft())
        weight -= _weight(batch[-1])
    return batch
