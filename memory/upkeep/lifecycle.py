"""What time does: ends that were stated come about, and rows that are kept for a time only go.

Reads go by the instants themselves; this only brings the rows' states and the store's documents after them.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from memory.locks import hold_context
from memory.models import Context, Fact, FactState, Trace, Turn
from memory.querysets import FactQuerySet
from memory.writing.searchable import TURN, delete_facts, erase_keys

MOST = 1_000
"""Rows a transaction."""


def expire_facts(context: Context, facts: FactQuerySet, *, now: datetime, actor: str) -> int:
    """Facts whose end has come are closed; how many."""
    expired = 0
    while ended := _close_some(context, facts, now=now, actor=actor):
        expired += ended
    return expired


@transaction.atomic
def _close_some(context: Context, facts: FactQuerySet, *, now: datetime, actor: str) -> int:
    hold_context(context)
    over = facts.filter(state=FactState.CURRENT).filter(Q(ended_at__lte=now) | Q(ended_at=None, valid_until__lte=now))
    ids = list(over.order_by("pk").values_list("pk", flat=True)[:MOST])
    ended = Coalesce(F("ended_at"), F("valid_until"))
    Fact.objects.filter(pk__in=ids).update(state=FactState.CLOSED, ended_at=ended, known_until=now)
    delete_facts(context, ids, actor=actor, now=now)
    return len(ids)


def sweep_memories(*, now: datetime) -> int:
    """Ends that have come, and turns and traces that are older than the settings keep them; how many rows."""
    swept = sum(
        expire_facts(context, Fact.objects.filter(context=context), now=now, actor="sweep")
        for context in Context.objects.all()
    )
    if days := settings.MEMORY_TRACE_DAYS:
        swept += Trace.objects.filter(at__lt=now - timedelta(days=days)).delete()[0]
    if days := settings.MEMORY_TURN_DAYS:
        swept += sum(_forget_turns(context, now - timedelta(days=days), now=now) for context in Context.objects.all())
    return swept


def _forget_turns(context: Context, before: datetime, *, now: datetime) -> int:
    """What was said goes, and what follows from it stays."""
    forgotten = 0
    old = Turn.objects.filter(context=context, stored_at__lt=before).order_by("pk")
    while ids := list(old.values_list("pk", flat=True)[:MOST]):
        with transaction.atomic():
            hold_context(context)
            erase_keys(context, [f"{TURN}/{pk}" for pk in ids], actor="sweep", now=now)
            forgotten += Turn.objects.filter(pk__in=ids).delete()[1].get("memory.Turn", 0)
    return forgotten
