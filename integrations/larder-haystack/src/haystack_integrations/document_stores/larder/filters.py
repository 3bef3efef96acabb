"""Haystack's filters as Larder's (docs/reference/filters.md of Larder says what each operator means there)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from haystack.errors import FilterError

OWN = "larder"
"""What Larder keeps beside the metadata stands in `meta["larder"]`, and is filtered by `meta.larder.tags` and so on."""
OWN_FIELDS = ("source", "tags", "language", "updated_at", "expires_at", "created_at")

Filter = dict[str, Any]

EVERYTHING: Filter = {"key": "id", "op": "nin", "value": []}
NOTHING: Filter = {"key": "id", "op": "in", "value": []}
RANGES = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def to_larder(filters: Mapping[str, Any] | None) -> Filter | None:
    """None for no filter. Raises FilterError for what is none, or what Larder cannot tell."""
    return _node(filters) if filters else None


def metadata_key(field: str) -> str:
    """`year` and `meta.year` as Larder's key."""
    return f"metadata.{field.removeprefix('meta.')}"


def _node(node: Any) -> Filter:
    if not isinstance(node, Mapping):
        raise FilterError(f"A filter is a dictionary, not {node!r}.")
    if "field" in node:
        return _comparison(node)
    for name in ("operator", "conditions"):
        if name not in node:
            raise FilterError(f"'{name}' is missing in {dict(node)}.")
    conditions = node["conditions"]
    if node["operator"] not in JOINS:
        raise FilterError(f"There is no logical operator {node['operator']!r}; there are {', '.join(JOINS)}.")
    if not isinstance(conditions, list):
        raise FilterError(f"'conditions' is no list in {dict(node)}.")
    return JOINS[node["operator"]]([_node(each) for each in conditions])


def _all(parts: Sequence[Filter]) -> Filter:
    return {"and": parts} if parts else EVERYTHING


def _any(parts: Sequence[Filter]) -> Filter:
    return {"or": parts} if parts else NOTHING


def _not_all(parts: Sequence[Filter]) -> Filter:
    return {"not": _all(parts)}


JOINS: dict[str, Callable[[Sequence[Filter]], Filter]] = {"AND": _all, "OR": _any, "NOT": _not_all}


def _comparison(node: Mapping[str, Any]) -> Filter:
    for name in ("operator", "value"):
        if name not in node:
            raise FilterError(f"'{name}' is missing in {dict(node)}.")
    key, operator, value = _key(node["field"]), node["operator"], node["value"]
    if operator in RANGES:
        return _range(key, operator, value)
    if operator in ("in", "not in"):
        if not isinstance(value, list):
            raise FilterError(f"{operator!r} takes a list, not {value!r}.")
        found = [_single(each, operator) for each in value]
        return {"key": key, "op": "in" if operator == "in" else "nin", "value": found}
    if operator in ("==", "!="):
        return {"key": key, "op": "eq" if operator == "==" else "ne", "value": _single(value, operator)}
    known = ", ".join(("==", "!=", *RANGES, "in", "not in"))
    raise FilterError(f"There is no comparison operator {operator!r}; there are {known}.")


def _key(field: Any) -> list[str]:
    """As Haystack reads it: a name without a dot that is none of a document's is one of its metadata."""
    if not isinstance(field, str) or not field:
        raise FilterError(f"'field' is a name, not {field!r}.")
    first, *names = field.split(".")
    if not names and first in ("id", "content"):
        return [first]
    if not names and first not in ("meta", "blob", "score", "embedding", "sparse_embedding"):
        return ["metadata", first]
    if first == "meta" and names[:1] == [OWN]:
        if len(names) == 2 and names[1] in OWN_FIELDS:
            return [names[1]]
        raise FilterError(f"Larder has no field {field!r}; there are meta.{OWN}." + f", meta.{OWN}.".join(OWN_FIELDS))
    if first == "meta" and names:
        return ["metadata", *names]
    raise FilterError(f"Larder cannot filter by {field!r}: there are 'id', 'content' and 'meta.…'.")


def _range(key: list[str], operator: str, value: Any) -> Filter:
    """Nothing is larger or smaller than None. Dates in ISO 8601 of one form compare as texts."""
    if value is None:
        return NOTHING
    value = _single(value, operator)
    if isinstance(value, bool):
        raise FilterError(f"{operator!r} takes a number or a date, not {value!r}.")
    if isinstance(value, str) and not _is_date(value):
        raise FilterError(f"{operator!r} takes a number or an ISO 8601 date such as 2024-05-01, not {value!r}.")
    return {"key": key, "op": RANGES[operator], "value": value}


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _single(value: Any, operator: str) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    raise FilterError(f"{operator!r} cannot compare with {type(value).__name__} {value!r}, only with single values.")
