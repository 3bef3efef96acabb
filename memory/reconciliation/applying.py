"""What was decided is written: set by set, in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from memory.inserting import insert_rows
from memory.models import Entity, Fact, Instruction, Principal, Proof, ScopeSet, Turn, Uncertainty
from memory.reconciliation.known import FACT_FIELDS
from memory.reconciliation.records import Decisions, EntityRecord, FactRecord, InstructionRecord, Source

CHANGING = (
    *("entity_id", "value_folded", "confidence", "state", "target_id", "valid_from", "valid_until", "ended_at"),
    *("known_until", "source_kind", "source_id", "proof_count"),
)


@dataclass(frozen=True, kw_only=True)
class WriteTarget:
    """Where what is decided belongs. `turn`: that it comes from, None for what nobody said."""

    scope_set: ScopeSet
    principal: Principal | None
    turn: Turn | None

    @property
    def of(self) -> dict[str, Any]:
        return {"context_id": self.scope_set.context_id, "scope_set": self.scope_set}


def apply(decided: Decisions, place: WriteTarget, *, source: Source, now: datetime) -> None:
    """Write all of it. What is given up makes room before what takes its place."""
    _set_aside(decided.merged)
    _write_entities(decided.entities, place, now=now)
    _change_facts(decided.changed_facts)
    _move_rest(decided.merged, place)
    _create_facts(decided.created_facts, place)
    _write_proofs(decided, place, source=source, now=now)
    _write_instructions(decided.instructions, place, now=now)
    _open_doubts(decided, place, now=now)
    _resolve(decided, place, now=now)


# --- entities ---------------------------------------------------------------------------------------------------------


def _set_aside(merged: Mapping[UUID, UUID]) -> None:
    """The names of those who are given up are free for the one that they were."""
    for given_up in merged:
        Entity.objects.filter(pk=given_up).update(folded=f"\u241f{given_up}", slug="", is_self=False)


def _write_entities(entities: Iterable[EntityRecord], place: WriteTarget, *, now: datetime) -> None:
    rows = [(each.is_new, _entity(each, place, now=now)) for each in entities]
    new, changed = ([row for is_new, row in rows if is_new is wanted] for wanted in (True, False))
    fields = ["type", "name", "folded", "slug", "aliases", "placeholder", "updated_at"]
    Entity.objects.bulk_update(changed, fields)
    insert_rows(new)


def _entity(record: EntityRecord, place: WriteTarget, *, now: datetime) -> Entity:
    return Entity(
        pk=record.id,
        type=record.type,
        name=record.name,
        folded=record.folded,
        slug=record.slug,
        aliases=list(record.aliases),
        category=record.category,
        is_self=record.is_self,
        principal=place.principal if record.is_self else None,
        placeholder=record.placeholder,
        created_at=now,
        updated_at=now,
        **place.of,
    )


def _move_rest(merged: Mapping[UUID, UUID], place: WriteTarget) -> None:
    """What is no longer believed moves along; then nothing is left of who was given up."""
    for given_up, stays in merged.items():
        facts = Fact.objects.filter(context=place.scope_set.context_id)
        facts.filter(entity=given_up).update(entity=stays)
        facts.filter(target=given_up).update(target=stays, value_folded=str(stays))
        Uncertainty.objects.filter(entity=given_up).update(entity=stays)
        Entity.objects.filter(pk=given_up).delete()


# --- facts ------------------------------------------------------------------------------------------------------------


def _change_facts(facts: Sequence[FactRecord]) -> None:
    """Those that end first: one value of a key is believed at a time."""
    rows = [Fact(pk=each.id, **{name: getattr(each, name) for name in CHANGING}) for each in facts]
    ending = [row for row in rows if row.state != "current" or row.ended_at]
    fields = [name.removesuffix("_id") if name in ("entity_id", "target_id") else name for name in CHANGING]
    Fact.objects.bulk_update(ending, fields)
    Fact.objects.bulk_update([row for row in rows if row not in ending], fields)


def _create_facts(facts: Iterable[FactRecord], place: WriteTarget) -> None:
    """What others are said with first."""
    ordered = sorted(facts, key=lambda each: bool(each.said_with_id))
    insert_rows(_fact(each, place) for each in ordered)


def _fact(record: FactRecord, place: WriteTarget) -> Fact:
    start, end = record.span or (None, None)
    same = {name: getattr(record, name) for name in FACT_FIELDS}
    return Fact(pk=record.id, span_start=start, span_end=end, labels=list(record.labels), **same, **place.of)


def _write_proofs(decided: Decisions, place: WriteTarget, *, source: Source, now: datetime) -> None:
    insert_rows(
        Proof(
            context_id=place.scope_set.context_id,
            fact_id=each.fact_id,
            source_kind=source.kind,
            source_id=source.id,
            asserted_by=each.asserted_by,
            said_at=source.said_at,
            known_at=now,
        )
        for each in decided.proofs
    )


# --- instructions and uncertainties -----------------------------------------------------------------------------------


def _write_instructions(instructions: Iterable[InstructionRecord], place: WriteTarget, *, now: datetime) -> None:
    new = []
    for each in instructions:
        if each.is_new:
            new.append(_instruction(each, place, now=now))
        else:
            taken_back = {"active": each.active, "revoked_by": place.turn, "updated_at": now}
            Instruction.objects.filter(pk=each.id).update(**taken_back)
    Instruction.objects.bulk_create(new)


def _instruction(record: InstructionRecord, place: WriteTarget, *, now: datetime) -> Instruction:
    return Instruction(
        pk=record.id,
        label=record.label,
        description=record.description,
        topic=record.topic,
        folded=record.folded,
        active=record.active,
        turn=place.turn,
        created_at=now,
        updated_at=now,
        **place.of,
    )


def _open_doubts(decided: Decisions, place: WriteTarget, *, now: datetime) -> None:
    rows, links = [], []
    for each in decided.uncertainties:
        rows.append(
            Uncertainty(
                pk=each.id,
                about=each.about,
                kind=each.kind,
                reason=each.reason,
                entity_id=each.entity_id,
                key=each.key,
                turn=place.turn,
                created_at=now,
                **place.of,
            )
        )
        links += [Uncertainty.facts.through(uncertainty_id=each.id, fact_id=fact_id) for fact_id in each.fact_ids]
    Uncertainty.objects.bulk_create(rows)
    Uncertainty.facts.through.objects.bulk_create(links)


def _resolve(decided: Decisions, place: WriteTarget, *, now: datetime) -> None:
    by = str(place.turn) if place.turn else "a trusted source"
    if decided.resolved:
        Uncertainty.objects.filter(pk__in=decided.resolved).update(resolved_at=now, resolved_by=by)
