"""Where something is written, held until it is."""

from datetime import datetime

from memory.access.caller import MemoryCaller
from memory.locks import hold_living
from memory.models import ScopeSet
from memory.scopes.paths import Clauses


def hold_place(caller: MemoryCaller, scopes: Clauses | None = None, *, now: datetime) -> ScopeSet:
    """The place, as it is once nobody else writes: what was forgotten meanwhile is registered anew.

    In the caller's transaction. Raises ContextNotFound, MemoryForbidden.
    """
    hold_living(caller.context)
    return caller.writing(scopes, now=now)
