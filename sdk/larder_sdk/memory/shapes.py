"""What the memory API answers. Fields that are not named here are kept, as a later server may send more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    """camelCase on the wire; an instant is aware and in UTC."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow", protected_namespaces=())


class Entity(Shape):
    """Somebody or something that facts are about. `is_new`: this turn named it first."""

    id: str = ""
    name: str
    entity_type: str = ""
    memory_category: str = ""
    is_new: bool = False


class _Dated(Shape):
    """`effect` is one of created, confirmed, superseded, retracted, closed, tentative; "" in reads."""

    id: str = ""
    memory_category: str = ""
    confidence: float | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    effect: str = ""


class Attribute(_Dated):
    """A value of an entity: `role` of Alice is `CTO`."""

    entity: str
    key: str
    value: str


class Relation(_Dated):
    """A relation of an entity to another: Alice `works_at` Acme."""

    subject: str
    verb: str
    object: str


class Instruction(Shape):
    """How the agent shall behave. `active` is false where this turn revoked it."""

    id: str = ""
    label: str
    description: str = ""
    active: bool = True


class Uncertainty(Shape):
    """What could not be decided, and why. `kind`: joke, time, reported, curated, reference, contradiction, unread, or
    what the scanner noticed."""

    id: str = ""
    about: str
    reason: str = ""
    kind: str = ""
    resolved: bool = False


class Correction(Shape):
    """A value that took the place of another."""

    entity: str
    key: str
    old: str
    new: str


class Extraction(Shape):
    """What was read in one turn, and what became of it."""

    turn_id: str = ""
    entities: list[Entity] = Field(default_factory=list)
    attributes: list[Attribute] = Field(default_factory=list)
    relations: list[Relation] = Field(default_factory=list)
    instructions: list[Instruction] = Field(default_factory=list)
    uncertainties: list[Uncertainty] = Field(default_factory=list)
    corrections: list[Correction] = Field(default_factory=list)


class Remembered(Shape):
    """One turn or one set of triples, stored.

    `complete` is false where a clause was not understood; it is found by its words all the same. `stage` read it last:
    none, rules, fast or strong. Counts: entities and literal values created, values superseded, triples newly written.
    """

    mode: str
    session_id: str
    turn_id: str = ""
    preview: bool = False
    stage: str = "none"
    complete: bool = True
    created: int = 0
    updated: int = 0
    relations_created: int = Field(default=0, alias="relations_created")
    extraction: Extraction = Field(default_factory=Extraction)


class Batch(Shape):
    """Many messages, stored. One extraction a message, or one for the conversation whose rows name their turn."""

    session_id: str
    turn_ids: list[str] = Field(default_factory=list)
    extractions: list[Extraction] = Field(default_factory=list)
    created: int = 0
    updated: int = 0
    relations_created: int = Field(default=0, alias="relations_created")


class NodeCounts(Shape):
    """What became of nodes and relations of a catalogue."""

    model_config = ConfigDict(alias_generator=None, extra="allow")

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    relations_created: int = 0
    relations_existing: int = 0


class Hit(Shape):
    """Something found. `source` is attribute, relation, entity, memory_chunk, chunk or section; `score` from 0 to 1."""

    id: str
    score: float
    source: str
    text: str
    occurred_at: datetime | None = None


class QueryAnswer(Shape):
    """`tier` says how it was found: direct, hybrid or full_context."""

    hits: list[Hit] = Field(default_factory=list)
    tier: str = ""
    seed_entities: list[Any] = Field(default_factory=list)
    query_ms: float = 0.0
    trace: dict[str, Any] = Field(default_factory=dict)


class CategoryState(Shape):
    """The present of one memory category."""

    entities: list[Entity] = Field(default_factory=list)
    attributes: list[Attribute] = Field(default_factory=list)
    relations: list[Relation] = Field(default_factory=list)


class State(Shape):
    """What is so now. `truncated`: a list has more than the 500 rows that are shown."""

    identity: CategoryState = Field(default_factory=CategoryState)
    knowledge: CategoryState = Field(default_factory=CategoryState)
    context: CategoryState = Field(default_factory=CategoryState)
    instructions: list[Instruction] = Field(default_factory=list)
    unknowns: list[Uncertainty] = Field(default_factory=list)
    truncated: bool = False


class ProfileLine(Shape):
    key: str
    value: str


class Profile(Shape):
    """The speaker: what stays (`static`), what is so for now (`dynamic`), what is liked (`preferences`)."""

    static: list[ProfileLine] = Field(default_factory=list)
    dynamic: list[ProfileLine] = Field(default_factory=list)
    preferences: list[ProfileLine] = Field(default_factory=list)
    instructions: list[Instruction] = Field(default_factory=list)


class FactVersion(Shape):
    """One link of a chain: a value, when it was so, and what it followed."""

    id: str
    key: str = ""
    value: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    supersedes: str | None = None
    superseded_by: str | None = None


class EntityFacts(Shape):
    """An entity with all that is known of it."""

    entity: Entity
    attributes: list[FactVersion] = Field(default_factory=list)
    relations: list[dict[str, Any]] = Field(default_factory=list)


class Upload(Shape):
    """A document that was taken. `deduplicated`: the same bytes were here already, and nothing is processed anew."""

    id: str
    status: str
    content_hash: str = ""
    deduplicated: bool = False


class Document(Shape):
    """A document and how far it is: queued, extracting, chunking, embedding, keywording, extracting_nodes, ready or
    failed; then `error` is a sentence and `error_kind` temporary or permanent."""

    id: str
    status: str
    title: str = ""
    content_hash: str = ""
    mime_type: str = ""
    size_bytes: int = 0
    version: int = 1
    chunk_count: int | None = None
    error: str | None = None
    error_kind: str | None = None

    @property
    def is_done(self) -> bool:
        """Nothing more will happen to it by itself."""
        return self.status in ("ready", "failed")


class DocumentPage(Shape):
    """One page, newest first; `page` counts from 0."""

    documents: list[Document] = Field(default_factory=list)
    page: int = 0
    page_size: int = 100
    total: int = 0
