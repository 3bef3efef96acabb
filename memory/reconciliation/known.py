"""What a diff touches, read from the tables of one scope set."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import F

from memory.extraction.diff import SELF, Diff
from memory.models import Entity, Fact, FactState, Instruction, Principal, Proof, ScopeSet, Uncertainty
from memory.querysets import known_as
from memory.reconciliation.records import (
    EntityRecord,
    FactRecord,
    InstructionRecord,
    KnownRecords,
    Source,
    UncertaintyRecord,
)
from memory.scopes.paths import Clauses
from memory.vocabulary.folding import fold_name
from memory.vocabulary.keys import known_key

ALIVE = (FactState.CURRENT, FactState.TENTATIVE, FactState.CLAIM)
NAMELESS = "user"
NODE_FIELDS = ("content", "content_json")
"""What may be long, and reconciliation has no use for."""

given_name = Func(F("folded"), Value(" "), Value(1), function="split_part", output_field=TextField())
"""The first word of a name; the index `entity_given_name` holds it."""


def read_known(diff: Diff, scope_set: ScopeSet, *, principal: Principal | None, source: Source) -> KnownRecords:
    """All that the diff may change or repeat. Whoever decides by it holds the context (`memory.locks`)."""
    entities = _entities(diff, scope_set, principal)
    ids = [each.pk for each in entities]
    facts = _facts(diff, scope_set, ids)
    return KnownRecords(
        entities=[_entity(each) for each in entities],
        facts=facts,
        proven=_proven(facts, source),
        instructions=_instructions(scope_set) if diff.instructions else [],
        uncertainties=_uncertainties(scope_set, ids) if diff.facts else [],
        self_name=_self_name(scope_set.clauses),
    )


def _entities(diff: Diff, scope_set: ScopeSet, principal: Principal | None) -> list[Entity]:
    names = _names(diff)
    slugs = [row.slug for row in diff.entities if row.slug]
    named = Q(folded__in=names) | known_as(names) | Q(pk__in=_bearing(scope_set, names))
    own = Q(is_self=True, principal=principal)
    wanted = named | Q(slug__in=slugs) | (own if _is_about_speaker(diff) else Q(pk=None))
    rows = Entity.objects.filter(context=scope_set.context_id, scope_set=scope_set).defer(*NODE_FIELDS)
    return list(rows.filter(wanted).exclude(Q(is_self=True) & ~own).order_by("pk"))


def _is_about_speaker(diff: Diff) -> bool:
    """Or somebody in it may turn out to be the speaker."""
    named = {row.name for row in diff.entities} | {row.entity for row in diff.uncertainties}
    named |= {name for row in diff.facts for name in (row.entity, row.target)}
    return SELF in named or any(row.key == "name" for row in diff.facts)


def _bearing(scope_set: ScopeSet, names: Iterable[str]) -> list[UUID]:
    """Persons whose given name is one of these."""
    single = [name for name in names if name and " " not in name]
    rows = Entity.objects.filter(context=scope_set.context_id, scope_set=scope_set, type="person")
    return list(rows.annotate(given=given_name).filter(given__in=single).values_list("pk", flat=True))


def _names(diff: Diff) -> list[str]:
    said = {row.name for row in diff.entities} | {row.entity for row in diff.facts} | {row.target for row in diff.facts}
    said |= {row.value for row in diff.facts if row.key == "name"}
    return sorted({fold_name(name) for name in said - {SELF, ""}})


def _facts(diff: Diff, scope_set: ScopeSet, ids: Sequence[UUID]) -> list[FactRecord]:
    """The chains of the diff's keys, and what is said with others; all of who may turn out to be the speaker."""
    keys = {known_key(row.key).name for row in diff.facts}
    rows = Fact.objects.filter(context=scope_set.context_id, scope_set=scope_set)
    wanted = Q(entity__in=ids) & (Q(key__in=keys) | Q(state=FactState.CURRENT, said_with__isnull=False))
    if "name" in keys:
        wanted |= Q(state__in=ALIVE) & (Q(entity__in=ids) | Q(target__in=ids))
    return fact_records(rows.filter(wanted)) if ids else []


def _proven(facts: Sequence[FactRecord], source: Source) -> frozenset[UUID]:
    """What this very source has said before, as where a turn is read again."""
    if not facts or not source.id or source.is_new:
        return frozenset()
    rows = Proof.objects.filter(fact__in=[each.id for each in facts], source_kind=source.kind, source_id=source.id)
    return frozenset(rows.values_list("fact_id", flat=True))


def _instructions(scope_set: ScopeSet) -> list[InstructionRecord]:
    rows = Instruction.objects.filter(context=scope_set.context_id, scope_set=scope_set, active=True)
    return [
        InstructionRecord(
            id=each.pk, label=each.label, description=each.description, topic=each.topic, folded=each.folded
        )
        for each in rows.order_by("pk")
    ]


def _uncertainties(scope_set: ScopeSet, ids: Sequence[UUID]) -> list[UncertaintyRecord]:
    rows = Uncertainty.objects.filter(context=scope_set.context_id, scope_set=scope_set, resolved_at=None)
    return [
        UncertaintyRecord(
            id=each.pk,
            about=each.about,
            kind=each.kind,
            reason=each.reason,
            entity_id=each.entity_id,
            key=each.key,
        )
        for each in rows.filter(entity__in=ids).order_by("pk")
    ]


def _entity(row: Entity) -> EntityRecord:
    same: dict[str, Any] = {
        name: getattr(row, name) for name in ("type", "name", "folded", "slug", "category", "is_self", "placeholder")
    }
    return EntityRecord(id=row.pk, aliases=tuple(row.aliases), **same)


FACT_FIELDS = (
    *("entity_id", "key", "value", "value_folded", "single", "category", "confidence", "known_from", "said_at"),
    *("source_kind", "source_id", "state", "target_id", "valid_from", "valid_until", "ended_at", "known_until"),
    *("supersedes_id", "said_with_id", "asserted_by", "modality", "proof_count"),
)


def fact_records(rows: QuerySet[Fact]) -> list[FactRecord]:
    """By way of plain values: a long chain is read with each turn that adds to it."""
    values = rows.order_by("pk").values("pk", "labels", "span_start", "span_end", *FACT_FIELDS)
    return [_fact(each) for each in values]


def _fact(row: Mapping[str, Any]) -> FactRecord:
    start, end = row["span_start"], row["span_end"]
    span = None if start is None or end is None else (start, end)
    same = {name: row[name] for name in FACT_FIELDS}
    return FactRecord(id=row["pk"], span=span, labels=tuple(row["labels"]), **same)


def _self_name(clauses: Clauses) -> str:
    """Of a speaker who has told none: what stands behind the last `user/` of their scope."""
    for path in (path for clause in clauses for path in clause):
        segments = path.split("/")
        if "user" in segments[:-1]:
            return segments[len(segments) - 1 - segments[-2::-1].index("user")]
    return NAMELESS
