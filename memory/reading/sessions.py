"""Conversations as they were held."""

from typing import Any

from django.db.models import QuerySet

from core.ids import read_id
from memory.errors import MemoryNotFound
from memory.models import Session, Turn
from memory.reading.shapes import turn_row
from memory.reading.time_filter import Reader
from memory.vocabulary.recalled import recalled_line
from memory.vocabulary.sanitising import HIT_CHARS, sanitise

MOST_CHARS = 8_000
MOST_TURNS = 200


def visible_sessions(reader: Reader) -> QuerySet[Session]:
    return reader.visibility.filter(Session.objects.filter(context=reader.context)).select_related("scope_set")


def find_session(reader: Reader, name: str) -> Session:
    """By the name that clients gave it, or its id. Raises MemoryNotFound."""
    rows = visible_sessions(reader)
    found_id = read_id("sess", name)
    found: Session | None = rows.filter(name=name.replace("\0", "")).first()
    if found is None and found_id:
        found = rows.filter(pk=found_id).first()
    if found is None:
        raise MemoryNotFound(f"There is no session {name!r:.200} here.")
    return found


def list_turns(reader: Reader, session: Session, *, limit: int, offset: int) -> list[dict[str, Any]]:
    """By their order in the session; those of places that are not seen are left out."""
    rows = _turns(reader, session).order_by("seq")[offset : offset + limit]
    return [turn_row(each) for each in rows]


def session_context(reader: Reader, session: Session) -> str:
    """The last turns for a prompt, as many as fit, oldest first, each on one quiet line."""
    kept: list[str] = []
    room = MOST_CHARS
    for turn in _turns(reader, session).order_by("-seq")[:MOST_TURNS]:
        line = recalled_line(f"{turn.role}: {sanitise(turn.content, chars=HIT_CHARS)}")
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(reversed(kept))


def _turns(reader: Reader, session: Session) -> QuerySet[Turn]:
    rows = Turn.objects.filter(context=reader.context, session=session).select_related("session")
    return reader.visibility.filter(rows)
