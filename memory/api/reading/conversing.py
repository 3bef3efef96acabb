"""`/chat` and `/reflect`, which a model answers; `/consolidate` and `/elaborate`, which have nothing to do here."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from core.fields import Text
from memory.access.caller import Verb
from memory.api.answers.base import described
from memory.api.answers.conversing import ChatOut, ConsolidationOut, ElaborationOut, ReflectionOut
from memory.api.base import Lensed, Scoped, Wire, caller_of, memory_router
from memory.api.reading.base import reader_for
from memory.api.reading.queries import memory_query
from memory.conversing.chatting import Chatted, chat
from memory.conversing.reflecting import reflect
from memory.writing.given import GivenTurn, check_labels, check_text

router = memory_router("memory conversing")

MOST_REMEMBERED = 20
EVENTS = {"responses": {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}}
"""What `stream` asks for instead."""


class ChatIn(Scoped):
    """`scopes`: where the message belongs; the answer knows what is seen from there. `stream`: as events."""

    message: Text = ""
    stream: bool = False
    session_id: Text | None = None
    model: Text | None = None
    labels: list[Any] | None = None


class ReflectIn(Lensed):
    """`persist`: what follows is kept, as an attribute `reflection`."""

    query: Text = ""
    persist: bool = False
    k: int = MOST_REMEMBERED


class ConsolidateIn(Wire):
    dry_run: bool = False


@router.post(
    "/chat",
    response=described(ChatOut),
    summary="Answer a message out of the memory",
    operation_id="chat_with_memory",
    openapi_extra=EVENTS,
)
def chatted(request: HttpRequest, body: ChatIn) -> HttpResponseBase:
    """With `stream` as server-sent events, `data: {"delta"}` each and `event: done` at the end: the model's answer is
    judged whole before its first word is sent, so whatever goes wrong has its status."""
    caller, now = caller_of(request), timezone.now()
    text = check_text(body.message, field="message")
    given = GivenTurn(text=text, role="user", spoken_at=now, labels=check_labels(body.labels))
    found = chat(
        caller,
        given,
        reader_for(request, lens=body.scopes),
        session=body.session_id or None,
        scopes=body.scopes,
        model=body.model or "",
        now=now,
    )
    if not body.stream:
        return JsonResponse(found.told())
    headers = {"Cache-Control": "no-cache"}
    return StreamingHttpResponse(_events(found), content_type="text/event-stream", headers=headers)


@router.post(
    "/reflect",
    response=described(ReflectionOut),
    summary="What follows from what is remembered",
    operation_id="reflect_on_memory",
)
def reflected(request: HttpRequest, body: ReflectIn) -> dict[str, Any]:
    asked = memory_query(body.query, k=body.k, labels=[])
    reader = reader_for(request, lens=body.lens)
    return reflect(caller_of(request), asked, reader, persist=body.persist, now=timezone.now()).told()


@router.post(
    "/consolidate",
    response=described(ConsolidationOut),
    summary="Nothing is left to consolidate",
    operation_id="consolidate_memory",
)
def consolidate(request: HttpRequest, body: ConsolidateIn) -> dict[str, Any]:
    """Facts are reconciled, and their proofs counted, as they are written; no model writes observations over them."""
    caller_of(request).require(Verb.MEMORY_WRITE)
    return {
        "created": 0,
        "updated": 0,
        "superseded": 0,
        "dryRun": body.dry_run,
        "outcomes": [],
        "traceId": "",
    }


@router.post(
    "/elaborate", response=described(ElaborationOut), summary="No relation is guessed", operation_id="elaborate_memory"
)
def elaborate(request: HttpRequest) -> dict[str, Any]:
    """A relation that nobody said and no document holds is not made up; `/reflect` tells what follows from others."""
    caller_of(request).require(Verb.MEMORY_WRITE)
    return {"outcomes": [], "relationsEmitted": 0}


def _events(found: Chatted) -> Iterator[str]:
    for piece in found.pieces():
        yield f"data: {json.dumps({'delta': piece})}\n\n"
    ended = found.told()
    del ended["reply"]
    yield f"event: done\ndata: {json.dumps(ended)}\n\n"
