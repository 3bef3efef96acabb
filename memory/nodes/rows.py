"""The statements of a batch of nodes: few, whatever its size.

Everything here runs in the caller's transaction, which holds the context (`memory.locks`).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from core.sql import raw_cursor
from memory.models import Category, Context, SourceKind, Uncertainty
from memory.nodes.planning import FactChanges, KnownFact, NewFact

NodePlace = tuple[int, str, str]
"""(scope set, kind, slug): what a node is known by."""

# Plan: one probe of entity_slug for each place.
BY_PLACE = """
SELECT e.id, e.scope_set_id, e.type, e.slug, e.name, e.folded, e.aliases, e.content_json::text AS content_json,
    e.placeholder
FROM unnest(%(sets)s::bigint[], %(kinds)s::text[], %(slugs)s::text[]) AS wanted(scope_set_id, type, slug)
JOIN memory_entity e ON e.context_id = %(context)s AND e.scope_set_id = wanted.scope_set_id AND e.type = wanted.type
    AND e.slug = wanted.slug AND e.slug <> ''
"""

# Plan: one probe of entity_name for each.
BY_NAME = """
SELECT e.id, e.scope_set_id, e.type, e.slug, e.name, e.folded, e.aliases, e.content_json::text AS content_json,
    e.placeholder
FROM unnest(%(sets)s::bigint[], %(kinds)s::text[], %(names)s::text[]) AS wanted(scope_set_id, type, folded)
JOIN memory_entity e ON e.context_id = %(context)s AND e.scope_set_id = wanted.scope_set_id AND e.type = wanted.type
    AND e.folded = wanted.folded AND e.slug = ''
"""

# Plan: one probe of fact_chain for each entity.
FACTS = """
SELECT f.id, f.entity_id, f.key, f.value, f.value_folded, f.target_id, f.single, f.state, f.source_kind
FROM memory_fact f
WHERE f.context_id = %(context)s AND f.entity_id = ANY(%(entities)s) AND f.ended_at IS NULL
  AND (f.state = 'current' OR (f.state = 'claim' AND f.source_kind = 'node'))
"""

RELATIONS = FACTS + " AND f.target_id IS NOT NULL"

ENTITY = """
COPY memory_entity (id, context_id, scope_set_id, type, name, folded, slug, aliases, category, is_self, placeholder,
    content, content_json, created_at, updated_at) FROM STDIN
"""

UPDATE_ENTITY = """
UPDATE memory_entity SET name = %(name)s, folded = %(folded)s, slug = %(slug)s, aliases = %(aliases)s,
    placeholder = false, content = %(content)s, content_json = %(json)s, updated_at = %(now)s WHERE id = %(id)s
"""

FACT = """
COPY memory_fact (id, context_id, scope_set_id, entity_id, key, value, target_id, value_folded, single, category,
    confidence, known_from, state, supersedes_id, source_kind, source_id, asserted_by, modality, proof_count, labels,
    said_at) FROM STDIN
"""

PROOF = """
COPY memory_proof (context_id, fact_id, source_kind, source_id, asserted_by, said_at, known_at) FROM STDIN
"""

SUPERSEDE = (
    "UPDATE memory_fact SET state = 'superseded', ended_at = %(now)s, known_until = %(now)s WHERE id = ANY(%(ids)s)"
)
CLOSE = "UPDATE memory_fact SET state = 'closed', ended_at = %(now)s WHERE id = ANY(%(ids)s)"
OUTDO = "UPDATE memory_fact SET state = 'claim', known_until = %(now)s WHERE id = ANY(%(ids)s)"
CONFIRM = "UPDATE memory_fact SET proof_count = proof_count + 1 WHERE id = ANY(%(ids)s)"


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownNode:
    """An entity that is a node, or becomes one."""

    id: UUID
    scope_set_id: int
    type: str
    slug: str
    name: str
    folded: str
    aliases: list[str]
    content_json: str | None
    placeholder: bool

    @property
    def content(self) -> Any:
        """As it was given."""
        return None if self.content_json is None else json.loads(self.content_json)


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeToWrite:
    """A node's row as it is to be; `id` of an entity that is there, or a new one."""

    id: UUID
    scope_set_id: int
    kind: str
    slug: str
    title: str
    folded: str
    text: str = ""
    content: Any = None
    aliases: Sequence[str] = ()
    placeholder: bool = False


def nodes_at(context: Context, places: Iterable[NodePlace]) -> dict[NodePlace, KnownNode]:
    wanted = sorted(set(places))
    named = {"sets": [each[0] for each in wanted], "kinds": [each[1] for each in wanted]}
    found = _nodes(BY_PLACE, {"context": context.pk, "slugs": [each[2] for each in wanted], **named})
    return {(node.scope_set_id, node.type, node.slug): node for node in found}


