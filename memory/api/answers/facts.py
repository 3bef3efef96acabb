"""What is told of what was written: `/facts`, `/facts/batch`."""

from typing import Annotated, Literal

from pydantic import Field

from memory.api.answers.base import AttributeTold, EntityTold, InstructionTold, RelationTold, Shape, UncertaintyTold

Effect = Annotated[
    Literal["created", "confirmed", "superseded", "retracted", "closed", "tentative"],
    Field(description="what became of it: superseded took another value's place, tentative is not believed yet"),
]
OfTurn = Annotated[str, Field(description="turn:<id> that says it; only where a conversation was read as one")]


class Written(Shape):
    """What every written row says."""

    turn_id: OfTurn = ""


class Effective(Written):
    """What every written fact says."""

    effect: Effect


class WrittenEntityOut(Written, EntityTold):
    """Somebody or something that was named."""

    is_new: bool = Field(description="whether nobody named it before")


class WrittenAttributeOut(Effective, AttributeTold):
    """A value of an entity."""


class WrittenRelationOut(Effective, RelationTold):
    """Something that one entity has to do with another."""


class WrittenInstructionOut(Written, InstructionTold):
    """How the agent shall behave."""


class WrittenUncertaintyOut(Written, UncertaintyTold):
    """What could not be decided."""


class CorrectionOut(Written):
    """A value that took the place of another, each under both generations of its name."""

    entity: str = Field(description="its name")
    entity_id: str = Field(description="entity:<id>")
    key: str = Field(description="of which value")
    old: str = Field(description="what was believed")
    old_value: str = Field(description="the same as old")
    new: str = Field(description="what is believed now")
    new_value: str = Field(description="the same as new")


class ExtractionOut(Shape):
    """What was read, and what became of it. Every list is always there."""

    turn_id: str = Field(description="turn:<id>; empty for triples, whose text nobody said")
    entities: list[WrittenEntityOut] = Field(description="all that were named")
    attributes: list[WrittenAttributeOut] = Field(description="values")
    relations: list[WrittenRelationOut] = Field(description="relations")
    instructions: list[WrittenInstructionOut] = Field(description="given or revoked")
    uncertainties: list[WrittenUncertaintyOut] = Field(description="opened")
    corrections: list[CorrectionOut] = Field(description="values that others took the place of")


class WrittenCounts(Shape):
    """How much changed."""

    created: int = Field(description="entities and values that are new")
    updated: int = Field(description="values that others took the place of")
    relations_created: int = Field(alias="relations_created", description="facts newly written, values too")
    complete: bool = Field(description="false: a clause was not understood; it is found by its words")


class FactsOut(WrittenCounts):
    """What was made of a turn, or of triples."""

    mode: Literal["full", "triples", "preview", "none"] = Field(description="the infer that was asked for")
    session_id: str = Field(description="the conversation; the one that was sent, or a new one")
    turn_id: str = Field(description="turn:<id>; empty for triples")
    chunk_id: str = Field(description="the same as turnId")
    preview: bool = Field(description="true: nothing was written")
    stage: Literal["none", "rules", "fast", "strong"] = Field(description="who read it last")
    extraction: ExtractionOut = Field(description="what was read")


class FactsBatchOut(WrittenCounts):
    """What was made of a conversation."""

    session_id: str = Field(description="the conversation")
    turn_ids: list[str] = Field(description="turn:<id> of each message, in order")
    extractions: list[ExtractionOut] = Field(
        description="one, whose rows name their turn; or with per_message one each"
    )
