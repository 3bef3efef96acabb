"""The models that come with Larder and run in this process: see `knowledge.embedding.embedders.minilm`."""

from typing import Any

from knowledge.embedding.embedders import Backend
from knowledge.embedding.embedders.base import Embedder
from knowledge.embedding.embedders.minilm_names import INT8_NAME, NAMES


def make(model: str, settings: Any) -> Embedder:
    from knowledge.embedding.embedders.minilm import MiniLMEmbedder  # here, because it brings ONNX Runtime

    return MiniLMEmbedder(int8=f"local:{model}" == INT8_NAME)


BACKEND = Backend(name="local", make=make, models=tuple(name.removeprefix("local:") for name in NAMES))
