"""`/sessions`: begun, read, and deleted with what was said in them."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Status
from pydantic import Field

from core.fields import Text
from memory.api.answers.base import described
from memory.api.answers.reading import SessionContextOut, TurnsOut
from memory.api.answers.rows import SessionOut
from memory.api.base import Scoped, caller_of, memory_router
from memory.api.reading.base import reader_for, window
from memory.reading.sessions import find_session, list_turns, session_context
from memory.reading.shapes import session_row
from memory.upkeep.sessions import delete_session
from memory.writing.places import hold_place
from memory.writing.sessions import open_session

router = memory_router("memory sessions")

MOST_TURNS = 500


class SessionIn(Scoped):
    id: Text | None = None
    session_id: Text | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)


@router.post(
    "/sessions", response={201: described(SessionOut)}, summary="Begin a session", operation_id="create_session"
)
def create(request: HttpRequest, body: SessionIn) -> Status[dict[str, Any]]:
    """One that is there already is answered as it is."""
    caller, now = caller_of(request), timezone.now()
    with transaction.atomic():
        place = hold_place(caller, body.scopes, now=now)
        session = open_session(caller, body.session_id or body.id, place, now=now, metadata=body.metadata)
    return Status(201, session_row(session))


@router.get(
    "/sessions/{str:session_id}", response=described(SessionOut), summary="One session", operation_id="get_session"
)
def session(request: HttpRequest, session_id: str) -> dict[str, Any]:
    return session_row(find_session(reader_for(request), session_id))


@router.delete(
    "/sessions/{str:session_id}",
    response={204: None},
    summary="Delete a session and what was said in it",
    operation_id="delete_session",
)
def delete(request: HttpRequest, session_id: str) -> Status[None]:
    delete_session(caller_of(request), session_id, now=timezone.now())
    return Status(204, None)


@router.get(
    "/sessions/{str:session_id}/turns",
    response=described(TurnsOut),
    summary="Turns of a session, in order",
    operation_id="session_turns",
)
def turns(request: HttpRequest, session_id: str, limit: int = 100, offset: int = 0) -> dict[str, Any]:
    limit, offset = window(limit=limit, offset=offset, most=MOST_TURNS)
    reader = reader_for(request)
    return {"turns": list_turns(reader, find_session(reader, session_id), limit=limit, offset=offset)}


@router.get(
    "/sessions/{str:session_id}/context",
    response=described(SessionContextOut),
    summary="The last turns of a session for a prompt",
    operation_id="session_context",
)
def context(request: HttpRequest, session_id: str) -> dict[str, Any]:
    reader = reader_for(request)
    return {"context": session_context(reader, find_session(reader, session_id))}


@router.post(
    "/sessions/{str:session_id}/context",
    response=described(SessionContextOut),
    summary="The same, as clients ask for it that post",
)
def post_session_context(request: HttpRequest, session_id: str) -> dict[str, Any]:
    return context(request, session_id)
