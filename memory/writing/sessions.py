"""Conversations: found by the name that clients give them, or begun."""

from datetime import datetime
from typing import Any

from django.db.models import Max

from core.ids import new_id
from memory.access.caller import MemoryCaller, Verb
from memory.errors import MemoryForbidden
from memory.models import ScopeSet, Session, Turn
from memory.writing.given import MOST_SESSION_CHARS, check_storable

PREFIX = "sess:"


def open_session(
    caller: MemoryCaller,
    name: str | None,
    scope_set: ScopeSet,
    *,
    now: datetime,
    metadata: dict[str, Any] | None = None,
) -> Session:
    """The session of this name, begun where there is none; without a name another one.

    Raises MemoryForbidden for one of another region, MemoryInvalid and MemoryTooLarge for what is no name.
    """
    made = new_id()
    named = check_storable(name, field="session_id", most=MOST_SESSION_CHARS) if name else f"{PREFIX}{made}"
    begun = Session(
        pk=made,
        context=caller.context,
        name=named,
        scope_set=scope_set,
        principal=caller.acts_for or caller.principal,
        metadata=metadata or {},
        created_at=now,
    )
    if not name:
        begun.save(force_insert=True)
        return begun
    return _named(caller, begun)


def next_seq(session: Session) -> int:
    """Whoever writes the turn holds the context."""
    last = Turn.objects.filter(session=session).aggregate(last=Max("seq"))["last"]
    return 0 if last is None else int(last) + 1


def _named(caller: MemoryCaller, begun: Session) -> Session:
    rows = Session.objects.filter(context=caller.context, name=begun.name).select_related("scope_set")
    found = rows.first()
    if found is None:
        Session.objects.bulk_create([begun], ignore_conflicts=True)
        found = rows.get()
    region = caller.region(Verb.MEMORY_WRITE)
    if not any(all(region.contains(path) for path in clause) for clause in found.scope_set.clauses):
        raise MemoryForbidden(f"{caller.name} may not write to the session {begun.name!r:.100}.")
    return found
