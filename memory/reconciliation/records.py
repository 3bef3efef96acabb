"""Facts, entities and instructions as values, apart from their rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from memory.extraction.diff import FactRow
from memory.models import FactState, SourceKind

TRUST: dict[str, int] = {SourceKind.TRIPLES: 3, SourceKind.NODE: 2, SourceKind.DOCUMENT: 1}
"""Curated sources by how far they are believed: an operator's triples, a node, a document; what is said has none."""


@dataclass(frozen=True, kw_only=True)
class EntityRecord:
    """An entity of one scope set. `is_new`: not stored yet."""

    id: UUID
    type: str
    name: str
    folded: str
    slug: str = ""
    aliases: tuple[str, ...] = ()
    category: str = "knowledge"
    is_self: bool = False
    placeholder: bool = False
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class FactRecord:
    """A fact of one scope set; the fields are those of `models.Fact`."""

    id: UUID
    entity_id: UUID
    key: str
    value: str
    value_folded: str
    single: bool
    category: str
    confidence: float
    known_from: datetime
    said_at: datetime
    source_kind: str
    source_id: str = ""
    state: str = FactState.CURRENT
    target_id: UUID | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    ended_at: datetime | None = None
    known_until: datetime | None = None
    supersedes_id: UUID | None = None
    said_with_id: UUID | None = None
    span: tuple[int, int] | None = None
    asserted_by: str = ""
    modality: str = "stated"
    proof_count: int = 1
    labels: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it is believed, and nothing has come to end it."""
        return self.state == FactState.CURRENT and self.ended_at is None

    @property
    def trust(self) -> int:
        return TRUST.get(self.source_kind, 0)


@dataclass(frozen=True, kw_only=True)
class InstructionRecord:
    """`turn_id`: of the turn that gave it, `revoked_by`: of the one that revoked it."""

    id: UUID
    label: str
    description: str
    topic: str
    folded: str
    active: bool = True
    is_new: bool = False
    is_changed: bool = False


@dataclass(frozen=True, kw_only=True)
class UncertaintyRecord:
    """One that is open. `fact_ids` are the facts that it is about."""

    id: UUID
    about: str
    kind: str
    reason: str
    entity_id: UUID | None = None
    key: str = ""
    fact_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a diff comes from. `said_at`: the spoken or observed time. `is_new`: nothing of it is stored yet."""

    kind: str
    id: str
    said_at: datetime
    labels: tuple[str, ...] = ()
    is_new: bool = False

    @property
    def is_curated(self) -> bool:
        return self.trust > 0

    @property
    def trust(self) -> int:
        return TRUST.get(self.kind, 0)


@dataclass(frozen=True, kw_only=True)
class KnownRecords:
    """What one scope set holds of what a diff touches.

    `proven`: facts that the diff's source has said before, which counts once. `self_name`: what a speaker without a
    name is called.
    """

    entities: Sequence[EntityRecord] = ()
    facts: Sequence[FactRecord] = ()
    instructions: Sequence[InstructionRecord] = ()
    uncertainties: Sequence[UncertaintyRecord] = ()
    proven: frozenset[UUID] = frozenset()
    self_name: str = "user"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of one row of a diff. `effect`: created, confirmed, superseded, retracted, closed, tentative."""

    row: FactRow
    fact: FactRecord
    effect: str
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class Correction:
    entity_id: UUID
    key: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class ProofOf:
    fact_id: UUID
    asserted_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """All that is to be written, or nothing. `named` are the entities that the diff speaks of, in its order; `merged`
    leads from an entity that is given up to the one that it was.

    `created` counts entities and literal values that are new, `updated` values that were superseded or retracted,
    `relations_created` triples that are new, those of literal values included.
    """

    entities: Sequence[EntityRecord] = ()
    named: Sequence[EntityRecord] = ()
    merged: dict[UUID, UUID] = field(default_factory=dict)
    created_facts: Sequence[FactRecord] = ()
    changed_facts: Sequence[FactRecord] = ()
    proofs: Sequence[ProofOf] = ()
    instructions: Sequence[InstructionRecord] = ()
    uncertainties: Sequence[UncertaintyRecord] = ()
    resolved: Sequence[UUID] = ()
    corrections: Sequence[Correction] = ()
    told: Sequence[Told] = ()
    told_instructions: Sequence[InstructionRecord] = ()
    created: int = 0
    updated: int = 0
    relations_created: int = 0
