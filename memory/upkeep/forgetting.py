"""Forgetting what was said: it ends, with its history kept; or it is erased, with its history and its turns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest

from accounts.audit import record
from core.ids import read_id
from memory.access.caller import MemoryCaller, Verb
from memory.locks import hold_context
from memory.models import Context, Fact, FactState, Proof, SourceKind, Turn
from memory.querysets import FactQuerySet
from memory.reading.finding import MemoryQuery, find
from memory.reading.questions import read_question
from memory.reading.time_filter import Reader
from memory.writing.searchable import FACT, TURN, delete_facts, erase_keys

LIKE = 0.6
"""What a search finds is meant where it scores as much."""

MOST = 50


@dataclass(frozen=True, kw_only=True)
class Matched:
    """Facts that are believed, and turns that are like what is to be forgotten."""

    facts: Sequence[UUID]
    turns: Sequence[UUID]

    @property
    def count(self) -> int:
        return len(self.facts) + len(self.turns)


def forget(caller: MemoryCaller, text: str, *, purge: bool, dry_run: bool, now: datetime) -> int:
    """What a text means ends, or is erased; how many facts and turns. `dry_run`: only how many.

    It means the facts of an entity or key that it names, and what a search finds that is much like it. Only what
    belongs to the caller's own places is touched, not what shows there from above. Raises MemoryForbidden.
    """
    caller.require(Verb.MEMORY_FORGET)
    reader = Reader(context=caller.context, visibility=caller.forgetting(), now=now)
    matched = _match(text, reader, caller)
    if dry_run or not matched.count:
        return matched.count
    with transaction.atomic():
        hold_context(caller.context)
        facts = reader.all_facts().filter(pk__in=matched.facts)
        if purge:
            erase_facts(caller.context, facts, matched.turns, now=now, actor=caller.name)
        else:
            end_facts(caller.context, facts, now=now, actor=caller.name)
        told = {"facts": len(matched.facts), "turns": len(matched.turns) if purge else 0, "purge": purge}
        record(caller.actor, "memory.forget", caller.context.source, now=now, after=told)
    return matched.count


def end_facts(context: Context, facts: FactQuerySet, *, now: datetime, actor: str) -> int:
    """Facts that are believed end now; in the caller's transaction, which holds the context."""
    believed = facts.filter(state=FactState.CURRENT)
    ids = list(believed.values_list("pk", flat=True))
    ended = Greatest(F("valid_from"), now)
    Fact.objects.filter(pk__in=ids).update(state=FactState.CLOSED, ended_at=ended, known_until=now)
    delete_facts(context, ids, actor=actor, now=now)
    return len(ids)


def erase_facts(context: Context, facts: FactQuerySet, turns: Sequence[UUID], *, now: datetime, actor: str) -> None:
    """Facts with the whole chains that they belong to, and turns with what says these facts; for good."""
    chains = Q(pk__in=[])
    for entity, key in set(facts.values_list("entity", "key")):
        chains |= Q(entity=entity, key=key)
    doomed = Fact.objects.filter(chains, context=context)
    ids = list(doomed.values_list("pk", flat=True))
    said = Proof.objects.filter(fact__in=ids, source_kind__in=(SourceKind.TURN, SourceKind.TOOL))
    turn_ids = {*turns, *(each for text in said.values_list("source_id", flat=True) if (each := read_id("turn", text)))}
    keys = [f"{FACT}/{each}" for each in ids] + [f"{TURN}/{each}" for each in turn_ids]
    erase_keys(context, keys, now=now, actor=actor)
    Fact.objects.filter(pk__in=ids).delete()
    Turn.objects.filter(context=context, pk__in=turn_ids).delete()


def _match(text: str, reader: Reader, caller: MemoryCaller) -> Matched:
    question = read_question(text, reader, caller)
    named = Q()
    if question.named:
        named = Q(entity__in=question.named) | Q(target__in=question.named)
    by_key = Q(key__in=question.keys)
    rows = reader.facts()
    chosen = rows.filter(named, by_key) if question.named and rows.filter(named, by_key).exists() else rows.none()
    if question.named and not chosen.exists():
        chosen = rows.filter(named)
    elif not question.named:
        chosen = rows.filter(by_key)
    facts = set(chosen.values_list("pk", flat=True))
    found = find(MemoryQuery(text=text, k=MOST), reader, caller, kind="forget")
    like = [hit.id for hit in found.hits if hit.score >= LIKE]
    facts |= {each for text in like if text.startswith("fact:") and (each := read_id(FACT, text))}
    turns = {each for text in like if text.startswith("turn:") and (each := read_id(TURN, text))}
    return Matched(facts=sorted(facts), turns=sorted(turns))
