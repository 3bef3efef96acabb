"""What reads tell: queries, state, profile, entities, sessions, traces."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from memory.api.answers.base import Labels, Ms, Scopes, Score, Shape
from memory.api.answers.rows import (
    MemoryAttributeOut,
    MemoryEntityOut,
    MemoryInstructionOut,
    MemoryRelationOut,
    MemoryUncertaintyOut,
    TurnOut,
    VersionOut,
)
from memory.api.answers.traces import QueryTraceOut, Tier, TraceOut


class HitOut(Shape):
    """One thing that answers."""

    id: str = Field(description="fact:<id>, turn:<id>, node:<id> or chunk:<id>")
    score: Score
    source: Literal["attribute", "relation", "entity", "memory_chunk", "chunk"] = Field(description="what it is")
    text: str = Field(description="on one line, at most 2,000 characters, without marks and hidden characters")
    occurred_at: datetime | None = Field(description="when it was said, or since when it is so")
    scopes: Scopes
    labels: Labels


class QueryOut(Shape):
    """The hits, the best first."""

    hits: list[HitOut] = Field(description="at most k")
    tier: Tier
    classification_kind: Literal["direct_lookup", "hybrid", "full_context"] = Field(description="the tier's older word")
    seed_entities: list[str] = Field(description="names of those whom the question names")
    query_ms: Ms
    trace: QueryTraceOut = Field(description="how it was found")


class PromptBlockOut(Shape):
    """A block for a prompt."""

    context: str = Field(description="a line each: the speaker's profile, then hits; at most 8,000 characters")
    tier: Tier
    query_ms: Ms


class BundleOut(Shape):
    """Rows of one category, the newest 500 a list."""

    entities: list[MemoryEntityOut] = Field(description="of this category")
    attributes: list[MemoryAttributeOut] = Field(description="values that are so")
    relations: list[MemoryRelationOut] = Field(description="relations that are so")


class StateOut(Shape):
    """All that is so at the moment that was asked for."""

    identity: BundleOut = Field(description="who they are")
    knowledge: BundleOut = Field(description="what lasts")
    context: BundleOut = Field(description="what passes")
    instructions: list[MemoryInstructionOut] = Field(description="the active ones")
    unknowns: list[MemoryUncertaintyOut] = Field(description="the open ones")
    truncated: bool = Field(description="whether a list had more than 500")


class ProfileLineOut(Shape):
    """One fact of the speaker."""

    key: str = Field(description="such as works_at")
    value: str = Field(description="or the name at a relation's other end")


class ProfileOut(Shape):
    """What is known of the speaker."""

    static: list[ProfileLineOut] = Field(description="identity")
    dynamic: list[ProfileLineOut] = Field(description="context")
    preferences: list[ProfileLineOut] = Field(description="knowledge")
    instructions: list[MemoryInstructionOut] = Field(description="the active ones")


class ForgottenRowsOut(Shape):
    """How much a text means."""

    deleted: int = Field(description="rows that ended, or with purge were erased")
    dry_run: bool = Field(description="true: they were only counted")


class EntitiesOut(Shape):
    """A window of entities."""

    entities: list[MemoryEntityOut] = Field(description="the newest first")


class EntityFactsOut(Shape):
    """An entity with its facts of the moment."""

    entity: MemoryEntityOut = Field(description="the first that bears the name, where several scopes have one")
    attributes: list[MemoryAttributeOut] = Field(description="its values")
    relations: list[MemoryRelationOut] = Field(description="from it and to it")


class HistoryOut(Shape):
    """The dated chain of a key."""

    history: list[VersionOut] = Field(description="every value that it had, the oldest first")


class InspectedEntityOut(Shape):
    """Of `entity:<type>/<name>`."""

    kind: Literal["entity"] = Field(description="what it is")
    entity: MemoryEntityOut = Field(description="itself")
    versions: list[VersionOut] = Field(description="all that it ever had, by key")


class InspectedAttributeOut(Shape):
    """Of `attribute:<type>/<name>/<key>`."""

    kind: Literal["attribute"] = Field(description="what it is")
    versions: list[VersionOut] = Field(description="the oldest first")


class InspectedRelationOut(Shape):
    """Of `relation:<subject>/<label>/<object>`."""

    kind: Literal["relation"] = Field(description="what it is")
    versions: list[MemoryRelationOut] = Field(description="the oldest first")


class InspectedTraceOut(Shape):
    """Of `trace:<id>`."""

    kind: Literal["trace"] = Field(description="what it is")
    trace: TraceOut = Field(description="itself")


InspectedOut = Annotated[
    InspectedEntityOut | InspectedAttributeOut | InspectedRelationOut | InspectedTraceOut, Field(discriminator="kind")
]


class TurnsOut(Shape):
    """A window of a session's turns."""

    turns: list[TurnOut] = Field(description="by their place in the session")


class SessionContextOut(Shape):
    """The last turns of a session."""

    context: str = Field(description="a line each, the oldest first, at most 8,000 characters")
