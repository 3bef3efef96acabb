"""A memory that is only decided upon: diffs one after another, and what is believed then. Without a database."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from memory.extraction.diff import SELF, Diff, FactRow
from memory.models import SourceKind
from memory.reconciliation.chains import begin
from memory.reconciliation.reconcile import reconcile
from memory.reconciliation.records import Decisions, FactRecord, KnownRecords, Source

DAY = datetime(2026, 3, 18, 10, tzinfo=UTC)


def said(key: str, value: str = "", *, of: str = SELF, **fields: Any) -> FactRow:
    return FactRow(entity=of, key=key, value=value, **fields)


def related(key: str, target: str, *, of: str = SELF, **fields: Any) -> FactRow:
    return FactRow(entity=of, key=key, target=target, **fields)


class Story:
    """What one scope set knows, turn after turn."""

    def __init__(self, *, floor: float = 0.7) -> None:
        self.floor = floor
        self.known = KnownRecords()
        self.turns = 0

    def tell(
        self,
        *facts: FactRow,
        at: datetime = DAY,
        now: datetime | None = None,
        kind: str = SourceKind.TURN,
        source_id: str = "",
        **rows: Any,
    ) -> Decisions:
        self.turns += 1
        source = Source(kind=kind, id=source_id or f"turn {self.turns}", said_at=at)
        diff = Diff(facts=facts, **rows)
        decided = reconcile(diff, known=self.known, source=source, now=now or max(at, DAY), floor=self.floor)
        self._keep(decided)
        return decided

    def _keep(self, decided: Decisions) -> None:
        entities = {each.id: each for each in self.known.entities if each.id not in decided.merged}
        entities |= {each.id: replace(each, is_new=False) for each in decided.entities}
        facts = {each.id: each for each in self.known.facts}
        facts |= {each.id: each for each in (*decided.created_facts, *decided.changed_facts)}
        instructions = {each.id: each for each in self.known.instructions}
        instructions |= {each.id: replace(each, is_new=False, is_changed=False) for each in decided.instructions}
        uncertainties = {each.id: each for each in self.known.uncertainties if each.id not in decided.resolved}
        uncertainties |= {each.id: each for each in decided.uncertainties}
        self.known = KnownRecords(
            entities=list(entities.values()),
            facts=list(facts.values()),
            instructions=list(instructions.values()),
            uncertainties=list(uncertainties.values()),
        )

    # -- what is believed ----------------------------------------------------------------------------

    def facts(self, key: str, *, state: str = "current") -> list[FactRecord]:
        return [each for each in self.known.facts if each.key == key and each.state == state]

    def values(self, key: str, *, state: str = "current") -> set[str]:
        return {each.value for each in self.facts(key, state=state)}

    def one(self, key: str, *, state: str = "current") -> FactRecord:
        [found] = self.facts(key, state=state)
        return found

    @property
    def doubts(self) -> set[tuple[str, str]]:
        return {(each.about, each.kind) for each in self.known.uncertainties}

    @property
    def names(self) -> set[str]:
        return {each.name for each in self.known.entities}


def effects(decided: Decisions) -> list[str]:
    return [each.effect for each in decided.told]


def overlapping(facts: Iterable[FactRecord]) -> list[tuple[str, str]]:
    """Values of one key that holds one, whose intervals meet, among those that were ever so."""
    chains: defaultdict[tuple[UUID, str], list[FactRecord]] = defaultdict(list)
    for fact in facts:
        lasted = _end(fact) > begin(fact)
        if lasted and fact.single and fact.state in ("current", "superseded", "closed"):
            chains[fact.entity_id, fact.key].append(fact)
    ordered = [sorted(chain, key=lambda each: (begin(each), _end(each))) for chain in chains.values()]
    pairs = [pair for chain in ordered for pair in pairwise(chain)]
    return [(one.value, other.value) for one, other in pairs if _end(one) > begin(other)]


def _end(fact: FactRecord) -> datetime:
    return fact.ended_at or fact.valid_until or datetime.max.replace(tzinfo=UTC)
