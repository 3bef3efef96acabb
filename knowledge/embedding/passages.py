"""Cutting documents into the passages of a model, each with the window that the model was given."""

import hashlib
from collections.abc import Iterator, Mapping

from django.conf import settings

from knowledge.chunking import Span, split_passages
from knowledge.embedding.embedders.base import EmbeddingRefused, Vector
from knowledge.models import EmbeddingModel
from knowledge.staging import NewPassage

Outcomes = Mapping[bytes, Vector | EmbeddingRefused]
"""What embedding a text came to, by the text's hash; a text that is not in it waits."""


def hash_text(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def spans_of(content: str, *, model: EmbeddingModel) -> list[Span]:
    if model.passage_chars is None or model.passage_overlap is None:
        return split_passages(content, size=settings.PASSAGE_CHARS, overlap=settings.PASSAGE_OVERLAP)
    return split_passages(content, size=model.passage_chars, overlap=model.passage_overlap)


def cut_passages(document_id: int, content: str, *, model: EmbeddingModel, outcomes: Outcomes) -> Iterator[NewPassage]:
    """The passages of one document, in order."""
    for ordinal, span in enumerate(spans_of(content, model=model)):
        text_hash = hash_text(content[span.start : span.end])
        place = (document_id, model.pk, ordinal, span.start, span.end, text_hash)
        outcome = outcomes.get(text_hash)
        if isinstance(outcome, EmbeddingRefused):
            yield NewPassage(*place, vector=None, error=outcome.detail)
        else:
            yield NewPassage(*place, vector=outcome)
