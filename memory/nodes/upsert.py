"""The verb: all nodes and relations of a batch are written, or none. The same batch again writes nothing."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.ids import new_id
from knowledge.embedding.vector_space import active_space
from knowledge.schemas import DocumentIn
from knowledge.writing.upsert import Push, upsert_documents
from memory.errors import MemoryInvalid
from memory.locks import hold_living
from memory.models import Context, ScopeSet
from memory.nodes import rows
from memory.nodes.given import Given, NodeKey, NodeRow, RelationRow, same_json
from memory.nodes.planning import (
    NAME,
    FactChanges,
    KnownFact,
    NewFact,
    is_known,
    plan_attributes,
    plan_relation,
)
from memory.nodes.rows import KnownNode, NodePlace, NodeToWrite
from memory.scopes.paths import Clauses
from memory.vocabulary.folding import fold_name
from memory.writing.searchable import delete_facts

NODE = "kind:node"
"""On every node's document of the store."""

PlacedRelation = tuple[NodePlace, NodePlace, str]
"""(start, end, label)"""

ScopeOf = Callable[[Clauses], ScopeSet]
"""The scope set of what a row says of its scope; of [] the batch's own."""


@dataclass(frozen=True, kw_only=True)
class UpsertCounts:
    created: int
    updated: int
    unchanged: int
    relations_created: int
    relations_existing: int


@dataclass(kw_only=True)
class NodeBatch:
    """A batch under way: what is there by its place, what is to be written, and what changes among facts."""

    context: Context
    scope_of: ScopeOf
    now: datetime
    known: dict[NodePlace, KnownNode] = field(default_factory=dict)
    ids: dict[NodePlace, UUID] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)
    new: list[NodeToWrite] = field(default_factory=list)
    changed: list[NodeToWrite] = field(default_factory=list)
    changes: FactChanges = field(default_factory=FactChanges)
    stale: dict[NodePlace, NodeRow] = field(default_factory=dict)
    adopted: dict[NodePlace, KnownNode] = field(default_factory=dict)
    facts: dict[UUID, list[KnownFact]] = field(default_factory=dict)
    missing: list[NewFact] = field(default_factory=list)
    created: int = 0

    @property
    def differs(self) -> bool:
        return bool(self.stale or self.missing)

    def place(self, row: NodeRow) -> NodePlace:
        return (self.scope_of(row.place).pk, *row.key)


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
    relations = list(_placed(given, batch, wanted))
    batch.known = rows.nodes_at(batch.context, [*wanted, *(each for pair in relations for each in pair[:2])])
    batch.stale = {place: row for place, row in wanted.items() if not _is_same(batch.known.get(place), row)}
    _identify(batch, relations)
    batch.missing = _missing_relations(batch, relations)
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
        batch.facts = _by_entity(rows.facts_of(batch.context, there))


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


# --- relations --------------------------------------------------------------------------------------------------------


def _placed(given: Given, batch: NodeBatch, wanted: Mapping[NodePlace, NodeRow]) -> Iterator[PlacedRelation]:
    """Where the ends of each lie: a node of the batch, else one of the relation's own scope set."""
    by_key: dict[NodeKey, NodePlace] = {}
    for place in wanted:
        by_key.setdefault((place[1], place[2]), place)
    for row in given.relations:
        own = batch.scope_of(row.place).pk if row.place else _own(row, by_key, batch)
        yield _end(row.start, own, wanted, by_key), _end(row.end, own, wanted, by_key), row.label


def _own(row: RelationRow, by_key: Mapping[NodeKey, NodePlace], batch: NodeBatch) -> int:
    return by_key[row.start][0] if row.start in by_key else batch.scope_of([]).pk


def _end(key: NodeKey, own: int, wanted: Mapping[NodePlace, NodeRow], by_key: Mapping[NodeKey, NodePlace]) -> NodePlace:
    place = (own, *key)
    return place if place in wanted else by_key.get(key, place)


def _missing_relations(batch: NodeBatch, relations: Sequence[PlacedRelation]) -> list[NewFact]:
    """Those that are not there, each once. Raises MemoryInvalid for two ends where a label can have one."""
    starts = {batch.ids[start] for start, _, _ in relations} & {node.id for node in batch.known.values()}
    known = _by_entity(rows.facts_of(batch.context, starts, relations_only=True)) if starts else {}
    missing: dict[tuple[UUID, str, UUID | None], NewFact] = {}
    ends: dict[tuple[UUID, str], UUID | None] = {}
    for index, (start, end, label) in enumerate(relations):
        fact = _relation(batch, start, end, label)
        if fact.single and ends.setdefault((fact.entity_id, label), fact.target_id) != fact.target_id:
            raise MemoryInvalid(f"relations[{index}]: {start[1]} {start[2]} can have one {label} at a time.")
        if not is_known(fact, known.get(fact.entity_id, ())):
            missing.setdefault((fact.entity_id, label, fact.target_id), fact)
    return list(missing.values())


def _relation(batch: NodeBatch, start: NodePlace, end: NodePlace, label: str) -> NewFact:
    target = batch.ids[end]
    return NewFact(
        entity_id=batch.ids[start],
        key=label,
        value=batch.names.get(target, end[2]),
        value_folded=str(target),
        target_id=target,
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
    return DocumentIn(
        id=f"node/{node.id}",
        content=node.text,
        source=context.source,
        tags=sorted([NODE, f"scope:{node.scope_set_id}", kind_tag(node.kind)]),
        metadata={"kind": node.kind, "slug": node.slug, "title": node.title},
    )


def kind_tag(kind: str) -> str:
    """Kinds may have letters that tags may not: two of them can share a tag."""
    return "node:" + re.sub(r"[^a-z0-9_]", "-", kind)


def _by_entity(facts: Sequence[KnownFact]) -> dict[UUID, list[KnownFact]]:
    found: dict[UUID, list[KnownFact]] = {}
    for fact in facts:
        found.setdefault(fact.entity_id, []).append(fact)
    return found
