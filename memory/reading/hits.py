"""What a query finds: facts, turns, nodes and passages of documents, each with a score and as one text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.ids import read_id
from knowledge.models import Document
from knowledge.search import Hit as StoreHit
from memory.models import Fact, ScopeSet, Turn
from memory.reading.time_filter import Reader
from memory.scopes.paths import wire_scopes
from memory.vocabulary.sanitising import HIT_CHARS, sanitise
from memory.wire import wire_time
from memory.writing.searchable import fact_text

SOURCES = {"turn": "memory_chunk", "node": "entity"}


@dataclass(frozen=True, kw_only=True)
class MemoryHit:
    """`source` is attribute, relation, entity, memory_chunk or chunk; `score` from 0 to 1."""

    id: str
    score: float
    source: str
    text: str
    occurred_at: datetime | None = None
    scopes: Sequence[Sequence[str]] = ()
    labels: Sequence[str] = ()
    session: str = ""
    entities: Sequence[UUID] = ()

    @property
    def is_fact(self) -> bool:
        return self.source in ("attribute", "relation", "entity")

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "score": round(self.score, 6),
            "source": self.source,
            "text": sanitise(self.text, chars=HIT_CHARS),
            "occurredAt": wire_time(self.occurred_at),
            "scopes": self.scopes,
            "labels": list(self.labels),
        }


def fact_hit(fact: Fact, *, score: float) -> MemoryHit:
    value = fact.target.name if fact.target else fact.value
    return MemoryHit(
        id=f"fact:{fact.pk}",
        score=score,
        source="relation" if fact.target_id else "attribute",
        text=fact_text(fact.entity.name, fact.key, value),
        occurred_at=fact.valid_from or fact.said_at,
        labels=fact.labels,
        entities=[each for each in (fact.entity_id, fact.target_id) if each],
    )


def document_hits(found: Iterable[StoreHit | Document], reader: Reader) -> list[MemoryHit]:
    """Of the store's documents, in their order. The rows decide: what they no longer show is left out."""
    pairs = [(each.document, each.score) if isinstance(each, StoreHit) else (each, 0.0) for each in found]
    facts, turns = _facts(pairs, reader), _turns(pairs, reader)
    scopes = _scopes(pairs, reader)
    hits = [_hit(document, score, facts, turns, scopes) for document, score in pairs]
    return [hit for hit in hits if hit is not None]


def _hit(
    document: Document, score: float, facts: dict[UUID, Fact], turns: dict[UUID, Turn], scopes: dict[str, Any]
) -> MemoryHit | None:
    kind, _, rest = document.key.partition("/")
    if kind == "fact":
        fact = facts.get(_id(rest))
        return fact_hit(fact, score=score) if fact else None
    turn = turns.get(_id(rest)) if kind == "turn" else None
    if kind == "turn" and turn is None:
        return None
    return MemoryHit(
        id=f"{kind}:{rest}" if kind in SOURCES else f"chunk:{document.key.replace('/', ':')}",
        score=score,
        source=SOURCES.get(kind, "chunk"),
        text=document.content,
        occurred_at=turn.spoken_at if turn else document.updated_at,
        scopes=[clause for tag in document.tags for clause in scopes.get(tag, ())],
        labels=turn.labels if turn else document.metadata.get("labels") or [],
        session=turn.session.name if turn else "",
    )


def _id(text: str) -> UUID:
    return read_id("", text) or UUID(int=0)


def _ids(pairs: Sequence[tuple[Document, float]], kind: str) -> list[UUID]:
    keys = [document.key.partition("/") for document, _ in pairs]
    return [_id(rest) for each, _, rest in keys if each == kind]


def _facts(pairs: Sequence[tuple[Document, float]], reader: Reader) -> dict[UUID, Fact]:
    return {fact.pk: fact for fact in reader.facts().shown().filter(pk__in=_ids(pairs, "fact"))}


def _turns(pairs: Sequence[tuple[Document, float]], reader: Reader) -> dict[UUID, Turn]:
    rows = reader.visibility.filter(Turn.objects.filter(context=reader.context, pk__in=_ids(pairs, "turn")))
    return {turn.pk: turn for turn in rows.select_related("session")}


def _scopes(pairs: Sequence[tuple[Document, float]], reader: Reader) -> dict[str, Any]:
    ids = {int(tag[6:]) for document, _ in pairs for tag in document.tags if tag.startswith("scope:")}
    rows = ScopeSet.objects.filter(context=reader.context, pk__in=ids)
    return {each.tag: wire_scopes(each.clauses) for each in rows}
