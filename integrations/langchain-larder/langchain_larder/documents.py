"""LangChain's documents as Larder's, and back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from langchain_core.documents import Document
from larder_sdk import KnowledgeDocument, content_hash

Metadatas = Sequence[Mapping[str, Any]] | None
Ids = Sequence[str | None] | None


def larder_documents(
    texts: Iterable[str], metadatas: Metadatas, ids: Ids, *, tags: Sequence[str], **fields: Any
) -> list[KnowledgeDocument]:
    """One of each text; what has no id gets one. `fields` are those of all. Raises ValueError for uneven lists."""
    contents = list(texts)
    for name, given in (("metadatas", metadatas), ("ids", ids)):
        if given is not None and len(given) != len(contents):
            raise ValueError(f"There are {len(contents)} texts and {len(given)} {name}")
    return [
        KnowledgeDocument(id=key or str(uuid4()), content=content, metadata=dict(metadata), tags=[*tags], **fields)
        for content, metadata, key in zip(
            contents, metadatas or [{}] * len(contents), ids or [None] * len(contents), strict=True
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
