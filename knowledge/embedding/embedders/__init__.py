"""Backends that turn texts into vectors: a file each in `backends/`, called as the prefix of its models' full names.

`ollama:bge-m3` is the model bge-m3 of `backends/ollama.py`. Importing this imports no backend and no library: whoever
reads the settings asks here which backends there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.registry import Registry, nearest
from core.slips import edits

if TYPE_CHECKING:
    from knowledge.embedding.embedders.base import Embedder


@dataclass(frozen=True, kw_only=True)
class ReadingWindow:
    """A model reads a text up to its `tokens`-th token; `ends` tells where each ends, in characters and in order."""

    tokens: int
    ends: Callable[[str], Sequence[int]]


@dataclass(frozen=True, kw_only=True)
class Backend:
    """`make` takes a model's name without prefix, and the settings; it loads nothing and connects to nothing.

    `models` are the names of those that there are, where the backend knows them. `window` takes the same and tells how
    much of a text the model reads; None: all that it takes.
    """

    name: str
    make: "Callable[[str, Any], Embedder]"
    models: tuple[str, ...] = ()
    window: "Callable[[str, Any], ReadingWindow | None] | None" = None

    def full_names(self) -> list[str]:
        return [f"{self.name}:{model}" for model in self.models or ("<model>",)]

    def has(self, model: str) -> bool:
        return model in self.models if self.models else bool(model)


BACKENDS: Registry[Backend] = Registry("knowledge.embedding.embedders.backends", "BACKEND", noun="embedding backend")


def embedder_for(full_name: str, settings: Any) -> "Embedder":
    """The embedder of a full model name. Nothing is loaded or connected to before its first use.

    Raises EmbedderMisconfigured for a name that no backend has.
    """
    prefix, _, model = full_name.partition(":")
    if prefix in BACKENDS and BACKENDS[prefix].has(model):
        return BACKENDS[prefix].make(model, settings)
    from knowledge.embedding.embedders.base import EmbedderMisconfigured  # here, because it brings numpy

    usable = [name for backend in BACKENDS.values() for name in backend.full_names()]
    near = nearest(full_name, usable) or ("" if prefix in BACKENDS else nearest(prefix, BACKENDS.names))
    meant = f" Did you mean {near}?" if near else ""
    raise EmbedderMisconfigured(
        f"There is no embedding model named {full_name!r}.{meant} Use {', '.join(usable[:-1])} or {usable[-1]}."
    )


def window_for(full_name: str, settings: Any) -> ReadingWindow | None:
    """How much of a text the model of this name reads; None where it reads all, or nobody knows."""
    prefix, _, model = full_name.partition(":")
    window = BACKENDS[prefix].window if prefix in BACKENDS else None
    return window(model, settings) if window else None


def misspelled_backend(name: str) -> str:
    """The backend that was meant where a model's name begins with one that is a slip away, as `opnai:…`; otherwise "".

    Names of Ollama's models have colons themselves (`bge-m3:567m`), so what is further away is left to Ollama.
    """
    prefix, colon, _ = name.partition(":")
    if not colon or prefix in BACKENDS:
        return ""
    typed = prefix.strip().casefold()
    return next((each for each in BACKENDS if typed[:1] == each[0] and edits(typed, each) <= 1), "")
