"""What every embedder promises, and how its answers are checked.

EmbedderError
├── EmbedderUnavailable       nothing can be embedded now; try again
│   ├── EmbedderTimeout       no answer in time
│   │   ├── EmbedderLoading   it still loads the model
│   │   └── EmbedderBusy      too many requests wait for it already
│   ├── EmbedderFailing       it answers, but what it does not do for one text it does for none
│   └── EmbedderMisconfigured no such model, or its files are not what they should be; tell a person
│       └── DimensionsChanged another model answers under the name of the store's
└── EmbeddingRefused          these texts can't be embedded; others can
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from core.errors import LarderError

Vector = npt.NDArray[np.float32]

MOST_TEXTS = 64
"""Texts in one call of a backend, so that one request stays small and a lost one costs little."""

HARMLESS = "A plain sentence about nothing in particular."
BACKEND = "The embedding backend"
REFUSED = f"{BACKEND} refused the text"


class EmbedderError(LarderError):
    code = "embedder_error"


class EmbedderUnavailable(EmbedderError):
    """`embedding` in `extra`: {"url", "model", "reachable": false}. `advice`: what `detail` ends with, if any."""

    code = "embedder_unavailable"
    advice = ""


class EmbedderTimeout(EmbedderUnavailable):
    code = "embedder_timeout"


class EmbedderLoading(EmbedderTimeout):
    code = "embedder_loading"
    retry_after_s = 5


class EmbedderBusy(EmbedderTimeout):
    code = "embedder_busy"
    retry_after_s = 1


class EmbedderFailing(EmbedderUnavailable):
    """It is there and does not do its work: errors for every text, answers that break off."""


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
        raise EmbeddingRefused(f"The embedding backend answered {found} for {count} text{'' if count == 1 else 's'}.")
    vectors = _checked_rows(answer, dimensions)
    return _checked_one_by_one(answer, dimensions) if vectors is None else list(vectors)


def _checked_rows(answer: Any, dimensions: int | None) -> Vector | None:
    """All rows at once, in a third of the time; None where anything is the matter with one."""
    try:
        numbers = np.array(answer, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if numbers.ndim != 2 or numbers.shape[1] != (dimensions or numbers.shape[1]) or not np.isfinite(numbers).all():
        return None
    largest = np.abs(numbers).max(axis=1, initial=0.0, keepdims=True)
    if not largest.all():
        return None
    numbers /= largest
    lengths: npt.NDArray[np.float64] = np.linalg.norm(numbers, axis=1, keepdims=True)
    return (numbers / lengths).astype(np.float32)


def _checked_one_by_one(answer: Any, dimensions: int | None) -> list[Vector]:
    """To say what is the matter."""
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


def expect_sound(embedder: Embedder, *, timeout_s: float | None) -> None:
    """A refused text may be at fault itself; when a harmless one is refused too, the backend is: EmbedderFailing."""
    try:
        embedder.embed([HARMLESS], timeout_s=timeout_s)
    except EmbeddingRefused as refused:
        extra = unavailable_extra(url=embedder.url, model=embedder.name.partition(":")[2])
        raise EmbedderFailing(tell_every_text(refused), **extra) from refused


def tell_every_text(refused: EmbeddingRefused) -> str:
    """The sentence about a harmless text that was refused, made one about every text."""
    if refused.detail.startswith(REFUSED):
        return f"{BACKEND} refuses every text{refused.detail.removeprefix(REFUSED)}"
    return f"{BACKEND} refuses every text: {refused.detail.replace(BACKEND, 'it', 1)}"
