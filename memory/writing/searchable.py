"""What of a memory is searched: documents of the store, of the source `memory.<context>`.

A turn is `turn/<id>`, a fact `fact/<id>`, with the tag of its scope set and one of its kind. They are written in the
transaction of what they stand for. Vectors are made before it, as far as a second reaches; what has none by then is
found by its words and embedded by a worker. Facts that are no longer believed are deleted here.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from knowledge import staging
from knowledge.deleting.erasing import erase_documents
from knowledge.deleting.trash import delete_keys
from knowledge.embedding.embedders.base import EmbedderError
from knowledge.embedding.embedders.within import embed_within
from knowledge.embedding.passages import Outcomes, hash_text, spans_of
from knowledge.embedding.vector_space import Space, active_space
from knowledge.models import Document
from knowledge.schemas import DocumentIn
from knowledge.writing.upsert import Push, upsert_documents
from memory.models import Context, Fact, ScopeSet, Turn

log = logging.getLogger(__name__)

EMBED_S = 1.0
NEVER = datetime.max.replace(tzinfo=UTC)
NO_LONGER = "no longer believed"
TURN, FACT = "turn", "fact"


@dataclass(frozen=True, kw_only=True)
class EmbeddedTexts:
    """The space of the store, and vectors of texts that are about to be written."""

    space: Space
    vectors: Outcomes = field(default_factory=dict)


def embed_ahead(texts: Iterable[str], *, now: datetime) -> EmbeddedTexts:
    """Vectors of those texts that the store has none of. Call it outside of a transaction.

    Where the embedder is away there are none, and nothing is refused for it.
    """
    space = active_space(now=now)
    spans: dict[bytes, str] = {}
    for text in texts:
        for span in spans_of(text, model=space.model):
            passage = text[span.start : span.end]
            spans[hash_text(passage)] = passage
    for known in staging.known_texts(space.model.pk, spans):
        del spans[known]
    try:
        found = embed_within(space.embedder, list(spans.values()), budget_s=EMBED_S, pace=space.pace)
    except EmbedderError as error:
        log.warning("what is remembered now is embedded later: %s", error)
        return EmbeddedTexts(space=space)
    pairs = zip(spans, found, strict=True)
    return EmbeddedTexts(space=space, vectors={key: vector for key, vector in pairs if vector is not None})


def fact_text(entity: str, key: str, value: str) -> str:
    """As a fact is searched and shown: "Alice · role: CTO"."""
    return f"{entity} · {key.replace('_', ' ')}: {value}"


def turn_document(turn: Turn) -> DocumentIn:
    said = {"role": turn.role, "session": turn.session.name, "spoken_at": turn.spoken_at.isoformat()}
    return _document(f"{TURN}/{turn.pk}", turn.content, TURN, turn, metadata=said)


def fact_document(fact: Fact) -> DocumentIn:
    """With its entity loaded, and its target's name as its value."""
    text = fact_text(fact.entity.name, fact.key, fact.value)
    told = {"entity": fact.entity.name, "key": fact.key, "category": fact.category}
    document = _document(f"{FACT}/{fact.pk}", text, FACT, fact, metadata=told)
    document.expires_at = fact.ends_at
    return document


def store(context: Context, items: Sequence[DocumentIn], embedded: EmbeddedTexts, *, actor: str, now: datetime) -> None:
    """In the caller's transaction."""
    if items:
        push = Push(actor=actor, budget_s=0, known=embedded.vectors)
        upsert_documents(items, now=now, space=embedded.space, push=push)


def delete_facts(context: Context, facts: Iterable[Any], *, actor: str, now: datetime) -> None:
    """Facts by id, in the caller's transaction."""
    if keys := [f"{FACT}/{each}" for each in facts]:
        delete_keys(context.source, keys, now=now, actor=actor, reason=NO_LONGER, unless_after=NEVER)


def erase_keys(context: Context, keys: Sequence[str], *, actor: str, now: datetime) -> None:
    """Documents for good, not to the trash. In the caller's transaction."""
    rows = Document.objects.filter(source=context.source, key__in=keys).values_list("pk", flat=True)
    erase_documents(list(rows), now=now, actor=actor)


def _document(key: str, text: str, kind: str, row: Turn | Fact, *, metadata: dict[str, Any]) -> DocumentIn:
    scope_set: ScopeSet = row.scope_set
    labels = {"labels": list(row.labels)} if row.labels else {}
    return DocumentIn(
        id=key,
        content=text,
        source=row.context.source,
        tags=[scope_set.tag, f"kind:{kind}"],
        metadata=metadata | labels,
    )
