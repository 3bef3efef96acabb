"""The models that come with Larder and run in this process: see `knowledge.embedding.embedders.minilm`."""

from typing import Any

from knowledge.embedding.embedders import Backend
from knowledge.embedding.embedders.base import Embedder

MODEL = "all-MiniLM-L6-v2"
INT8_MODEL = f"{MODEL}-int8"


def make(model: str, settings: Any) -> Embedder:
    from knowledge.embedding.embedders.minilm import MiniLMEmbedder  # here, because it brings ONNX Runtime

    return MiniLMEmbedder(int8=model == INT8_MODEL)


BACKEND = Backend(name="local", make=make, models=(INT8_MODEL, MODEL))
NAMES = tuple(BACKEND.full_names())
INT8_NAME, NAME = NAMES
