"""Vectors that a document brings along, in place of those that the embedder would make of its text.

See docs/decisions/0290.
"""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from knowledge.embedding.embedders.base import Vector
from knowledge.errors import DocumentsRefused
from knowledge.models import EmbeddingModel
from knowledge.schemas import DocumentIn, VectorIn
from knowledge.staging import Identity, NewPassage, pack_vector


class OwnPassage(NamedTuple):
    start: int
    end: int
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVectors:
    """Those of one document, in the order of its text. `digest` tells them from others and from another model's."""

    digest: bytes
    passages: Sequence[OwnPassage]

    def passages_of(self, document_id: int, *, model: EmbeddingModel) -> Iterator[NewPassage]:
        for ordinal, (start, end, vector) in enumerate(self.passages):
            yield NewPassage(document_id, model.pk, ordinal, start, end, _hash_of(vector), vector)


def unit_vector(given: Sequence[float], *, model: EmbeddingModel) -> Vector:
    """A vector that somebody else made, of length 1. Raises ValueError where the model cannot have made it."""
    if len(given) != model.dimensions:
        raise ValueError(f"has {len(given):,} dimensions; those of {model.name!r} have {model.dimensions:,}")
    vector = np.asarray(given, dtype=np.float64)
    largest = np.abs(vector).max()
    if not largest:
        raise ValueError("is all zeros, which is near to nothing")
    vector /= largest  # the squares of what is very large or small are no numbers any more
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def read_own_vectors(items: Sequence[DocumentIn], *, model: EmbeddingModel) -> dict[Identity, OwnVectors]:
    """Of those documents that bring some. Raises DocumentsRefused with what is wrong of any of them."""
    found: dict[Identity, OwnVectors] = {}
    errors: list[dict[str, Any]] = []
    for index, item in enumerate(items):
        if not item.vectors:
            continue
        try:
            found[item.source, item.id] = _read(item, model=model)
        except _VectorFault as fault:
            errors.append({"index": index, "id": item.id, "field": fault.field, "reason": fault.reason})
    if errors:
        first = errors[0]
        told = f"{first['id']!r}: `{first['field']}` {first['reason']}"
        raise DocumentsRefused(
            f"{len(errors)} of {len(items)} documents bring vectors that the store cannot take; "
            f"nothing was stored. {told}.",
            errors=errors,
        )
    return found


def own_vectors(passages: Sequence[OwnPassage], *, model: str) -> OwnVectors:
    ordered = sorted(passages, key=lambda passage: passage[:2])
    digest = hashlib.sha256(model.encode() + b"\0")
    for start, end, vector in ordered:
        digest.update(struct.pack("!II", start, end) + pack_vector(vector))
    return OwnVectors(digest=digest.digest(), passages=ordered)


class _VectorFault(Exception):
    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


def _read(item: DocumentIn, *, model: EmbeddingModel) -> OwnVectors:
    if item.embedding_model not in ("", model.name):
        raise _VectorFault("embedding_model", f"is {item.embedding_model[:64]!r}; the store's is {model.name!r}")
    passages = [_passage(place, each, item.content, model=model) for place, each in enumerate(item.vectors)]
    return own_vectors(passages, model=model.name)


def _passage(place: int, given: VectorIn, content: str, *, model: EmbeddingModel) -> OwnPassage:
    end = len(content) if given.end is None else given.end
    if not given.start < end <= len(content):
        span = f"{given.start:,} to {end:,}, which is no part of the content's {len(content):,} characters"
        raise _VectorFault(f"vectors.{place}", f"is of {span}")
    try:
        return OwnPassage(given.start, end, unit_vector(given.vector, model=model))
    except ValueError as fault:
        raise _VectorFault(f"vectors.{place}.vector", str(fault)) from None


def _hash_of(vector: Vector) -> bytes:
    """In place of the hash of a text, and never that of one, as no text has a NUL: nobody borrows this vector."""
    return hashlib.sha256(b"\0" + pack_vector(vector)).digest()
