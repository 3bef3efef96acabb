"""The dated values of one key of one entity, and how a value takes its place among them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from core.ids import new_id
from memory.models import FactState
from memory.reconciliation.records import FactRecord

ENDED = (FactState.SUPERSEDED, FactState.CLOSED)


class Ledger:
    """All facts that a diff may touch, as they are and as they become."""

    def __init__(self, facts: Iterable[FactRecord]) -> None:
        self._before = {fact.id: fact for fact in facts}
        self._now: dict[UUID, FactRecord] = {}
        self._chains: defaultdict[tuple[UUID, str], dict[UUID, FactRecord]] = defaultdict(dict)
        self._parts: defaultdict[UUID, dict[UUID, None]] = defaultdict(dict)
        for fact in self._before.values():
            self.put(fact)

    def put(self, fact: FactRecord) -> FactRecord:
        old = self._now.get(fact.id, fact)
        if (old.entity_id, old.key) != (fact.entity_id, fact.key):
            del self._chains[old.entity_id, old.key][old.id]
        self._now[fact.id] = fact
        self._chains[fact.entity_id, fact.key][fact.id] = fact
        if fact.said_with_id:
            self._parts[fact.said_with_id][fact.id] = None
        return fact

    def change(self, fact: FactRecord, **fields: Any) -> FactRecord:
        return self.put(replace(self._now[fact.id], **fields))

    def get(self, fact_id: UUID) -> FactRecord:
        return self._now[fact_id]

    def is_new(self, fact: FactRecord) -> bool:
        return fact.id not in self._before

    def chain(self, entity_id: UUID, key: str) -> list[FactRecord]:
        """In no order."""
        return [*self._chains.get((entity_id, key), {}).values()]

    def believed(self, entity_id: UUID, key: str) -> list[FactRecord]:
        """Those with nothing known to end them, and of the others those that have not ended yet."""
        return [fact for fact in self.chain(entity_id, key) if fact.state == FactState.CURRENT]

    def parts_of(self, fact: FactRecord) -> list[FactRecord]:
        """What was said as a part of it, and is still believed."""
        said_with = [self._now[each] for each in self._parts.get(fact.id, ())]
        return [each for each in said_with if each.said_with_id == fact.id and each.is_open]

    def created(self) -> list[FactRecord]:
        return [fact for fact in self._now.values() if self.is_new(fact)]

    def changed(self) -> list[FactRecord]:
        return [fact for fact in self._now.values() if self._before.get(fact.id, fact) != fact]

    def move(self, merged: dict[UUID, UUID]) -> None:
        """Give what is about an entity that was given up to the one that it was.

        Of a value that holds twice, and of two that exclude each other, that of the entity that stays is believed.
        """
        for fact in [*self._now.values()]:
            owner, target = merged.get(fact.entity_id, fact.entity_id), merged.get(fact.target_id or fact.id)
            if owner == fact.entity_id and target is None:
                continue
            moved = replace(fact, entity_id=owner)
            if target is not None:
                moved = replace(moved, target_id=target, value_folded=str(target))
            rivals = [each for each in self.believed(owner, fact.key) if each.id != fact.id and each.is_open]
            if moved.is_open and any(moved.single or each.value_folded == moved.value_folded for each in rivals):
                moved = replace(moved, state=FactState.CLAIM)
            self.put(moved)


def insert_past(ledger: Ledger, fact: FactRecord) -> FactRecord:
    """Put an older value where it belongs: it ends where the next one begins, and ends the one before it there.

    Where a later word or what is still believed covers its beginning, that counts, and this one never lasted.
    """
    chain = [each for each in ledger.chain(fact.entity_id, fact.key) if has_lasted(each)]
    begins = begin(fact)
    covering = [each for each in chain if begin(each) <= begins and not ends_before(each, fact)]
    later = [begin(each) for each in chain if begin(each) > begins]
    overruled = any(each.state == FactState.CURRENT or each.said_at > fact.said_at for each in covering)
    ended_at = begins if overruled else min(later, default=begins)
    if not overruled:
        for each in covering:
            ledger.change(each, ended_at=begins)
    return ledger.put(replace(fact, state=FactState.SUPERSEDED, ended_at=ended_at, known_until=fact.known_from))


def has_lasted(fact: FactRecord) -> bool:
    """Whether it was so at any time, or is."""
    end = end_of(fact)
    return fact.state in (FactState.CURRENT, *ENDED) and (end is None or end > begin(fact))


def make_room(ledger: Ledger, fact: FactRecord) -> None:
    """A key that holds one value at a time has no other while this one lasts: the later word counts for all of it."""
    for each in ledger.chain(fact.entity_id, fact.key) if fact.single else ():
        apart = ends_before(each, fact) or ends_before(fact, each)
        if each.id != fact.id and has_lasted(each) and not apart:
            _give_way(ledger, each, fact)


def _give_way(ledger: Ledger, held: FactRecord, fact: FactRecord) -> None:
    """What lasts longer goes on afterwards; what began before is kept as it was until then."""
    begins, ends, until = begin(fact), end_of(fact), end_of(held)
    if ends is None or (until is not None and until <= ends):
        ledger.change(held, ended_at=max(begins, begin(held)))
        return
    if begin(held) < begins:
        over = FactState.SUPERSEDED if held.state == FactState.CURRENT else held.state
        known_until = held.known_until or fact.known_from
        ledger.put(replace(held, id=new_id(), state=over, ended_at=begins, known_until=known_until))
    ledger.change(held, valid_from=ends)


def begin(fact: FactRecord) -> datetime:
    """When it began to be so, as far as is known: of what is over, by its end at the latest."""
    end = end_of(fact)
    return fact.valid_from or (min(fact.said_at, end) if end else fact.said_at)


def end_of(fact: FactRecord) -> datetime | None:
    """When it ends as far as is known; None: open."""
    return fact.ended_at or fact.valid_until


def ends_before(one: FactRecord, other: FactRecord) -> bool:
    """Whether one is over when the other begins."""
    end = end_of(one)
    return end is not None and end <= begin(other)
