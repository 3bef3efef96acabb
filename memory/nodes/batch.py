"""A batch under way, from what was given to what is to be written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from memory.models import Context, ScopeSet
from memory.nodes.given import NodeRow
from memory.nodes.planning import FactChanges, KnownFact, NewFact
from memory.nodes.rows import KnownNode, NodePlace, NodeToWrite
from memory.scopes.paths import Clauses

PlacedRelation = tuple[NodePlace, NodePlace, str]
"""(start, end, label)"""

ScopeOf = Callable[[Clauses], ScopeSet]
"""The scope set of what a row says of its scope; of [] the batch's own."""


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


def by_entity(facts: Sequence[KnownFact]) -> dict[UUID, list[KnownFact]]:
    found: dict[UUID, list[KnownFact]] = {}
    for fact in facts:
        found.setdefault(fact.entity_id, []).append(fact)
    return found
