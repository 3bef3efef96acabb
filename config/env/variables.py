"""Every variable that Larder reads, once: its type, default, bounds, unit and what it is for.

A class is a group of them, its docstring the group's heading. `python -m config.env` writes `.env.example` and the
table of `docs/reference/limits.md` from them.
"""

from pydantic_settings import SettingsConfigDict

from config.env.base import Variables
from config.env.memory import MemoryVariables
from config.env.service import (
    ComposeVariables,
    KeyVariables,
    LinkVariables,
    MailVariables,
    ServerVariables,
    TraceVariables,
    WaitVariables,
    WebVariables,
)
from config.env.shapes import LOCAL_MODEL
from config.env.store import (
    DeletionVariables,
    EmbeddingVariables,
    IngestionVariables,
    LimitVariables,
    ProviderVariables,
    QdrantVariables,
    RerankVariables,
    TimeVariables,
)
from knowledge.embedding.embedders import BACKENDS

GROUPS: tuple[type[Variables], ...] = (
    ServerVariables,
    WaitVariables,
    ComposeVariables,
    KeyVariables,
    EmbeddingVariables,
    RerankVariables,
    QdrantVariables,
    WebVariables,
    TraceVariables,
    LinkVariables,
    MailVariables,
    LimitVariables,
    IngestionVariables,
    TimeVariables,
    DeletionVariables,
    ProviderVariables,
    MemoryVariables,
)


class Environment(
    ServerVariables,
    WaitVariables,
    KeyVariables,
    EmbeddingVariables,
    RerankVariables,
    QdrantVariables,
    WebVariables,
    TraceVariables,
    LinkVariables,
    MailVariables,
    LimitVariables,
    IngestionVariables,
    TimeVariables,
    DeletionVariables,
    ProviderVariables,
    MemoryVariables,
):
    """What the process environment says, judged; defaults where it says nothing."""

    model_config = SettingsConfigDict(defer_build=False)

    @property
    def embedding_model(self) -> str:
        """The configured model's full name, backend first.

        A name without a backend is Ollama's, and so is the default once `OLLAMA_URL` is set (bge-m3). With neither,
        the local model needs no server.
        """
        if self.EMBEDDING_MODEL.partition(":")[0] in BACKENDS:
            return self.EMBEDDING_MODEL
        return f"ollama:{self.EMBEDDING_MODEL or 'bge-m3'}" if self.embedding_model_is_chosen else LOCAL_MODEL

    @property
    def embedding_model_is_chosen(self) -> bool:
        """Somebody asks for a model. Where nobody does, a store keeps the local model that it began with."""
        return bool(self.model_fields_set & {"EMBEDDING_MODEL", "OLLAMA_URL"})
