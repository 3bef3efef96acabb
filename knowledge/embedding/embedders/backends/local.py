"""The models that come with Larder and run in this process: see `knowledge.embedding.embedders.minilm`."""

from functools import partial
from typing import Any

from knowledge.embedding.embedders import Backend, ReadingWindow
from knowledge.embedding.embedders.base import Embedder
from knowledge.embedding.embedders.minilm_names import INT8_NAME, NAMES
from knowledge.embedding.weights import find_weights


def make(model: str, settings: Any) -> Embedder:
    from knowledge.embedding.embedders.minilm import MiniLMEmbedder  # here, because it brings ONNX Runtime

    return MiniLMEmbedder(int8=f"local:{model}" == INT8_NAME)


def window(model: str, settings: Any) -> ReadingWindow | None:
    """None where the model's files are missing: then nothing can be embedded anyway."""
    folder = find_weights(settings.DATA_DIR)
    if folder is None:
        return None
    from knowledge.embedding.embedders.minilm_tokens import (  # here, because it brings tokenizers
        READ_TOKENS,
        token_ends,
    )

    return ReadingWindow(tokens=READ_TOKENS, ends=partial(token_ends, folder=folder))


BACKEND = Backend(name="local", make=make, models=tuple(name.removeprefix("local:") for name in NAMES), window=window)
