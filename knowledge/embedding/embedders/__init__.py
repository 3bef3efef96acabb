"""Backends that turn texts into vectors. A full name says which: `local:…`, `ollama:…` or `openai:…`."""

from knowledge.embedding.embedders import minilm
from knowledge.embedding.embedders.base import Embedder, EmbedderMisconfigured
from knowledge.embedding.embedders.ollama import OllamaEmbedder
from knowledge.embedding.embedders.openai import OpenAIEmbedder


def embedder_for(full_name: str, *, ollama_url: str, openai_base_url: str, openai_api_key: str) -> Embedder:
    """The embedder of a full model name. Nothing is loaded or connected to before its first use.

    Raises EmbedderMisconfigured for a name that no backend has.
    """
    backend, _, model = full_name.partition(":")
    if full_name in minilm.NAMES:
        return minilm.MiniLMEmbedder(int8=full_name == minilm.INT8_NAME)
    if backend == "ollama" and model:
        return OllamaEmbedder(model, url=ollama_url)
    if backend == "openai" and model:
        return OpenAIEmbedder(model, url=openai_base_url, api_key=openai_api_key)
    raise EmbedderMisconfigured(
        f"There is no embedding model named {full_name!r}. Use {minilm.INT8_NAME}, {minilm.NAME}, ollama:<model> or "
        "openai:<model>."
    )
