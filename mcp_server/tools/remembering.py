"""`remember` and `recall`: the memory that a key opens."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from accounts.access import Forbidden
from core.fields import Text
from mcp_server.caller import AgentCaller
from mcp_server.tools.base import Arguments, Check, Tool, ToolAnswer
from memory.access.caller import MemoryCaller, Verb
from memory.reading.finding import MemoryQuery
from memory.reading.prompting import context_block
from memory.reading.time_filter import Reader
from memory.writing.given import MOST_SESSION_CHARS, GivenTurn, check_text
from memory.writing.turns import store_turn

MOST_K = 50
MOST_QUERY_CHARS = 20_000


class RememberArguments(Arguments):
    text: str = Field(
        description="What was said, in the words in which it was said and not as a summary: I work at Acme since May."
    )
    role: Literal["user", "assistant", "tool"] = Field(
        "user", description="Who said it: the user, the assistant, or a tool that answered."
    )
    session: Text = Field(
        "", max_length=MOST_SESSION_CHARS, description="The conversation it belongs to; empty begins a new one."
    )


class RecallArguments(Arguments):
    query: Text = Field(
        min_length=1, max_length=MOST_QUERY_CHARS, description="What to recall, as a question or as words."
    )
    k: Annotated[int, Field(ge=1, le=MOST_K)] = Field(10, description="How many memories at most.")


def of_memory(verb: Verb) -> Check:
    """Keys that open a memory and may do this somewhere in it."""

    def check(who: AgentCaller) -> None:
        _memory(who).require(verb)

    return check


def _memory(who: AgentCaller) -> MemoryCaller:
    """Raises Forbidden."""
    if who.memory is None:
        raise Forbidden(f"{who.store.name!r} opens no memory; this takes a key of one.")
    return who.memory


def _remember(given: RememberArguments, who: AgentCaller, now: datetime) -> ToolAnswer:
    turn = GivenTurn(text=check_text(given.text), role=given.role, spoken_at=now)
    stored = store_turn(_memory(who), turn, session=given.session or None, scopes=[], now=now)
    return ToolAnswer(text="\n".join(_told_turn(stored)), data=stored)


def _told_turn(stored: dict[str, Any]) -> list[str]:
    """What was understood, one fact a line, and what took the place of what."""
    read = stored["extraction"]
    facts = [_line(each["entity"], each["key"], each["value"], each["effect"]) for each in read["attributes"]]
    facts += [_line(each["subject"], each["label"], each["object"], each["effect"]) for each in read["relations"]]
    corrected = [f"{each['key'].replace('_', ' ')} was {each['old']}, is {each['new']}" for each in read["corrections"]]
    doubtful = [f"not certain: {each['about']}, {each['reason']}" for each in read["uncertainties"]]
    head = f"Remembered in the session {stored['sessionId']}."
    unread = [] if stored["complete"] else ["Not all of it was understood; it is found by its words."]
    return [head, *facts, *corrected, *doubtful, *unread]


def _line(subject: str, key: str, value: str, effect: str) -> str:
    return f"{subject}, {key.replace('_', ' ')}: {value} ({effect})"


def _recall(given: RecallArguments, who: AgentCaller, now: datetime) -> ToolAnswer:
    memory = _memory(who)
    reader = Reader(context=memory.context, visibility=memory.reading(), now=now)
    block, found = context_block(MemoryQuery(text=given.query, k=given.k), reader, memory)
    told = found.told()
    data = {"memories": told["hits"], "tier": told["tier"]}
    return ToolAnswer(text=block or "Nothing is remembered about that.", data=data)


remember = Tool(
    name="remember",
    title="Remember what was said",
    description="Keeps what a person said, word for word, and what follows from it: who they are, what they like, what "
    "changed. Call it with what is worth knowing in a later conversation. What is corrected replaces what was known.",
    arguments=RememberArguments,
    check=of_memory(Verb.MEMORY_WRITE),
    run=_remember,
    reads=False,
)
recall = Tool(
    name="recall",
    title="Recall what is known",
    description="What is known of the person who speaks, and what was said that answers the query, one memory a line. "
    "Call it before you answer what depends on the person or on an earlier conversation.",
    arguments=RecallArguments,
    check=of_memory(Verb.MEMORY_READ),
    run=_recall,
)
