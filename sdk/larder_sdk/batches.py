"""Documents on their way to Larder, written as JSON and in pushes that the server takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic_core import PydanticSerializationError

from larder_sdk.documents import KnowledgeDocument
from larder_sdk.errors import Invalid

MAX_BATCH = 1000
"""Documents that one push may hold."""
MAX_BATCH_BYTES = 30 * 1024 * 1024
"""Bytes of documents in one push: the server's 32 MiB with room to spare."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Encoded documents of one push; `first` is the place of the first one among all that were passed."""

    first: int
    documents: Sequence[bytes]

    def body(self) -> bytes:
        return b'{"documents":[' + b",".join(self.documents) + b"]}"


def batches(
    docs: Iterable[KnowledgeDocument],
    *,
    source: str = "",
    max_documents: int = MAX_BATCH,
    max_bytes: int = MAX_BATCH_BYTES,
) -> Iterator[Batch]:
    """Documents in pushes that the server takes. One that is too long by itself goes alone, to be refused by name."""
    encoded = (encode(doc, index=index, source=source) for index, doc in enumerate(docs))
    return grouped(encoded, max_documents=max_documents, max_bytes=max_bytes)


def grouped(
    encoded: Iterable[bytes], *, max_documents: int = MAX_BATCH, max_bytes: int = MAX_BATCH_BYTES
) -> Iterator[Batch]:
    """The same of documents that are encoded already."""
    held: list[bytes] = []
    first = held_bytes = 0
    for index, document in enumerate(encoded):
        if held and (len(held) == max_documents or held_bytes + len(document) + 1 > max_bytes):
            yield Batch(first=first, documents=held)
            first, held, held_bytes = index, [], 0
        held.append(document)
        held_bytes += len(document) + 1
    if held:
        yield Batch(first=first, documents=held)


def encode(doc: KnowledgeDocument, *, index: int, source: str) -> bytes:
    """A document on the wire; an empty source takes the one given."""
    if source and not doc.source:
        doc = doc.model_copy(update={"source": source})
    try:
        unsent = {"score", "passage", "rerank_score"}
        unsent |= set() if doc.vectors else {"vectors", "embedding_model"}
        return doc.model_dump_json(exclude=unsent).encode()
    except PydanticSerializationError as error:
        reason = f"cannot be written as JSON: {error}"
        errors = [{"index": index, "id": doc.id, "field": "metadata", "reason": reason}]
        raise Invalid(f"Document {doc.id!r} {reason}", code="invalid_documents", extra={"errors": errors}) from error
