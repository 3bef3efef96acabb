"""An entity expires: all that is believed of it, and all that leads to it, ends."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.audit import record
from memory.access.caller import MemoryCaller, Verb
from memory.locks import hold_context
from memory.reading.entities import find_entities
from memory.reading.time_filter import Reader
from memory.upkeep.forgetting import end_facts


@transaction.atomic
def expire_entity(caller: MemoryCaller, type_: str, name: str, *, now: datetime) -> int:
    """How many facts ended; its history stays. Raises MemoryNotFound and MemoryForbidden."""
    caller.require(Verb.MEMORY_FORGET)
    reader = Reader(context=caller.context, visibility=caller.forgetting(), now=now)
    found = find_entities(reader, type_, name)
    hold_context(caller.context)
    facts = reader.all_facts().filter(Q(entity__in=found) | Q(target__in=found))
    ended = end_facts(caller.context, facts, now=now, actor=caller.name)
    record(caller.actor, "memory.entity.expire", f"{caller.context.source}/{found[0]}", now=now, after={"facts": ended})
    return ended
