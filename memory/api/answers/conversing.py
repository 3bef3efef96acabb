"""What a model answers out of the memory, and what has nothing to do here."""

from pydantic import Field

from memory.api.answers.base import Shape
from memory.api.answers.facts import ExtractionOut


class ChatOut(Shape):
    """An answer to a message. With `stream` it comes as events instead."""

    reply: str = Field(description="the model's words")
    session_id: str = Field(description="the conversation")
    trace_id: str = Field(description="trace:<id> of what was looked up for it")
    memory_updates: ExtractionOut = Field(description="what the message changed")


class ReflectionOut(Shape):
    """What follows from what is remembered."""

    reflection: str = Field(description="the model's words")
    evidence: list[str] = Field(description="ids of the hits that it rests on")
    persisted_attributes: list[str] = Field(description="fact:<id> of what was kept")
    trace_id: str = Field(description="trace:<id>")


class ConsolidationOut(Shape):
    """Published; facts are reconciled as they are written, so nothing is left to do."""

    created: int = Field(description="0")
    updated: int = Field(description="0")
    superseded: int = Field(description="0")
    dry_run: bool = Field(description="as it was asked for")
    outcomes: list[str] = Field(description="none")
    trace_id: str = Field(description="empty")


class ElaborationOut(Shape):
    """Published; no relation is guessed."""

    outcomes: list[str] = Field(description="none")
    relations_emitted: int = Field(description="0")
