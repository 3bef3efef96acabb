"""The relations of a batch: between which nodes they are, and which of them are not there yet."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from memory.errors import MemoryInvalid
from memory.nodes import rows
from memory.nodes.batch import NodeBatch, PlacedRelation, by_entity
from memory.nodes.given import Given, NodeKey, NodeRow, RelationRow
from memory.nodes.planning import NewFact, is_known
from memory.nodes.rows import NodePlace


def place_relations(given: Given, batch: NodeBatch, wanted: Mapping[NodePlace, NodeRow]) -> Iterator[PlacedRelation]:
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


def missing_relations(batch: NodeBatch, relations: Sequence[PlacedRelation]) -> list[NewFact]:
    """Those that are not there, each once. Raises MemoryInvalid for two ends where a label can have one."""
    starts = {batch.ids[start] for start, _, _ in relations} & {node.id for node in batch.known.values()}
    known = by_entity(rows.facts_of(batch.context, starts, relations_only=True)) if starts else {}
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
