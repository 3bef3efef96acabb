"""Filters as JSON: `{"and": [{"key": "metadata.year", "op": "gte", "value": 2020}, {"not": {…}}]}`.

Nothing is guessed. What is wrong is named by its place, with the word that was probably meant.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import LarderError
from core.fields import in_utc, storable
from core.slips import edits
from knowledge.filters.tree import (
    METADATA,
    OWN_FIELDS,
    RANGES,
    AllOf,
    AnyOf,
    Comparison,
    FieldKind,
    Node,
    Not,
    Operator,
    QueryFilter,
    Value,
)

MAX_DEPTH = 8
MAX_COMPARISONS = 100
MAX_VALUES = 1_000
"""Of all comparisons together."""
MAX_TEXT_CHARS = 1_000
MAX_KEY_CHARS = 256
MAX_NAMES = 16
"""Of a key, as deep as metadata may nest."""
MAX_DIGITS = 400

JOINS = ("and", "or", "not")
COMPARES = ("key", "op", "value")
LISTED = (Operator.IN, Operator.NIN)

OTHER_WORDS = {
    "==": "eq", "=": "eq", "!=": "ne", "<>": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte",
    "not in": "nin", "not_in": "nin", "any": "in", "all": "contains", "like": "text_match", "match": "text_match",
    "text": "text_match", "regex": "text_match", "null": "is_empty", "empty": "is_empty", "exists": "is_empty",
}  # fmt: skip
"""What others call our operators."""


class FilterInvalid(LarderError):
    """`at` in `extra`: where in the filter, such as `filter.and[1].op`."""

    code = "invalid_filter"

    def __init__(self, at: str, fault: str) -> None:
        super().__init__(f"Invalid filter: `{at}` {fault}.", at=at)


@dataclass
class _Budget:
    comparisons: int = MAX_COMPARISONS
    values: int = MAX_VALUES


def parse_filter(given: Any) -> QueryFilter | None:
    """The filter in a value that was read from JSON; None for None. Raises FilterInvalid."""
    if given is None:
        return None
    root = _node(given, "filter", depth=1, budget=_Budget())
    return QueryFilter(text=json.dumps(given, separators=(",", ":"), sort_keys=True), root=root)


def parse_filter_text(text: str) -> QueryFilter | None:
    """The same of JSON, as it stands in a query string; None for a blank text."""
    if not text.strip():
        return None
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise FilterInvalid(
            "filter", 'is no JSON, such as {"key": "metadata.year", "op": "gte", "value": 2020}'
        ) from None
    return parse_filter(given)


def _node(given: Any, at: str, *, depth: int, budget: _Budget) -> Node:
    if not isinstance(given, Mapping):
        hint = '; to join several write {"and": […]}' if isinstance(given, list) else ""
        raise FilterInvalid(at, f"is no object{hint}")
    if depth > MAX_DEPTH:
        raise FilterInvalid(at, f"nests deeper than {MAX_DEPTH} levels")
    if joins := [name for name in JOINS if name in given]:
        return _joined(given, joins[0], at, depth=depth, budget=budget)
    return _comparison(given, at, budget=budget)


def _joined(given: Mapping[str, Any], name: str, at: str, *, depth: int, budget: _Budget) -> Node:
    if len(given) > 1:
        others = ", ".join(f"`{_short(each)}`" for each in given if each != name)
        raise FilterInvalid(at, f"has {others} beside `{name}`, which stands alone")
    inner = f"{at}.{name}"
    if name == "not":
        return Not(part=_node(given[name], inner, depth=depth + 1, budget=budget))
    if not isinstance(given[name], list) or not given[name]:
        raise FilterInvalid(inner, "is no list of at least one filter")
    parts = [_node(each, f"{inner}[{index}]", depth=depth + 1, budget=budget) for index, each in enumerate(given[name])]
    return (AllOf if name == "and" else AnyOf)(parts=tuple(parts))


def _comparison(given: Mapping[str, Any], at: str, *, budget: _Budget) -> Comparison:
    budget.comparisons -= 1
    if budget.comparisons < 0:
        raise FilterInvalid(at, f"is one more than {MAX_COMPARISONS} comparisons, which are the limit")
    for name in given:
        if name not in COMPARES:
            raise FilterInvalid(at, f"has `{_short(name)}`{_instead(name)}")
    for name in ("key", "op"):
        if name not in given:
            raise FilterInvalid(at, f"has no `{name}`")
    path, operator = parse_key(given["key"], f"{at}.key"), _operator(given["op"], f"{at}.op")
    comparison = Comparison(path=path, operator=operator)
    values = _values(comparison, given, at)
    budget.values -= len(values)
    if budget.values < 0:
        raise FilterInvalid(at, f"goes beyond {MAX_VALUES:,} values in a filter, which are the limit")
    return Comparison(path=path, operator=operator, values=values)


def _instead(name: str) -> str:
    meant = name.lower().lstrip("$")
    if meant in JOINS:
        return f"; write `{meant}`"
    return " in place of `key`, `op` and `value`, or of `and`, `or` or `not`"


def parse_key_text(text: str, at: str) -> tuple[str, ...]:
    """The same of a key in a query string, where a list is written as JSON."""
    try:
        return parse_key(json.loads(text) if text.startswith("[") else text, at)
    except (ValueError, RecursionError):
        raise FilterInvalid(at, 'is no list of names in JSON, such as ["metadata", "a.b"]') from None


def parse_key(given: Any, at: str) -> tuple[str, ...]:
    """Its names. A list tells those apart that have dots in them. Raises FilterInvalid."""
    names = given.split(".") if isinstance(given, str) else given
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise FilterInvalid(at, "is no text and no list of texts")
    if sum(map(len, names)) > MAX_KEY_CHARS or len(names) > MAX_NAMES:
        raise FilterInvalid(at, f"is longer than {MAX_KEY_CHARS} characters or {MAX_NAMES} names")
    if len(names) > 1 and names[0] == METADATA:
        return tuple(_storable(name, at) for name in names)
    if len(names) == 1 and names[0] in OWN_FIELDS:
        return (names[0],)
    key = _short(".".join(names))
    near = [own for own in OWN_FIELDS if edits(key.lower(), own) <= 1]
    meant = near[0] if near else "metadata.year" if key == METADATA else f"metadata.{key}"
    raise FilterInvalid(at, f"names no field `{key}`; write `{meant}`")


def _operator(given: Any, at: str) -> Operator:
    name = given.lower().lstrip("$") if isinstance(given, str) else ""
    if given in list(Operator):
        return Operator(given)
    near = [each for each in Operator if name == each]
    near += [each for each in Operator if len(name) > len("gte") and edits(name, each) <= 1]
    meant = near[0] if near else OTHER_WORDS.get(name)
    hint = f"write `{meant}`" if meant else f"there are {', '.join(Operator)}"
    raise FilterInvalid(at, f"is no operator, {_short(str(given))!r}; {hint}")


def _values(comparison: Comparison, given: Mapping[str, Any], at: str) -> tuple[Value, ...]:
    operator, at = comparison.operator, f"{at}.value"
    if operator is Operator.IS_EMPTY:
        if given.get("value") is not None:
            raise FilterInvalid(at, 'is not asked for by `is_empty`; for the contrary write {"not": {…}}')
        return ()
    if "value" not in given:
        raise FilterInvalid(at, "is missing")
    value = given["value"]
    if operator in LISTED:
        if not isinstance(value, list):
            raise FilterInvalid(at, f"is no list, as `{operator}` takes; for one value write `{_single(operator)}`")
        return tuple(_value(comparison, each, f"{at}[{index}]") for index, each in enumerate(value))
    if isinstance(value, list) and operator is Operator.CONTAINS:
        return tuple(_value(comparison, each, f"{at}[{index}]") for index, each in enumerate(value))
    return (_value(comparison, value, at),)


def _single(operator: Operator) -> Operator:
    return Operator.EQ if operator is Operator.IN else Operator.NE


def _value(comparison: Comparison, value: Any, at: str) -> Value:
    if isinstance(value, list | Mapping):
        raise FilterInvalid(at, "is no single value; for several write `in` (any of them) or `contains` (all of them)")
    operator = comparison.operator
    if value is None and operator not in (Operator.EQ, Operator.NE, *LISTED):
        raise FilterInvalid(at, f"is null, which `{operator}` cannot compare; for what is not there write `is_empty`")
    if isinstance(value, bool) and operator in RANGES:
        raise FilterInvalid(at, f"is a boolean, which has no order for `{operator}`")
    if operator is Operator.TEXT_MATCH and not (isinstance(value, str) and value):
        raise FilterInvalid(at, "is no text of at least one character")
    if isinstance(value, int | float):
        _check_number(value, at)
    if isinstance(value, str):
        value = _text(value, at)
    return value if comparison.kind is None or value is None else _own(comparison, value, at)


def _check_number(value: float, at: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise FilterInvalid(at, "is no finite number")
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        raise FilterInvalid(at, f"has more than {MAX_DIGITS} digits")


def _text(value: str, at: str) -> str:
    if len(value) > MAX_TEXT_CHARS:
        raise FilterInvalid(at, f"has {len(value):,} characters; the limit is {MAX_TEXT_CHARS:,}")
    return _storable(value, at)


def _storable(value: str, at: str) -> str:
    try:
        return storable(value)
    except ValueError as error:
        raise FilterInvalid(at, str(error)) from None


def _own(comparison: Comparison, value: Any, at: str) -> Value:
    """What the field's own type asks for."""
    name, kind = comparison.path[0], comparison.kind
    if kind is not FieldKind.TIME:
        if not isinstance(value, str):
            raise FilterInvalid(at, f"is no text, as `{name}` is")
        return value
    if comparison.operator in (Operator.CONTAINS, Operator.TEXT_MATCH):
        raise FilterInvalid(at, f"cannot be asked for by `{comparison.operator}`, as `{name}` is a time")
    try:
        return in_utc(datetime.fromisoformat(value)).astimezone(UTC)
    except (TypeError, ValueError):
        raise FilterInvalid(at, f"is no time, as `{name}` is; write 2030-01-01T00:00:00Z") from None


def _short(text: str) -> str:
    return text[:64]
