"""LlamaIndex's metadata filters in Larder's words (docs/reference/filters.md of Larder)."""

from __future__ import annotations

from typing import Any

from llama_index.core.vector_stores.types import FilterCondition, FilterOperator, MetadataFilter, MetadataFilters

Filter = dict[str, Any]

WORDS = {
    FilterOperator.EQ: "eq",
    FilterOperator.NE: "ne",
    FilterOperator.GT: "gt",
    FilterOperator.GTE: "gte",
    FilterOperator.LT: "lt",
    FilterOperator.LTE: "lte",
    FilterOperator.IN: "in",
    FilterOperator.NIN: "nin",
    FilterOperator.ANY: "in",
    FilterOperator.ALL: "contains",
    FilterOperator.CONTAINS: "contains",
    FilterOperator.TEXT_MATCH: "text_match",
    FilterOperator.IS_EMPTY: "is_empty",
}
LISTED = (FilterOperator.IN, FilterOperator.NIN, FilterOperator.ANY, FilterOperator.ALL)
OF_WHAT_IS_MISSING = ("ne", "nin", "is_empty")
"""Hold where there is nothing."""


def larder_filter(given: MetadataFilters | None) -> Filter | None:
    """The filter as Larder takes it; None for None and where there is no filter in it.

    Raises ValueError, which names what Larder cannot do.
    """
    if given is None:
        return None
    parts = [part for each in given.filters if (part := _part(each)) is not None]
    if not parts:
        return None
    if given.condition == FilterCondition.NOT:
        return {"not": joined("or", parts)}
    return joined("or" if given.condition == FilterCondition.OR else "and", parts)


def joined(word: str, parts: list[Filter]) -> Filter:
    return parts[0] if len(parts) == 1 else {word: parts}


def _part(given: MetadataFilter | MetadataFilters) -> Filter | None:
    return larder_filter(given) if isinstance(given, MetadataFilters) else _compare(given)


def _compare(given: MetadataFilter) -> Filter:
    """A key with dots is one of that name, or leads into an object."""
    if (word := WORDS.get(given.operator)) is None:
        raise ValueError(f"Larder has no {given.operator.value!r}, as asked of {given.key!r}: capitals count there")
    if given.operator in LISTED and not isinstance(given.value, list):
        raise ValueError(f"{given.operator.value!r} of {given.key!r} takes a list, not {given.value!r}")
    value = {} if word == "is_empty" else {"value": given.value}
    names = [[given.key]]
    if "." in given.key.strip("."):
        names.append(given.key.split("."))
    told = [{"key": ["metadata", *each], "op": word, **value} for each in names]
    return joined("and" if word in OF_WHAT_IS_MISSING else "or", told)
