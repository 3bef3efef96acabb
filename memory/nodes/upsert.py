"""The verb: all nodes and relations of a batch are written, or none. The same batch again writes nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.ids import new_id
from knowledge.embedding.vector_space import active_space
from knowledge.schemas import DocumentIn
from knowledge.writing.upsert import Push, upsert_documents
from memory.errors import MemoryInvalid
from memory.locks import hold_living
from memory.models import Context
from memory.nodes import rows
from memory.nodes.batch import NodeBatch, PlacedRelation, ScopeOf, by_entity
from memory.nodes.given import Given, NodeRow, same_json
from memory.nodes.planning import (
    NAME,
    NewFact,
    plan_attributes,
    plan_relation,
)
from memory.nodes.relations import missing_relations, place_relations
from memory.nodes.rows import KnownNode, NodePlace, NodeToWrite
from memory.nodes.searchable import node_document
from memory.vocabulary.folding import fold_name
from memory.writing.searchable import delete_facts


@dataclass(frozen=True, kw_only=True)
class UpsertCounts:
    created: int
    updated: int
    unchanged: int
    relations_created: int
    relations_existing: int


def upsert_nodes(
    given: Given, *, context: Context, scopes: Callable[[], ScopeOf], actor: str, now: datetime
) -> UpsertCounts:
    """`scopes` may register what it is asked for, within the transaction. Raises MemoryInvalid, ContextNotFound.

    The context is held only where there is something to write, and then all is compared once more.
    """
    with transaction.atomic():
        batch = _compare(given, NodeBatch(context=context, scope_of=scopes(), now=now))
        if batch.differs:
            hold_living(context)
            batch = _compare(given, NodeBatch(context=context, scope_of=scopes(), now=now))
            _plan(batch)
            _write(batch, actor=actor)
    updated = len(batch.stale) - batch.created
    return UpsertCounts(
        created=batch.created,
        updated=updated,
        unchanged=len(given.nodes) - batch.created - updated,
        relations_created=len(batch.missing),
        relations_existing=len(given.relations) - len(batch.missing),
    )


def _compare(given: Given, batch: NodeBatch) -> NodeBatch:
    """Find out what is not there as it is given."""
    wanted = _placed_nodes(given, batch)
    relations = list(place_relations(given, batch, wanted))
    batch.known = rows.nodes_at(batch.context, [*wanted, *(each for pair in relations for each in pair[:2])])
    batch.stale = {place: row for place, row in wanted.items() if not _is_same(batch.known.get(place), row)}
    _identify(batch, relations)
    batch.missing = missing_relations(batch, relations)
    return batch


def _placed_nodes(given: Given, batch: NodeBatch) -> dict[NodePlace, NodeRow]:
    """Raises MemoryInvalid where two rows say different things of one node."""
    wanted: dict[NodePlace, NodeRow] = {}
    for index, row in enumerate(given.nodes):
        first = wanted.setdefault(batch.place(row), row)
        if (first.title, first.content) != (row.title, row.content):
            raise MemoryInvalid(f"nodes[{index}] is an earlier node once more, and says something else.")
    return wanted


def _plan(batch: NodeBatch) -> None:
    _read_facts(batch, batch.missing)
    _plan_nodes(batch, batch.missing)
    for fact in batch.missing:
        plan_relation(fact, batch.facts.get(fact.entity_id, ()), batch.changes)


def _is_same(known: KnownNode | None, row: NodeRow) -> bool:
    return (
        known is not None
        and not known.placeholder
        and known.name == row.title
        and same_json(known.content, row.content)
    )


# --- nodes ------------------------------------------------------------------------------------------------------------


def _identify(batch: NodeBatch, relations: Sequence[PlacedRelation]) -> None:
    """Every place gets its entity: the one that is there, one of its kind and name that was no node yet, a new one."""
    batch.adopted = _adopt(batch)
    for place in dict.fromkeys([*batch.stale, *(end for pair in relations for end in pair[:2])]):
        found = batch.known.get(place) or batch.adopted.get(place)
        batch.ids[place] = found.id if found else new_id()
    batch.names = {batch.ids[place]: known.name for place, known in batch.known.items() if place in batch.ids}
    batch.names |= {batch.ids[place]: row.title for place, row in batch.stale.items()}


def _adopt(batch: NodeBatch) -> dict[NodePlace, KnownNode]:
    """Each entity is one node."""
    missing = [(place, row) for place, row in batch.stale.items() if place not in batch.known]
    by_name = {(place[0], place[1], fold_name(row.title)): place for place, row in reversed(missing)}
    found = rows.entities_named(batch.context, by_name) if by_name else {}
    return {by_name[name]: entity for name, entity in found.items()}


def _read_facts(batch: NodeBatch, missing: Sequence[NewFact]) -> None:
    """What is known of all that will be written to."""
    touched = {batch.ids[place] for place in batch.stale} | {fact.entity_id for fact in missing}
    there = {node.id for node in (*batch.known.values(), *batch.adopted.values())} & touched
    if there:
        batch.facts = by_entity(rows.facts_of(batch.context, there))


def _plan_nodes(batch: NodeBatch, missing: Sequence[NewFact]) -> None:
    related: dict[UUID, set[str]] = {}
    for fact in missing:
        related.setdefault(fact.entity_id, set()).add(fact.key if fact.single else "")
    for place, row in batch.stale.items():
        found = batch.known.get(place) or batch.adopted.get(place)
        batch.created += place not in batch.known or batch.known[place].placeholder
        node = _node_to_write(batch.ids[place], place, row, found)
        (batch.changed if found else batch.new).append(node)
        wanted = {NAME: row.title} | dict(row.attributes)
        of_relations = related.get(node.id, set())
        wanted = {key: value for key, value in wanted.items() if key not in of_relations}
        plan_attributes(node.id, wanted, batch.facts.get(node.id, ()), batch.changes)
    _plan_placeholders(batch)


def _plan_placeholders(batch: NodeBatch) -> None:
    """An end that is nowhere waits to be filled."""
    for place, entity_id in batch.ids.items():
        if place not in batch.stale and place not in batch.known:
            scope_set_id, kind, slug = place
            folded = fold_name(slug)
            node = NodeToWrite(
                id=entity_id,
                scope_set_id=scope_set_id,
                kind=kind,
                slug=slug,
                title=slug,
                folded=folded,
                placeholder=True,
            )
            batch.new.append(node)


def _node_to_write(entity_id: UUID, place: NodePlace, row: NodeRow, found: KnownNode | None) -> NodeToWrite:
    scope_set_id, kind, slug = place
    folded = fold_name(row.title)
    aliases = list(found.aliases) if found else []
    if found and found.folded != folded and found.folded not in aliases and not found.placeholder:
        aliases.append(found.folded)
    return NodeToWrite(
        id=entity_id,
        scope_set_id=scope_set_id,
        kind=kind,
        slug=slug,
        title=row.title,
        folded=folded,
        text=row.text,
        content=row.content,
        aliases=aliases,
    )


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(batch: NodeBatch, *, actor: str) -> None:
    if batch.new:
        rows.insert_nodes(batch.context, batch.new, now=batch.now)
    if batch.changed:
        rows.update_nodes(batch.changed, now=batch.now)
    if batch.changes:
        scope_sets = {entity_id: place[0] for place, entity_id in batch.ids.items()}
        rows.write_facts(batch.context, batch.changes, scope_sets, now=batch.now)
        rows.write_doubts(batch.context, batch.changes, scope_sets, batch.names, now=batch.now)
        delete_facts(batch.context, batch.changes.outdone, actor=actor, now=batch.now)
    if batch.stale:
        written = [node for node in (*batch.new, *batch.changed) if not node.placeholder]
        items = [_document(batch.context, node) for node in written]
        push = Push(actor=actor, budget_s=0)
        upsert_documents(items, now=batch.now, space=active_space(now=batch.now), push=push)


def _document(context: Context, node: NodeToWrite) -> DocumentIn:
    return node_document(
        node.id,
        source=context.source,
        scope_tag=f"scope:{node.scope_set_id}",
        kind=node.kind,
        slug=node.slug,
        title=node.title,
        text=node.text,
    )
