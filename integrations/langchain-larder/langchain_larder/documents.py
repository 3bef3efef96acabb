"""LangChain's documents as Larder's, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.documents import Document
from larder_sdk import KnowledgeDocument, OwnVector, content_hash

Metadatas = Sequence[Mapping[str, Any]] | None
Ids = Sequence[str | None] | None
Vectors = Sequence[Sequence[float]] | None


def larder_documents(
    texts: Sequence[str], metadatas: Metadatas, ids: Ids, vectors: Vectors = None, **fields: Any
) -> list[KnowledgeDocument]:
    """One of each text; what has no id gets one. `fields` are those of all. Raises ValueError for uneven lists."""
    for name, given in (("metadatas", metadatas), ("ids", ids), ("vectors", vectors)):
        if given is not None and len(given) != len(texts):
            raise ValueError(f"There are {len(texts)} texts and {len(given)} {name}")
    nothing = [None] * len(texts)
    return [
        KnowledgeDocument(
            id=key or str(uuid4()),
            content=text,
            metadata=dict(metadata or {}),
            vectors=None if vector is None else [OwnVector(vector=[*vector])],
            **fields,
        )
        for text, metadata, key, vector in zip(
            texts, metadatas or nothing, ids or nothing, vectors or nothing, strict=True
        )
    ]


def named_by_content(documents: Iterable[Document]) -> Iterator[Document]:
    """Each once; what has no id gets one that its content and metadata make, so that it is the same the next time."""
    seen = set()
    for document in documents:
        key = document.id or content_hash(
            json.dumps([document.page_content, document.metadata], sort_keys=True, default=str)
        )
        if key not in seen:
            seen.add(key)
            yield document if document.id else document.model_copy(update={"id": key})


def langchain_document(found: KnowledgeDocument, *, passages: bool = False) -> Document:
    """With `passages` the passage that the question met best is all of its content."""
    content = found.excerpt if passages else found.content
    return Document(id=found.id, page_content=content, metadata=found.metadata)
