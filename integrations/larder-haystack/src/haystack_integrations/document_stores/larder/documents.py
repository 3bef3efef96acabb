"""Documents of Haystack as Larder's, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from haystack import Document
from haystack_integrations.document_stores.larder.filters import OWN
from larder_sdk import KnowledgeDocument
from pydantic import ValidationError

WRITTEN = ("source", "tags", "language", "updated_at", "expires_at")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How a store keeps documents: in which source, and whether with embeddings of their own, of which model."""

    source: str | None = None
    own_embeddings: bool = False
    embedding_model: str = ""


def to_larder(document: Document, terms: Terms) -> KnowledgeDocument:
    """Raises ValueError for what Larder has no place for, with the id of the document."""
    for name in ("blob", "sparse_embedding"):
        if getattr(document, name) is not None:
            raise ValueError(f"Document {document.id!r} has a {name}, which Larder does not keep.")
    if document.content is None:
        raise ValueError(f"Document {document.id!r} has no content; Larder keeps texts.")
    meta = dict(document.meta)
    fields = {"source": terms.source or ""} | _own_fields(meta.pop(OWN, None))
    if terms.own_embeddings:
        fields |= _vectors(document, terms.embedding_model)
    try:
        return KnowledgeDocument.model_validate(
            fields | {"id": document.id, "content": document.content, "metadata": meta}
        )
    except ValidationError as error:
        raise ValueError(f"Document {document.id!r} cannot be stored: {error}") from error


def from_larder(document: KnowledgeDocument, *, source: str | None, passages: bool = False) -> Document:
    """With `passages` the content of a hit is the passage that was met best.

    `meta["larder"]` has what Larder knows beside the metadata, and is left out where that is nothing.
    """
    own: dict[str, Any] = {name: getattr(document, name) for name in ("tags", "language") if getattr(document, name)}
    own |= {name: moment.isoformat() for name in ("updated_at", "expires_at") if (moment := getattr(document, name))}
    if document.source != source:
        own["source"] = document.source
    if document.passage and document.passage.count > 1:
        own["passage"] = document.passage.model_dump()
    return Document(
        id=document.id,
        content=document.excerpt if passages else document.content,
        meta=document.metadata | ({OWN: own} if own else {}),
        score=document.score,
        embedding=embedding_of(document),
    )


def _vectors(document: Document, embedding_model: str) -> dict[str, Any]:
    if document.embedding is None:
        raise ValueError(f"Document {document.id!r} has no embedding, and this store keeps embeddings of one's own.")
    return {"vectors": [{"vector": document.embedding}], "embedding_model": embedding_model}


def embedding_of(document: KnowledgeDocument) -> list[float] | None:
    """None for a document that was embedded in several passages, or not yet."""
    vectors = document.vectors or []
    return vectors[0].vector if len(vectors) == 1 else None


def merged(document: KnowledgeDocument, meta: Mapping[str, Any]) -> KnowledgeDocument:
    """The document with these names of its metadata set."""
    told = dict(meta)
    fields = _own_fields(told.pop(OWN, None))
    return KnowledgeDocument.model_validate(document.model_dump() | fields | {"metadata": document.metadata | told})


def _own_fields(own: Any) -> dict[str, Any]:
    own = {} if own is None else own
    if not isinstance(own, Mapping):
        raise ValueError(f"meta[{OWN!r}] is Larder's own part of a document, an object, not {own!r}.")
    return {name: own[name] for name in WRITTEN if name in own}


def checked(documents: Any) -> list[Document]:
    """Raises ValueError for anything but documents."""
    if not isinstance(documents, Iterable) or isinstance(documents, str | bytes | Mapping):
        raise ValueError(f"Documents are written as a list, not as {type(documents).__name__}.")
    found = list(documents)
    for each in found:
        if not isinstance(each, Document):
            raise ValueError(f"Only Haystack's documents can be written, not {type(each).__name__} {each!r}.")
    return found
