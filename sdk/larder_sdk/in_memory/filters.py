"""Filters as the server reads them, for the in-memory client."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_TIMES = ("created_at", "updated_at", "expires_at")


def matches(wanted: Mapping[str, Any] | None, document: Mapping[str, Any]) -> bool:
    """Whether a document passes. `document`: its fields by their names, and its `metadata`.

    Raises ValueError for what is no filter, without the server's pains to say what was meant.
    """
    if wanted is None:
        return True
    try:
        return _holds(wanted, document)
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"no filter: {wanted!r}") from error


def _holds(node: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    if "and" in node:
        return all(_holds(part, document) for part in node["and"])
    if "or" in node:
        return any(_holds(part, document) for part in node["or"])
    if "not" in node:
        return not _holds(node["not"], document)
    path = node["key"].split(".") if isinstance(node["key"], str) else node["key"]
    given = node.get("value")
    values = [_own(path, each) for each in (given if isinstance(given, list) else [given])]
    return _compare(node["op"], _look_up(path, document), values)


def _own(path: Sequence[str], value: Any) -> Any:
    if path[0] not in _TIMES or value is None:
        return value
    told = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _look_up(path: Sequence[str], document: Mapping[str, Any]) -> Any:
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return (found or None) if list(path) == ["language"] else found


def _compare(op: str, value: Any, values: Sequence[Any]) -> bool:
    if op in ("ne", "nin"):
        return not _compare("in", value, values)
    if op in ("eq", "in"):
        if value is None:
            return None in values
        return any(_same(item, each) for item in _items(value) for each in values)
    if op == "is_empty":
        return value is None or (isinstance(value, (str, list, dict)) and not value)
    if op == "contains":
        return isinstance(value, list) and all(any(_same(item, each) for item in value) for each in values)
    return any(_passes(op, _typed(item), _typed(values[0])) for item in _items(value))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _passes(op: str, one: tuple[str, Any] | None, other: tuple[str, Any] | None) -> bool:
    if one is None or other is None or one[0] != other[0]:
        return False
    return other[1] in one[1] if op == "text_match" else _ORDERS[op](one[1], other[1])


def _same(item: Any, wanted: Any) -> bool:
    one = _typed(item)
    return one is not None and one == _typed(wanted)


def _typed(value: Any) -> tuple[str, Any] | None:
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, (int, float)):
        return "number", Decimal(repr(value))
    if isinstance(value, str):
        return "text", value
    return ("time", value) if isinstance(value, datetime) else None
