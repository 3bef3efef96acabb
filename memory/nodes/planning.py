"""What has to change so that the facts of nodes say what was given. Pure: facts in, changes out.

A curated fact wins over what was said; triples win over nodes, nodes over documents. What is replaced stays, dated;
what loses is a claim. (Rows 9 to 11 of the table in `memory.reconciliation`.)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from core.ids import new_id
from memory.models import FactState, SourceKind
from memory.vocabulary.folding import fold_value
from memory.vocabulary.keys import KEYS

NAME = "name"


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownFact:
    """One that is current, or that a node claims."""

    id: UUID
    entity_id: UUID
    key: str
    value: str
    value_folded: str
    target_id: UUID | None
    single: bool
    state: str
    source_kind: str

    @property
    def is_ours(self) -> bool:
        return self.source_kind == SourceKind.NODE


@dataclass(frozen=True, kw_only=True, slots=True)
class NewFact:
    entity_id: UUID
    key: str
    value: str
    value_folded: str
    target_id: UUID | None = None
    state: str = FactState.CURRENT
    supersedes: UUID | None = None
    id: UUID = field(default_factory=new_id)

    @property
    def single(self) -> bool:
        return holds_one(self.key)

    @property
    def category(self) -> str:
        return KEYS[self.key].category if self.key in KEYS else "knowledge"


@dataclass(kw_only=True)
class FactChanges:
    """`superseded`: a later value took its place. `closed`: it is so no longer. `outdone`: a claim from now on.
    `confirmed`: another source says so already. `doubts`: a new fact, and what another source says else.
    """

    new: list[NewFact] = field(default_factory=list)
    superseded: list[UUID] = field(default_factory=list)
    closed: list[UUID] = field(default_factory=list)
    outdone: list[UUID] = field(default_factory=list)
    doubts: list[tuple[NewFact, KnownFact]] = field(default_factory=list)
    confirmed: list[KnownFact] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.superseded or self.closed or self.outdone or self.confirmed)


def holds_one(key: str) -> bool:
    """Whether a key of the vocabulary holds one value at a time; a node's other fields are replaced all the same."""
    return key in KEYS and KEYS[key].single


def plan_attributes(
    entity_id: UUID, wanted: Mapping[str, str], known: Iterable[KnownFact], changes: FactChanges
) -> None:
    """Let the attributes of a node be those that are wanted, and no others of its own."""
    facts = list(known)
    related = {fact.key for fact in facts if fact.is_ours and fact.target_id and fact.single}
    ours = _by_key(fact for fact in facts if fact.is_ours and not fact.target_id)
    for key, value in wanted.items():
        if key not in related:
            fact = NewFact(entity_id=entity_id, key=key, value=value, value_folded=fold_value(value))
            _place(fact, ours.pop(key, []), [each for each in facts if not each.is_ours], changes)
    changes.closed += [fact.id for rest in ours.values() for fact in rest]


def is_known(fact: NewFact, known: Iterable[KnownFact]) -> bool:
    """Whether a relation is there, as current, or as ours that others outdo."""
    return any(each.key == fact.key and each.target_id == fact.target_id for each in known)


def plan_relation(fact: NewFact, known: Iterable[KnownFact], changes: FactChanges) -> None:
    """Let it be there. `known` are facts of its entity."""
    of_key = [each for each in known if each.key == fact.key]
    replaced = [each for each in of_key if each.is_ours and fact.single]
    _place(fact, replaced, [each for each in of_key if not each.is_ours], changes)


def _place(fact: NewFact, ours: Sequence[KnownFact], others: Sequence[KnownFact], changes: FactChanges) -> None:
    """Beside what other sources say; our own former value ends."""
    same = [each for each in ours if each.value_folded == fact.value_folded]
    changes.superseded += [each.id for each in ours if each not in same[:1]]
    if same:
        return
    rivals = [each for each in others if _excludes(each, fact)]
    strong = [each for each in rivals if each.source_kind == SourceKind.TRIPLES]
    if any(each.value_folded == fact.value_folded for each in strong):
        changes.confirmed += strong
        return
    if not strong:
        changes.outdone += [each.id for each in rivals]
    former = next((each.id for each in [*ours, *rivals]), None)
    made = replace(fact, state=FactState.CLAIM if strong else FactState.CURRENT, supersedes=former)
    changes.new.append(made)
    changes.doubts += [(made, each) for each in rivals if each.value_folded != fact.value_folded]


def _excludes(other: KnownFact, fact: NewFact) -> bool:
    """Whether both cannot be current."""
    if other.key != fact.key or other.state != FactState.CURRENT:
        return False
    return fact.single or other.single or other.value_folded == fact.value_folded


def _by_key(facts: Iterable[KnownFact]) -> dict[str, list[KnownFact]]:
    found: dict[str, list[KnownFact]] = {}
    for fact in facts:
        found.setdefault(fact.key, []).append(fact)
    return found
