"""What every embedder promises, how its answers are checked, and how many texts are embedded within a time.

EmbedderError
├── EmbedderUnavailable       nothing can be embedded now; try again
│   ├── EmbedderTimeout       no answer in time
│   └── EmbedderMisconfigured no such model, or its files are not what they should be; tell a person
│       └── DimensionsChanged another model answers under the name of the store's
└── EmbeddingRefused          these texts can't be embedded; others can
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.errors import LarderError

Vector = npt.NDArray[np.float32]

MOST_TEXTS = 64
"""Texts in one call of a backend, so that one request stays small and a lost one costs little."""

STEP_S = 0.5
"""About how long one call should take, so that a budget is overrun by no more."""

PATIENCE_S = 1.0
"""The least time that a call is given, even where the budget leaves less."""

HARMLESS = "A plain sentence about nothing in particular."


class EmbedderError(LarderError):
    code = "embedder_error"


class EmbedderUnavailable(EmbedderError):
    """`embedding` in `extra`: {"url", "model", "reachable": false}."""

    code = "embedder_unavailable"


class EmbedderTimeout(EmbedderUnavailable):
    code = "embedder_timeout"


class EmbedderMisconfigured(EmbedderUnavailable):
    code = "embedder_misconfigured"


class DimensionsChanged(EmbedderMisconfigured):
    """Another model answers under the name: its vectors cannot be compared with those that the store has."""

    code = "embedding_dimensions_changed"

    def __init__(self, *, name: str, url: str, found: int, expected: int) -> None:
        where = f"The embedding backend at {url}" if url else "The local embedding backend"
        detail = (
            f"{where} now answers {found} dimensions under the name {name!r}; the store's vectors have {expected}. "
            "Nothing was changed. Bring the former model back under this name, or give the new one a name of its own "
            "and change over to it: `manage.py embedding_model add <name> --now`, then `activate <name>`."
        )
        embedding = {"url": url, "model": name.partition(":")[2], "reachable": True}
        super().__init__(detail, embedding=embedding)


class EmbeddingRefused(EmbedderError):
    code = "embedding_refused"


class Embedder(Protocol):
    @property
    def name(self) -> str:
        """The full name, with its prefix: `ollama:bge-m3`."""

    @property
    def url(self) -> str:
        """Where the backend is, without credentials; "" for a local model."""

    @property
    def dimensions(self) -> int:
        """May ask the backend the first time, and then raise what `embed` raises."""

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        """One vector of length 1 for each text, in order: all of them or an error.

        Raises EmbeddingRefused, EmbedderUnavailable, EmbedderTimeout. None waits as long as the backend sees fit.
        """

    def probe(self) -> None:
        """Raises EmbedderUnavailable, within two seconds or so, when nothing could be embedded now."""


def unavailable_extra(*, url: str, model: str) -> dict[str, Any]:
    """What an EmbedderUnavailable tells clients beside its sentence. `model` is without prefix."""
    return {"embedding": {"url": url, "model": model, "reachable": False}}


# --- checking ---------------------------------------------------------------------------------------------------------


def refuse_lone_surrogates(texts: Sequence[str]) -> None:
    """Half of a UTF-16 pair is no text; neither JSON nor a tokenizer can carry it."""
    for text in texts:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            detail = f"The text holds a lone surrogate at character {error.start}."
            raise EmbeddingRefused(detail) from None


def checked(answer: Any, *, count: int, dimensions: int | None) -> list[Vector]:
    """The backend's rows as vectors of length 1. `dimensions` None: any, but the same for all.

    Length 1 changes no cosine, and keeps huge and tiny numbers within what half precision holds.
    Raises EmbeddingRefused for a wrong count or width, for what is not a finite number, and for a zero vector.
    """
    if not isinstance(answer, list | np.ndarray) or len(answer) != count:
        found = f"{len(answer)} vectors" if isinstance(answer, list | np.ndarray) else "no list of vectors"
        raise EmbeddingRefused(f"The embedding backend answered {found} for {count} texts.")
    vectors: list[Vector] = []
    for row in answer:
        vectors.append(_checked_row(row, dimensions))
        dimensions = vectors[0].size
    return vectors


def _checked_row(row: Any, dimensions: int | None) -> Vector:
    try:
        numbers = np.asarray(row, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise EmbeddingRefused("The embedding backend answered a vector that is no list of numbers.") from None
    if numbers.ndim != 1 or numbers.size != (dimensions or numbers.size):
        found = "x".join(map(str, numbers.shape)) or "no"
        raise EmbeddingRefused(f"The embedding backend answered {found} dimensions; the model has {dimensions}.")
    if not np.isfinite(numbers).all():
        raise EmbeddingRefused("The embedding backend answered a vector with NaN or infinite numbers.")
    largest = np.abs(numbers).max(initial=0.0)
    if largest == 0:
        raise EmbeddingRefused("The embedding backend answered a zero vector.")
    numbers /= largest
    return (numbers / np.linalg.norm(numbers)).astype(np.float32)


# --- many texts within a time -----------------------------------------------------------------------------------------


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
    is raised only without a budget; with one, a stalled backend leaves None.
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
        except EmbedderTimeout:
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
        """A refused text may be at fault itself; when a harmless one is refused too, the backend is."""
        if self.backend_is_sound:
            return
        try:
            self._call([HARMLESS])
        except EmbeddingRefused as refused:
            extra = unavailable_extra(url=self.embedder.url, model=self.embedder.name.partition(":")[2])
            detail = f"The embedding backend refuses every text: {refused.detail}"
            raise EmbedderUnavailable(detail, **extra) from refused
        self.backend_is_sound = True

    def _call(self, batch: Sequence[str]) -> list[Vector]:
        timeout_s = None if self.ends_at is None else max(self._left_s(), PATIENCE_S)
        return self.embedder.embed(batch, timeout_s=timeout_s)

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
