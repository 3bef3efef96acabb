"""Cutting documents into the passages of a model, each with the window that the model was given.

See docs/decisions/0264.
"""

import hashlib
from collections.abc import Iterator, Mapping
from math import ceil

from django.conf import settings

from knowledge.chunking import Span, split_by_tokens, split_passages
from knowledge.embedding.embedders import ReadingWindow, window_for
from knowledge.embedding.embedders.base import EmbeddingRefused, Vector
from knowledge.models import EmbeddingModel
from knowledge.staging import NewPassage

Outcomes = Mapping[bytes, Vector | EmbeddingRefused]
"""What embedding a text came to, by the text's hash; a text that is not in it waits."""


DENSE = 2.5
"""A passage of more windows than this is cut. From two on titles found their pages less often."""

LEAST_CHARS = 150
"""No text that is as short is dense: a model's smallest window is some hundred tokens, of a character or a third."""

MOST_CUTS = 8
"""A passage is cut into about so many: a script of which each character is several tokens costs no more than this."""

MOST_KNOWN = 10_000
"""Texts whose cuts are remembered; then remembering starts anew."""

Cuts = tuple[Span, ...]

_windows: dict[str, ReadingWindow] = {}
_known_cuts: dict[tuple[int, bytes], Cuts] = {}


def hash_text(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def spans_of(content: str, *, model: EmbeddingModel) -> list[Span]:
    """Where the passages of a content stand. One of which the model would read less than two fifths is cut."""
    if model.passage_chars is None or model.passage_overlap is None:
        spans = split_passages(content, size=settings.PASSAGE_CHARS, overlap=settings.PASSAGE_OVERLAP)
    else:
        spans = split_passages(content, size=model.passage_chars, overlap=model.passage_overlap)
    window = _window_of(model.name) if any(map(_may_be_dense, spans)) else None
    return spans if window is None else [each for span in spans for each in _as_read(content, span, window)]


def _window_of(name: str) -> ReadingWindow | None:
    """Looked for again where there is none: a model's files may come later."""
    if (window := _windows.get(name) or window_for(name, settings)) is not None:
        _windows[name] = window
    return window


def _may_be_dense(span: Span) -> bool:
    return span.end - span.start > LEAST_CHARS


def _as_read(content: str, span: Span, window: ReadingWindow) -> list[Span]:
    if not _may_be_dense(span):
        return [span]
    text = content[span.start : span.end]
    cuts = _cuts_of(text, window)
    return [Span(span.start + each.start, span.start + each.end) for each in cuts] if cuts else [span]


def _cuts_of(text: str, window: ReadingWindow) -> Cuts:
    """Within the text; none where the model reads enough of it. A push asks twice: before its transaction and in it."""
    known = (window.tokens, hash_text(text))
    if (cuts := _known_cuts.get(known)) is None:
        ends = window.ends(text)
        most = max(window.tokens, ceil(len(ends) / MOST_CUTS))
        dense = len(ends) > DENSE * window.tokens
        whole = Span(0, len(text))
        cuts = tuple(split_by_tokens(text, whole, ends=ends, most=most, overlap=most // 10)) if dense else ()
        if len(_known_cuts) >= MOST_KNOWN:
            _known_cuts.clear()
        _known_cuts[known] = cuts
    return cuts


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
