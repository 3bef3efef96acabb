"""How an answer is told without being made anew by what tells it, and the words that many answers share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, core_schema


class Shape(BaseModel):
    """A part of an answer. Fields are declared in snake case and told in camel case; older names as aliases."""

    model_config = ConfigDict(alias_generator=to_camel, protected_namespaces=())


@dataclass(frozen=True)
class Described:
    """Stands for `shape` in the OpenAPI document. What is sent is what the operation returns, unchecked."""

    shape: Any

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return core_schema.any_schema()

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Callable[[CoreSchema], Any]) -> Any:
        """As the items of a list: a schema by itself is told in place, and not by its name."""
        listed: Any = GenericAlias(list, (self.shape,))
        return handler(TypeAdapter(listed).core_schema)["items"]


def described(shape: Any) -> Any:
    """For `response=` of an operation."""
    return Annotated[Any, Described(shape)]


Category = Annotated[
    Literal["identity", "knowledge", "context"],
    Field(description="identity: who they are; knowledge: what lasts; context: what passes"),
]
Confidence = Annotated[float, Field(ge=0, le=1, description="how sure the reader was, 0 to 1")]
Start = Annotated[datetime | None, Field(description="since when it is so; null: unknown")]
End = Annotated[datetime | None, Field(description="until before when it is so; null: open")]
Scopes = Annotated[list[list[str]], Field(description="where it belongs: any of these, of each all paths")]
Labels = Annotated[list[str], Field(description="of the form key=value")]
Ms = Annotated[int, Field(ge=0, description="milliseconds that finding it took")]
Score = Annotated[float, Field(ge=0, le=1, description="how well it answers, 0 to 1")]


class Categorised(Shape):
    """The category under both generations of its name."""

    older_category: Category = Field(alias="memory_category")
    memory_category: Category


class PagedOut(Shape):
    """One page of a list; pages are counted from 0."""

    page: int = Field(description="which one, from 0")
    page_size: int = Field(description="rows of a full page")
    older_page_size: int = Field(alias="page_size", description="the same as pageSize")
    total: int = Field(description="rows of all pages")


# --- what is told of rows, as they are written and as they are read --------------------------------------------------


class EntityTold(Categorised):
    """Somebody or something that facts are about."""

    id: str = Field(description="entity:<id>")
    name: str = Field(description="as it is called now")
    type: str = Field(description="person, organisation, project, …, or a caller's own word")
    entity_type: str = Field(description="the same as type")


class FactTold(Categorised):
    """What an attribute and a relation have in common."""

    id: str = Field(description="fact:<id>")
    confidence: Confidence
    valid_from: Start
    valid_until: End


class AttributeTold(FactTold):
    """A value of an entity."""

    entity: str = Field(description="its name")
    entity_id: str = Field(description="entity:<id>")
    key: str = Field(description="what the value is of, such as role")
    value: str = Field(description="as it was said")


class RelationTold(FactTold):
    """Something that one entity has to do with another."""

    subject: str = Field(description="the name of whom it is about")
    subject_id: str = Field(description="entity:<id>")
    verb: str = Field(description="such as works_at")
    label: str = Field(description="the same as verb")
    object: str = Field(description="the name at its other end")
    object_id: str = Field(description="entity:<id>")


class InstructionTold(Shape):
    """How the agent shall behave."""

    id: str = Field(description="instruction:<id>")
    label: str = Field(description="in a few words")
    description: str = Field(description="as it was said")
    active: bool = Field(description="false: it was revoked or switched off")


class UncertaintyTold(Shape):
    """What could not be decided."""

    id: str = Field(description="uncertainty:<id>")
    about: str = Field(description="the name and the key that it is about")
    reason: str = Field(description="a sentence")
    kind: str = Field(description="joke, time, reported, curated, reference, contradiction, unread, or a flag")
