"""What a filter is: comparisons, joined by and, or and not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Operator(StrEnum):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IN = "in"
    NIN = "nin"
    CONTAINS = "contains"
    TEXT_MATCH = "text_match"
    IS_EMPTY = "is_empty"


RANGES = (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE)
METADATA = "metadata"


class FieldKind(StrEnum):
    """What one of the document's own fields holds."""

    TEXT = "text"
    TEXTS = "texts"
    TIME = "time"


OWN_FIELDS = {
    "id": FieldKind.TEXT,
    "source": FieldKind.TEXT,
    "content": FieldKind.TEXT,
    "language": FieldKind.TEXT,
    "tags": FieldKind.TEXTS,
    "created_at": FieldKind.TIME,
    "updated_at": FieldKind.TIME,
    "expires_at": FieldKind.TIME,
}

Value = str | int | float | bool | datetime | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Of an own field, `("tags",)`, or of what the metadata has below some names, `("metadata", "author", "name")`.

    `values` are all that were given: one but for `in`, `nin` and `contains`, none for `is_empty`.
    """

    path: tuple[str, ...]
    operator: Operator
    values: tuple[Value, ...] = ()

    @property
    def kind(self) -> FieldKind | None:
        """None: of the metadata."""
        return OWN_FIELDS.get(self.path[0]) if len(self.path) == 1 else None


@dataclass(frozen=True, kw_only=True)
class AllOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True, kw_only=True)
class AnyOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True, kw_only=True)
class Not:
    part: "Node"


Node = Comparison | AllOf | AnyOf | Not


@dataclass(frozen=True, kw_only=True)
class QueryFilter:
    """A filter; two are the same that are written the same. `text` is its JSON, without blanks."""

    text: str
    root: Node = field(compare=False, repr=False)

    @property
    def comparisons(self) -> list[Comparison]:
        return list(_comparisons(self.root))


def _comparisons(node: Node) -> Iterator[Comparison]:
    if isinstance(node, Comparison):
        yield node
        return
    for part in (node.part,) if isinstance(node, Not) else node.parts:
        yield from _comparisons(part)
