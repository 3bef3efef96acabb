"""A backend held to the width of the vectors that the store has of its model.

The name of a model says nothing about its width: somebody may pull another model under the same name, or point the same
name at another server. Vectors of two models are never compared, so nothing of the new width may get in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.embedding.embedders.base import (
    HARMLESS,
    DimensionsChanged,
    Embedder,
    EmbeddingRefused,
    Vector,
)


@dataclass(frozen=True, kw_only=True)
class FittedEmbedder:
    """The backend, as long as its vectors have `dimensions`."""

    backend: Embedder
    dimensions: int

    @property
    def name(self) -> str:
        return self.backend.name

    @property
    def url(self) -> str:
        return self.backend.url

    def embed(self, texts: Sequence[str], *, timeout_s: float | None = None) -> list[Vector]:
        """As the backend does; raises DimensionsChanged where it has become another model."""
        vectors = self.backend.embed(texts, timeout_s=timeout_s)
        for vector in vectors:
            if vector.size != self.dimensions:
                self._judge(vector.size, timeout_s=timeout_s)
        return vectors

    def probe(self) -> None:
        self.backend.probe()

    def _judge(self, found: int, *, timeout_s: float | None) -> None:
        """One odd vector may be the text's fault; when a harmless sentence comes as wide, the model is another."""
        usual = self.backend.embed([HARMLESS], timeout_s=timeout_s)[0].size
        if usual == self.dimensions:
            raise EmbeddingRefused(
                f"The embedding backend answered {found} dimensions; the model has {self.dimensions}."
            )
        raise DimensionsChanged(name=self.name, url=self.url, found=usual, expected=self.dimensions)