def entities_named(context: Context, names: Iterable[NodePlace]) -> dict[NodePlace, KnownNode]:
    """Entities that are no nodes yet, by (scope set, type, folded name)."""
    wanted = sorted(set(names))
    named = {"sets": [each[0] for each in wanted], "kinds": [each[1] for each in wanted]}
    found = _nodes(BY_NAME, {"context": context.pk, "names": [each[2] for each in wanted], **named})
    return {(node.scope_set_id, node.type, node.folded): node for node in found}


def facts_of(context: Context, entities: Iterable[UUID], *, relations_only: bool = False) -> list[KnownFact]:
    asked = {"context": context.pk, "entities": list(entities)}
    with raw_cursor() as cursor:
        cursor.row_factory = class_row(KnownFact)
        return cursor.execute(RELATIONS if relations_only else FACTS, asked).fetchall()


def insert_nodes(context: Context, nodes: Sequence[NodeToWrite], *, now: datetime) -> None:
    with raw_cursor() as cursor, cursor.copy(ENTITY) as copy:
        for node in nodes:
            said = (node.kind, node.title, node.folded, node.slug, list(node.aliases), Category.KNOWLEDGE.value)
            kept = (False, node.placeholder, node.text, _json(node.content), now, now)
            copy.write_row((node.id, context.pk, node.scope_set_id, *said, *kept))


def update_nodes(nodes: Sequence[NodeToWrite], *, now: datetime) -> None:
    with raw_cursor() as cursor:
        cursor.executemany(UPDATE_ENTITY, [_update(node, now) for node in nodes])


def write_facts(context: Context, changes: FactChanges, scope_sets: Mapping[UUID, int], *, now: datetime) -> None:
    """`scope_sets`: of each entity. What ends is ended before what takes its place is there."""
    for statement, ids in (
        (SUPERSEDE, changes.superseded),
        (CLOSE, changes.closed),
        (OUTDO, changes.outdone),
        (CONFIRM, [each.id for each in changes.confirmed]),
    ):
        if ids:
            with raw_cursor() as cursor:
                cursor.execute(statement, {"ids": ids, "now": now})
    with raw_cursor() as cursor, cursor.copy(FACT) as copy:
        for fact in changes.new:
            copy.write_row((fact.id, context.pk, scope_sets[fact.entity_id], *_fact(fact, now)))
    with raw_cursor() as cursor, cursor.copy(PROOF) as copy:
        for fact_id, entity_id in _proven(changes):
            copy.write_row((context.pk, fact_id, SourceKind.NODE.value, str(entity_id), "", now, now))


def write_doubts(
    context: Context, changes: FactChanges, scope_sets: Mapping[UUID, int], names: Mapping[UUID, str], *, now: datetime
) -> None:
    """What others say else of a node is told, once for each fact."""
    doubts = [
        Uncertainty(
            context=context,
            scope_set_id=scope_sets[fact.entity_id],
            about=names.get(fact.entity_id, ""),
            kind="curated",
            reason=f"{fact.key}: a node says {fact.value}, another source {other.value}.",
            entity_id=fact.entity_id,
            key=fact.key,
            created_at=now,
        )
        for fact, other in changes.doubts
    ]
    Uncertainty.objects.bulk_create(doubts)
    between = Uncertainty.facts.through
    between.objects.bulk_create(
        between(uncertainty_id=doubt.pk, fact_id=fact_id)
        for doubt, (fact, other) in zip(doubts, changes.doubts, strict=True)
        for fact_id in (fact.id, other.id)
    )


def _proven(changes: FactChanges) -> Iterator[tuple[UUID, UUID]]:
    """Facts that the batch says, and the entity of each."""
    yield from ((fact.id, fact.entity_id) for fact in changes.new)
    yield from ((fact.id, fact.entity_id) for fact in changes.confirmed)


def _nodes(statement: str, asked: Mapping[str, Any]) -> list[KnownNode]:
    with raw_cursor() as cursor:
        cursor.row_factory = class_row(KnownNode)
        return cursor.execute(statement, asked).fetchall()


def _fact(fact: NewFact, now: datetime) -> tuple[Any, ...]:
    said = (fact.entity_id, fact.key, fact.value, fact.target_id, fact.value_folded, fact.single, fact.category, 1.0)
    source: tuple[Any, ...] = (SourceKind.NODE.value, str(fact.entity_id), "", "stated", 1, [], now)
    return (*said, now, str(fact.state), fact.supersedes, *source)


def _update(node: NodeToWrite, now: datetime) -> dict[str, Any]:
    named = {"id": node.id, "name": node.title, "folded": node.folded, "slug": node.slug}
    return named | {
        "aliases": list(node.aliases),
        "content": node.text,
        "json": _json(node.content),
        "now": now,
    }


def _json(value: Any) -> Any:
    return None if value is None else Jsonb(value)
