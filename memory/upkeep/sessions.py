"""A session is deleted: what was said in it goes, and what follows from it stays."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from memory.access.caller import MemoryCaller, Verb
from memory.locks import hold_context
from memory.models import Session, Turn
from memory.reading.sessions import find_session
from memory.reading.time_filter import Reader
from memory.writing.searchable import TURN, erase_keys


@transaction.atomic
def delete_session(caller: MemoryCaller, name: str, *, now: datetime) -> None:
    """Raises MemoryNotFound, also for one of places where the caller may not forget; MemoryForbidden."""
    caller.require(Verb.MEMORY_FORGET)
    reader = Reader(context=caller.context, visibility=caller.forgetting(), now=now)
    session = find_session(reader, name)
    hold_context(caller.context)
    turns = list(Turn.objects.filter(session=session).values_list("pk", flat=True))
    erase_keys(caller.context, [f"{TURN}/{pk}" for pk in turns], now=now, actor=caller.name)
    Session.objects.filter(pk=session.pk).delete()
    record(
        caller.actor,
        "memory.session.delete",
        f"{caller.context.source}/{session.name}",
        now=now,
        after={"turns": len(turns)},
    )
