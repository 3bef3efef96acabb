"""A message is answered out of the memory, and both are kept as turns of one session."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from memory.access.caller import MemoryCaller, Verb
from memory.budget import check_budget
from memory.conversing.answering import Prose, ask, model_of
from memory.conversing.prompts import chat_messages, schema_of
from memory.models import Session, Turn
from memory.reading.finding import MemoryQuery
from memory.reading.profile import read_profile
from memory.reading.prompting import context_block
from memory.reading.time_filter import Reader
from memory.scopes.paths import Clauses
from memory.writing.given import GivenTurn, Infer
from memory.writing.turns import store_turn

READING_S = 8.0
"""For models that read the message; with the answer's own time it is less than a client waits."""

MOST_BEFORE = 10
SCHEMA = schema_of(reply={"type": "string"})


class ChatReply(BaseModel):
    reply: Prose


@dataclass(frozen=True, kw_only=True)
class Chatted:
    """`updates`: what the message changed, as `/facts` tells it."""

    reply: str
    session_id: str
    trace_id: str
    updates: dict[str, Any]

    def told(self) -> dict[str, Any]:
        return {
            "reply": self.reply,
            "sessionId": self.session_id,
            "traceId": self.trace_id,
            "memoryUpdates": self.updates,
        }

    def pieces(self) -> Iterator[str]:
        """The reply word by word, with the white space behind each; together they are the reply."""
        at = 0
        for end in [*_word_starts(self.reply), len(self.reply)]:
            if end > at:
                yield self.reply[at:end]
                at = end


def chat(
    caller: MemoryCaller,
    given: GivenTurn,
    reader: Reader,
    *,
    session: str | None,
    scopes: Clauses,
    model: str = "",
    now: datetime,
) -> Chatted:
    """`reader`: what the answer may know. The message is kept before it is answered, and stays whatever comes of that.

    Raises ModelMissing and BudgetSpent before anything is stored; ModelBusy and ModelUnavailable when no answer came.
    """
    caller.require(Verb.MEMORY_WRITE)
    asked = model_of(caller.context, named=model)
    check_budget(caller.context, now=now)
    block, found = context_block(MemoryQuery(text=given.text), reader, caller, kind="chat")
    wishes = [row["description"] or row["label"] for row in read_profile(reader, caller)["instructions"]]
    said = _said_before(reader, session)
    ends_at = time.monotonic() + READING_S
    kept = store_turn(caller, given, session=session, scopes=scopes, now=now, ends_at=ends_at)
    messages = chat_messages(given.text, block=block, said=said, instructions=wishes, now=now)
    answer = ask(caller.context, asked, messages, shape=ChatReply, schema=SCHEMA, now=now)
    answered = replace(given, text=answer.reply, role=Turn.Role.ASSISTANT, infer=Infer.NONE)
    store_turn(caller, answered, session=kept["sessionId"], scopes=scopes, now=now)
    return Chatted(
        reply=answer.reply, session_id=kept["sessionId"], trace_id=f"trace:{found.trace.pk}", updates=kept["extraction"]
    )


def _said_before(reader: Reader, session: str | None) -> list[tuple[str, str]]:
    """Of the session, as far as the caller sees it; oldest first."""
    if not session:
        return []
    named = Session.objects.filter(context=reader.context, name=session.replace("\0", ""))
    turns = reader.visibility.filter(Turn.objects.filter(context=reader.context, session__in=named))
    return list(reversed(turns.order_by("-seq").values_list("role", "content")[:MOST_BEFORE]))


def _word_starts(text: str) -> Iterator[int]:
    """Where a word begins behind white space."""
    return (at for at in range(1, len(text)) if text[at - 1].isspace() and not text[at].isspace())
