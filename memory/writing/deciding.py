"""A diff is decided upon and written, with the documents of the store that it changes. In the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from knowledge.schemas import DocumentIn
from memory.extraction.diff import SELF, Diff
from memory.models import Context, Entity, Fact, FactState
from memory.reconciliation.applying import WriteTarget, apply
from memory.reconciliation.known import read_known
from memory.reconciliation.reconcile import reconcile
from memory.reconciliation.records import Decisions, Source
from memory.writing.searchable import EmbeddedTexts, delete_facts, fact_document, fact_text, store


@dataclass(frozen=True, kw_only=True)
class Writing:
    """On whose behalf it is written, when, and with which vectors."""

    actor: str
    embedded: EmbeddedTexts
    now: datetime


def decide(diff: Diff, place: WriteTarget, *, source: Source, now: datetime) -> Decisions:
    """What the diff comes to, by what is known now. Writes nothing; whoever writes it holds the context."""
    known = read_known(diff, place.scope_set, principal=place.principal, source=source)
    return reconcile(diff, known=known, source=source, now=now, floor=place.scope_set.context.confidence_floor)


def write(
    decided: Decisions, place: WriteTarget, *, source: Source, by: Writing, beside: Sequence[DocumentIn] = ()
) -> None:
    """All of it. `beside` are documents that go to the store with it."""
    apply(decided, place, source=source, now=by.now)
    publish([decided], place.scope_set.context, by=by, beside=beside)


def publish(
    decisions: Sequence[Decisions], context: Context, *, by: Writing, beside: Sequence[DocumentIn] = ()
) -> None:
    """What was applied becomes what is searched: as it is after all of them."""
    believed = _believed_facts(decisions)
    changed = {each.id for decided in decisions for each in decided.changed_facts}
    gone = changed - {fact.pk for fact in believed}
    delete_facts(context, sorted(gone), actor=by.actor, now=by.now)
    store(context, [*beside, *map(fact_document, believed)], by.embedded, actor=by.actor, now=by.now)


def texts_of(diff: Diff) -> Iterable[str]:
    """As the diff's facts will be searched, as far as can be told before it is decided upon."""
    names = {row.key: row.value for row in diff.facts if row.entity == SELF and row.key == "name"}
    for row in diff.facts:
        name = names.get("name", "user") if row.entity == SELF else row.entity
        yield fact_text(name, row.key, row.target if row.is_relation else row.value)


def _believed_facts(decisions: Sequence[Decisions]) -> list[Fact]:
    """Those that are new or changed, and those whose entity is called otherwise from now on."""
    touched: set[UUID] = set()
    renamed: set[UUID] = set()
    for decided in decisions:
        touched |= {each.id for each in (*decided.created_facts, *decided.changed_facts)}
        renamed |= {each.id for each in decided.entities if not each.is_new} | {*decided.merged.values()}
    rows = Fact.objects.filter(Q(pk__in=touched) | Q(entity__in=renamed) | Q(target__in=renamed))
    believed = rows.filter(state=FactState.CURRENT).select_related("entity", "context", "scope_set").order_by("pk")
    return list(believed) if touched or renamed else []


def entities_by_id(decided: Decisions) -> dict[UUID, Any]:
    """All that the decisions speak of, by id: as decided, else as stored."""
    found: dict[UUID, Any] = {each.id: each for each in (*decided.named, *decided.entities)}
    facts = [each.fact for each in decided.told]
    ids = {each.entity_id for each in facts} | {each.target_id for each in facts if each.target_id}
    return {each.pk: each for each in Entity.objects.filter(pk__in=ids - found.keys())} | found
