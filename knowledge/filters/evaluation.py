"""What a filter means of one document: the definition, which `knowledge.filters.conditions` says in SQL.

- A comparison holds or does not; there is no third. `ne`, `nin` and `not` are the contrary, so they hold where a key is
  missing.
- A key that is null is missing. `eq` null holds where it is.
- Of a list `eq`, `in`, `text_match` and the ranges ask each element: one that holds suffices. `contains` asks for lists
  only, and for all of its values.
- Values of two types are never equal and have no order. All numbers are of one type, which booleans are not of.
- Texts are ordered by code points and told apart by capitals.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from knowledge.filters.tree import AllOf, Comparison, Node, Not, Operator, QueryFilter

ORDERS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.GT: gt,
    Operator.GTE: ge,
    Operator.LT: lt,
    Operator.LTE: le,
}
EMPTY: tuple[Any, ...] = ("", [], {})


def matches(wanted: QueryFilter, document: Mapping[str, Any]) -> bool:
    """`document`: its own fields by their names on the wire, times as datetimes, and its `metadata`."""
    return _holds(wanted.root, document)


def _holds(node: Node, document: Mapping[str, Any]) -> bool:
    if isinstance(node, Not):
        return not _holds(node.part, document)
    if isinstance(node, Comparison):
        return _compare(node, _look_up(node.path, document))
    return (all if isinstance(node, AllOf) else any)(_holds(part, document) for part in node.parts)


def _look_up(path: tuple[str, ...], document: Mapping[str, Any]) -> Any:
    """None where it is missing. Names lead through objects only."""
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return (found or None) if path == ("language",) else found


def _compare(comparison: Comparison, value: Any) -> bool:
    operator, values = comparison.operator, comparison.values
    if operator is Operator.IS_EMPTY:
        return value is None or any(type(value) is type(each) and value == each for each in EMPTY)
    if operator in (Operator.NE, Operator.NIN):
        return not _is_any(value, values)
    if operator in (Operator.EQ, Operator.IN):
        return _is_any(value, values)
    if operator is Operator.CONTAINS:
        return isinstance(value, list) and all(any(_same(item, each) for item in value) for each in values)
    return any(_passes(operator, item, values[0]) for item in _items(value))


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_any(value: Any, values: tuple[Any, ...]) -> bool:
    """Null is the key's own, not that of an element."""
    given = [each for each in values if each is not None]
    if value is None:
        return len(given) < len(values)
    return any(_same(item, each) for item in _items(value) for each in given)


def _passes(operator: Operator, item: Any, wanted: Any) -> bool:
    one, other = _comparable(item), _comparable(wanted)
    if one is None or other is None or one[0] != other[0]:
        return False
    return other[1] in one[1] if operator is Operator.TEXT_MATCH else ORDERS[operator](one[1], other[1])


def _same(item: Any, wanted: Any) -> bool:
    one, other = _comparable(item), _comparable(wanted)
    return one is not None and one == other


def _comparable(value: Any) -> tuple[str, Any] | None:
    """By its type; None for what is no single value. Numbers as they are written: 0.1 is a tenth."""
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, int | float):
        return "number", Decimal(repr(value))
    if isinstance(value, str):
        return "text", value
    return ("time", value) if isinstance(value, datetime) else None
