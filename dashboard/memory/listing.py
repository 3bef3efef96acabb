"""Contexts with their counts, and the lists of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from core.paging import Keyset, Page, paginate
from memory.budget import month_of, used_tokens
from memory.models import Context, Entity, Fact, FactState, Instruction, Turn, TurnState, Uncertainty
from memory.querysets import known_as
from memory.vocabulary.folding import fold_name

MOST_COUNTED = 10_000
ROWS = 50
ENTITIES = Keyset(name="memory entities", by=("-updated_at", "-id"))
TURNS = Keyset(name="memory turns", by=("-stored_at", "-id"))
UNREAD = (TurnState.UNREAD, TurnState.FAILED)


@dataclass(frozen=True, kw_only=True)
class ContextCounts:
    """Each up to one more than `MOST_COUNTED`. `tokens`: of this month."""

    context: Context
    entities: int
    facts: int
    turns: int
    unread: int
    uncertainties: int
    tokens: int


def counts_of(context: Context, *, now: datetime) -> ContextCounts:
    return ContextCounts(
        context=context,
        entities=_up_to(Entity.objects.filter(context=context)),
        facts=_up_to(Fact.objects.filter(context=context, state=FactState.CURRENT)),
        turns=_up_to(Turn.objects.filter(context=context)),
        unread=_up_to(Turn.objects.filter(context=context, state__in=UNREAD)),
        uncertainties=_up_to(Uncertainty.objects.filter(context=context, resolved_at=None)),
        tokens=used_tokens(context, month=month_of(now)),
    )


def _up_to(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: MOST_COUNTED + 1].count()


def entities_page(context: Context, *, q: str, cursor: str | None) -> Page[Entity]:
    """Newest first; `q`: whose name or other name begins with it."""
    rows = Entity.objects.filter(context=context).select_related("scope_set")
    if folded := fold_name(q):
        rows = rows.filter(Q(folded__startswith=folded) | known_as([folded]))
    return paginate(rows, by=ENTITIES, cursor=cursor, limit=ROWS)


def turns_page(context: Context, *, unread: bool, cursor: str | None) -> Page[Turn]:
    rows = Turn.objects.filter(context=context).select_related("session", "scope_set")
    rows = rows.filter(state__in=UNREAD) if unread else rows
    return paginate(rows, by=TURNS, cursor=cursor, limit=ROWS)


def uncertainties_of(context: Context) -> Sequence[Uncertainty]:
    rows = Uncertainty.objects.filter(context=context, resolved_at=None).select_related("entity", "turn", "scope_set")
    return list(rows.prefetch_related("facts__entity", "facts__target").order_by("-created_at", "-pk")[:ROWS])


def instructions_of(context: Context) -> Sequence[Instruction]:
    rows = Instruction.objects.filter(context=context).select_related("scope_set")
    return list(rows.order_by("-active", "-updated_at", "-pk")[:ROWS])


def chains_of(entity: Entity) -> list[tuple[str, list[Fact]]]:
    """By key, each value that it ever had, the present one first."""
    facts = Fact.objects.filter(context=entity.context_id, entity=entity).shown()
    ordered = sorted(facts[:1_000], key=_newest_first, reverse=True)
    by_key = sorted(ordered, key=lambda fact: fact.key)
    return [(key, list(chain)) for key, chain in groupby(by_key, key=lambda fact: fact.key)]


def _newest_first(fact: Fact) -> tuple[bool, datetime, datetime]:
    return (fact.state == FactState.CURRENT, fact.valid_from or fact.said_at, fact.known_from)


def facts_about(entity: Entity) -> Sequence[Fact]:
    """Believed relations of others that lead to it."""
    rows = Fact.objects.filter(context=entity.context_id, target=entity, state=FactState.CURRENT).shown()
    return list(rows.order_by("-known_from")[:ROWS])
