"""What a person decides: which of several values is right, whether an instruction holds, that a turn is read again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.audit import Actor, record
from memory.errors import MemoryInvalid
from memory.locks import hold_context
from memory.models import Context, Fact, FactState, Instruction, Turn, TurnState, Uncertainty
from memory.querysets import FactQuerySet
from memory.writing.searchable import delete_facts, embed_ahead, fact_document, fact_text, store

UNREAD = (TurnState.UNREAD, TurnState.FAILED)


def resolve(uncertainty: Uncertainty, fact: Fact | None, *, now: datetime, actor: Actor) -> None:
    """This one is right: it is believed, and what cannot be so beside it never was. Without a fact: it is settled.

    Raises MemoryInvalid for a fact that the uncertainty is not about.
    """
    context = uncertainty.context
    if fact is not None and not uncertainty.facts.filter(pk=fact.pk).exists():
        raise MemoryInvalid("The uncertainty is not about this fact.")
    text = fact_text(fact.entity.name, fact.key, fact.value) if fact else ""
    embedded = embed_ahead([text] if fact else [], now=now)
    with transaction.atomic():
        hold_context(context)
        if fact is not None:
            _retract_rivals(fact, now=now, actor=actor.name)
            _believe(fact)
            store(context, [fact_document(fact)], embedded, actor=actor.name, now=now)
        settled = {"resolved_at": now, "resolved_by": actor.name}
        Uncertainty.objects.filter(pk=uncertainty.pk, resolved_at=None).update(**settled)
        told = {"about": uncertainty.about, "kind": uncertainty.kind, "right": text}
        record(actor, "memory.uncertainty.resolve", context.source, now=now, after=told)


def switch(instruction: Instruction, *, active: bool, now: datetime, actor: Actor) -> None:
    """On or off. What is switched on takes the place of another on its topic."""
    context = instruction.context
    with transaction.atomic():
        hold_context(context)
        if active:
            rivals = Instruction.objects.filter(
                context=context, scope_set=instruction.scope_set_id, topic=instruction.topic, active=True
            )
            rivals.exclude(pk=instruction.pk).update(active=False, updated_at=now)
        Instruction.objects.filter(pk=instruction.pk).update(active=active, updated_at=now)
        before, after = ({"active": each} for each in (instruction.active, active))
        record(actor, "memory.instruction.update", context.source, now=now, before=before, after=after)


def read_again(context: Context, turns: Any, *, now: datetime, actor: Actor) -> int:
    """Turns that were not read whole are read again by a worker, with all tries before them; how many."""
    queued: int = turns.filter(context=context, state__in=UNREAD).update(not_before=now, attempts=0)
    if queued:
        record(actor, "memory.turn.reprocess", context.source, now=now, after={"turns": queued})
    return queued


def turns_of(ids: Sequence[Any] = (), *, session: str = "", state: str = "") -> Any:
    """A choice of turns: by id, by session, by state; all that are given hold together."""
    chosen = Q()
    if ids:
        chosen &= Q(pk__in=ids)
    if session:
        chosen &= Q(session__name=session)
    if state:
        chosen &= Q(state=state)
    return Turn.objects.filter(chosen)


def _believe(fact: Fact) -> None:
    fact.state, fact.known_until = FactState.CURRENT, None
    fact.ended_at = None
    fact.save(update_fields=["state", "known_until", "ended_at"])


def _retract_rivals(fact: Fact, *, now: datetime, actor: str) -> None:
    """Values of the same key, where it holds one."""
    rivals: FactQuerySet = Fact.objects.filter(
        context=fact.context_id,
        scope_set=fact.scope_set_id,
        entity=fact.entity_id,
        key=fact.key,
        state__in=(FactState.CURRENT, FactState.TENTATIVE, FactState.CLAIM),
    ).exclude(pk=fact.pk)
    if not fact.single:
        return
    rows = list(rivals)
    for each in rows:
        each.state, each.known_until, each.ended_at = FactState.RETRACTED, now, each.valid_from
    Fact.objects.bulk_update(rows, ["state", "known_until", "ended_at"])
    delete_facts(fact.context, [each.pk for each in rows], actor=actor, now=now)
