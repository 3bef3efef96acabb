"""Rows that several reads tell: entities, facts with their dates, turns, instructions, uncertainties."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from memory.api.answers.base import Categorised, Confidence, End, Labels, Scopes, Shape, Start

State = Annotated[
    Literal["current", "tentative", "claim", "closed", "superseded", "retracted"],
    Field(description="closed: it was so until then; retracted: it never was; claim: said by another, or of a record"),
]


class MemoryEntityOut(Categorised):
    """Somebody or something that facts are about."""

    id: str = Field(description="entity:<id>")
    name: str = Field(description="as it is called now")
    type: str = Field(description="person, organisation, project, …, or a caller's own word")
    entity_type: str = Field(description="the same as type")
    created_at: datetime = Field(description="when it was first named")
    updated_at: datetime = Field(description="when its name or type last changed")
    importance: float = Field(description="1; published, and not weighed here")
    is_self: bool = Field(description="whether it is a speaker")


class FactSourceOut(Shape):
    """Where a fact comes from."""

    kind: str = Field(description="turn, tool, document, node, triples or reflect")
    id: str = Field(description="of the turn, document or node; empty for triples")
    asserted_by: str | None = Field(description="who is said to have said it")


class FactOut(Categorised):
    """What an attribute and a relation have in common."""

    id: str = Field(description="fact:<id>")
    confidence: Confidence
    importance: float = Field(description="the same as confidence")
    valid_from: Start
    valid_until: End
    known_from: datetime = Field(description="when it was learnt")
    known_until: datetime | None = Field(description="when it was unlearnt; null: it is believed still")
    created_at: datetime = Field(description="the same as knownFrom")
    state: State
    older_proof_count: int = Field(alias="proof_count", description="the same as proofCount")
    proof_count: int = Field(description="how often it was said or found")
    source: FactSourceOut = Field(description="that said it first")
    labels: Labels


class MemoryAttributeOut(FactOut):
    """A value of an entity."""

    entity: str = Field(description="its name")
    entity_id: str = Field(description="entity:<id>")
    key: str = Field(description="what the value is of, such as role")
    value: str = Field(description="as it was said")


class MemoryRelationOut(FactOut):
    """Something that one entity has to do with another."""

    subject: str = Field(description="the name of whom it is about")
    subject_id: str = Field(description="entity:<id>")
    verb: str = Field(description="such as works_at")
    label: str = Field(description="the same as verb")
    object: str = Field(description="the name at its other end")
    object_id: str = Field(description="entity:<id>")


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


class MemoryInstructionOut(Shape):
    """How the agent shall behave."""

    id: str = Field(description="instruction:<id>")
    label: str = Field(description="in a few words")
    description: str = Field(description="as it was said")
    active: bool = Field(description="false: it was revoked or switched off")


class MemoryUncertaintyOut(Shape):
    """What could not be decided."""

    id: str = Field(description="uncertainty:<id>")
    about: str = Field(description="the name and the key that it is about")
    reason: str = Field(description="a sentence")
    kind: str = Field(
        description="joke, time, reported, curated, reference, contradiction, unread, or a scanner's flag"
    )
    resolved: bool = Field(description="whether it is settled")
    created_at: datetime = Field(description="when it came up")
