"""What every kind of source understands in its configuration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from larder_sources.durations import read_duration
from larder_sources.names import unknown_name
from larder_sources.templates import Template


def read_template(value: Any) -> Template:
    if isinstance(value, Template):
        return value
    if isinstance(value, bool | int | float):
        value = str(value)
    if not isinstance(value, str):
        raise ValueError("a template is a text")
    return Template(value)


Ascii = Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")]
"""What becomes part of a header of HTTP."""
Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Text = Annotated[Template, BeforeValidator(read_template)]


class Options(BaseModel):
    """Options of every kind. Templates read the values of an item, which each kind names in `NAMES`."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)

    NAMES: ClassVar[frozenset[str] | None] = frozenset()
    """Values beyond `key`, `content`, `title` and `updated_at`; None where only the source knows them."""

    kind: str
    id: Text = Field(default=Template("{{ key }}"), description="The document's id")
    content: Text = Field(default=Template("{{ content }}"), description="Its text")
    tags: tuple[Text, ...] = Field(default=(), description="Its tags; one may give several, with commas between")
    metadata: dict[str, Text] = Field(default={}, description="Its metadata, beyond what the kind gives")
    link: Text | None = Field(default=None, description="Where people read it; becomes `url` in its metadata")
    language: Text | None = Field(default=None, description="Whose word endings count, such as german")
    ttl: Duration | None = Field(default=None, description="It expires so long after the last sync that succeeded")
    expires: Text | None = Field(default=None, description="A date in ISO 8601 on which it ends")
    delete_percent: int = Field(
        default=30, ge=0, le=100, description="What would delete more of its documents is judged by Larder, whole"
    )

    def templates(self) -> Iterator[tuple[str, Template]]:
        """Each with the name of its option."""
        for name in ("id", "content", "link", "language", "expires"):
            if (template := getattr(self, name)) is not None:
                yield name, template
        yield from (("tags", template) for template in self.tags)
        yield from ((f"metadata.{name}", template) for name, template in self.metadata.items())

    @model_validator(mode="after")
    def _names_are_known(self) -> Options:
        if self.NAMES is not None:
            self.check_names(self.NAMES)
        return self

    def check_names(self, names: frozenset[str]) -> None:
        """Raises ValueError where a template reads what no item has."""
        known = {"key", "content", "title", "updated_at", *names}
        for option, template in self.templates():
            for name in sorted(set(template.names) - known):
                raise ValueError(f"{option}: {unknown_name(name, known, what='value')}")
