"""A diff at work on one scope set: what is known, what becomes of it, and what is told of that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from core.ids import new_id
from memory.extraction.diff import Diff, FactRow, Modality
from memory.reconciliation.chains import Ledger
from memory.reconciliation.entities import Cast
from memory.reconciliation.records import (
    Correction,
    FactRecord,
    KnownRecords,
    ProofOf,
    Source,
    Told,
    UncertaintyRecord,
)
from memory.vocabulary.folding import fold_name, fold_value
from memory.vocabulary.keys import known_key

RESOLVABLE = ("contradiction", "joke", "reported", "reference")
"""What a later clear value settles; `time` takes one with a time, `curated` a curated one."""

FactKey = tuple[UUID, str]
"""An entity and a key."""


class Work:
    """What the verbs of reconciliation share; they change nothing else."""

    def __init__(self, known: KnownRecords, *, source: Source, now: datetime, floor: float) -> None:
        self.known, self.source, self.now, self.floor = known, source, now, floor
        self.cast = Cast(known)
        self.ledger = Ledger(known.facts)
        self.open = {each.id: each for each in known.uncertainties}
        self.resolved: list[UUID] = []
        self.doubts: list[UncertaintyRecord] = []
        self.proofs: list[ProofOf] = []
        self._proven = set(known.proven)
        self.corrections: list[Correction] = []
        self.told: list[Told] = []
        self._heads: dict[str, FactRecord] = {}

    # -- rows as facts -------------------------------------------------------------------------------

    def place(self, row: FactRow) -> FactKey | None:
        """None for a name that could be several."""
        entity_id = self.cast.find(row.entity)
        return None if entity_id is None else (entity_id, known_key(row.key).name)

    def record(self, row: FactRow, place: FactKey, target: UUID | None) -> FactRecord:
        """What names no time holds from when it was said; of an unreadable time nothing is known."""
        entity_id, key = place
        said_at = self.source.said_at
        past = row.valid_until is not None and row.valid_until <= said_at
        return FactRecord(
            id=new_id(),
            entity_id=entity_id,
            key=key,
            value=row.target if row.is_relation else row.value,
            value_folded=str(target) if target else fold_value(row.value),
            target_id=target,
            single=known_key(key).single,
            category=row.memory_category,
            confidence=row.confidence,
            valid_from=row.valid_from or (None if row.time_unresolved or past else said_at),
            valid_until=row.valid_until,
            known_from=self.now,
            said_at=said_at,
            source_kind=self.source.kind,
            source_id=self.source.id,
            said_with_id=self._head_of(row),
            span=row.span,
            asserted_by=row.asserted_by,
            modality=row.modality.value,
            labels=self.source.labels,
        )

    def _head_of(self, row: FactRow) -> UUID | None:
        """The fact of this diff that a row is said with."""
        head = self._heads.get(known_key(row.said_with).name) if row.said_with else None
        return head.id if head else None

    def names(self, held: FactRecord, text: str) -> bool:
        """Whether a text names the value of a fact."""
        target = self.cast.entities.get(held.target_id) if held.target_id else None
        if target is None:
            return held.value_folded == fold_value(text)
        return fold_name(text) in (target.folded, *target.aliases)

    # -- what is told --------------------------------------------------------------------------------

    def prove(self, fact: FactRecord, *, asserted_by: str = "") -> FactRecord:
        """Note that the source says it; what it says twice counts once."""
        if fact.id in self._proven:
            return fact
        self._proven.add(fact.id)
        self.proofs.append(ProofOf(fact_id=fact.id, asserted_by=asserted_by))
        if self.ledger.is_new(fact):
            return fact
        return self.ledger.change(fact, proof_count=fact.proof_count + 1)

    def tell(self, row: FactRow, fact: FactRecord, effect: str, *, is_new: bool = False) -> None:
        self._heads.setdefault(fact.key, fact)
        self.told.append(Told(row=row, fact=fact, effect=effect, is_new=is_new))

    def correct(self, old: Sequence[FactRecord], new: FactRecord) -> None:
        self.corrections += [
            Correction(entity_id=new.entity_id, key=new.key, old=self.shown(each), new=self.shown(new)) for each in old
        ]

    def shown(self, fact: FactRecord) -> str:
        target = self.cast.entities.get(fact.target_id) if fact.target_id else None
        return target.name if target else fact.value

    def doubt(self, fact: FactRecord, kind: str, reason: str, facts: Sequence[FactRecord]) -> None:
        """Open an uncertainty about the fact's key, where none of its kind is open; it is about these facts."""
        entity = self.cast.entities[fact.entity_id]
        about = fact.key if entity.is_self else f"{entity.name} {fact.key}"
        ids = tuple(each.id for each in facts)
        for at, each in enumerate(self.doubts):
            if (each.about, each.kind) == (about, kind):
                self.doubts[at] = replace(each, fact_ids=tuple(dict.fromkeys((*each.fact_ids, *ids))))
                return
        if not any((each.about, each.kind) == (about, kind) for each in self.open.values()):
            found = UncertaintyRecord(
                id=new_id(), about=about, kind=kind, reason=reason, entity_id=entity.id, key=fact.key, fact_ids=ids
            )
            self.doubts.append(found)

    def said_doubts(self, diff: Diff) -> list[UncertaintyRecord]:
        """What the reader of the turn itself was not sure of."""
        return [
            UncertaintyRecord(
                id=new_id(),
                about=row.about,
                kind=row.kind,
                reason=row.reason,
                entity_id=self.cast.find(row.entity) if row.entity else None,
                key=known_key(row.key).name if row.key else "",
            )
            for row in diff.uncertainties
        ]

    def settle(self, fact: FactRecord, row: FactRow) -> None:
        """A clear value resolves what was open about its key before this turn."""
        if fact.confidence < self.floor or row.modality == Modality.HEDGED:
            return
        kinds = {*RESOLVABLE, *(["time"] if row.valid_from else []), *(["curated"] if self.source.is_curated else [])}
        for each in [*self.open.values()]:
            if (each.entity_id, each.key) == (fact.entity_id, fact.key) and each.kind in kinds:
                del self.open[each.id]
                self.resolved.append(each.id)
