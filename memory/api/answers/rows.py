"""Rows that several reads tell: entities, facts with their dates, turns, instructions, uncertainties."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from memory.api.answers.base import (
    AttributeTold,
    EntityTold,
    InstructionTold,
    Labels,
    RelationTold,
    Scopes,
    Shape,
    UncertaintyTold,
)

State = Annotated[
    Literal["current", "tentative", "claim", "closed", "superseded", "retracted"],
    Field(description="closed: it was so until then; retracted: it never was; claim: said by another, or of a record"),
]


class MemoryEntityOut(EntityTold):
    """Somebody or something that facts are about."""

    created_at: datetime = Field(description="when it was first named")
    updated_at: datetime = Field(description="when its name or type last changed")
    importance: float = Field(description="1; published, and not weighed here")
    is_self: bool = Field(description="whether it is a speaker")


class FactSourceOut(Shape):
    """Where a fact comes from."""

    kind: str = Field(description="turn, tool, document, node, triples or reflect")
    id: str = Field(description="of the turn, document or node; empty for triples")
    asserted_by: str | None = Field(description="who is said to have said it")


class Kept(Shape):
    """What every fact says that is read."""

    importance: float = Field(description="the same as confidence")
    known_from: datetime = Field(description="when it was learnt")
    known_until: datetime | None = Field(description="when it was unlearnt; null: it is believed still")
    created_at: datetime = Field(description="the same as knownFrom")
    state: State
    older_proof_count: int = Field(alias="proof_count", description="the same as proofCount")
    proof_count: int = Field(description="how often it was said or found")
    source: FactSourceOut = Field(description="that said it first")
    labels: Labels


class MemoryAttributeOut(Kept, AttributeTold):
    """A value of an entity."""


class MemoryRelationOut(Kept, RelationTold):
    """Something that one entity has to do with another."""


class VersionOut(MemoryAttributeOut):
    """One link of a chain; of a relation the value is the name at its other end."""

    supersedes: str | None = Field(description="fact:<id> whose place it took")
    superseded_by: str | None = Field(description="fact:<id> that took its place")


class TurnOut(Shape):
    """What was said at once."""

    id: str = Field(description="turn:<id>")
    content: str = Field(description="its words")
    created_at: datetime = Field(description="when it was stored")
    spoken_at: datetime = Field(description="when it was said, which relative times count from")
    role: Literal["user", "assistant", "system", "tool"] = Field(description="who said it")
    seq: int = Field(description="its place in the session, from 0")
    session: str = Field(description="the session's id")
    state: Literal["read", "unread", "failed", "skipped"] = Field(description="whether it was read")
    stage: Literal["none", "rules", "fast", "strong"] = Field(description="who read it last")
    flags: list[str] = Field(description="what the scanner noticed")
    labels: Labels


class SessionOut(Shape):
    """A conversation."""

    id: str = Field(description="the name that the client gave it, or sess:<id>")
    created_at: datetime = Field(description="when it began")
    scopes: Scopes
    metadata: dict[str, Any] = Field(description="as the client gave it")


class MemoryInstructionOut(InstructionTold):
    """How the agent shall behave."""


class MemoryUncertaintyOut(UncertaintyTold):
    """What could not be decided."""

    resolved: bool = Field(description="whether it is settled")
    created_at: datetime = Field(description="when it came up")
