"""A filter as an SQL condition on a document's row, values and names as parameters.

What holds is true, what does not is false or null; negations make the contrary of either.

Equality and containment are asked of the index over all metadata (`document_metadata`), each value once as it is and
once as an element of a list. A range has three arms: numbers, texts, lists, spelled as the indexes of a declared key
are (`knowledge.filter_keys.building`). No condition holds a brace, so that statements may be formatted again.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from knowledge.filters.tree import AllOf, Comparison, FieldKind, Node, Not, Operator, QueryFilter, Value

SIGNS = {Operator.GT: ">", Operator.GTE: ">=", Operator.LT: "<", Operator.LTE: "<="}
AT_LEAST = {Operator.GT: ">=", Operator.GTE: ">=", Operator.LT: "<=", Operator.LTE: "<="}
COLUMNS = {"id": "{table}.key", "language": "nullif({table}.language, '')"}

INDEXED_CHARS = 200
"""Of a text in the index of a declared key: PostgreSQL refuses a row of more than 2,704 bytes."""

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
NUMBER = "CASE jsonb_typeof({value}) WHEN 'number' THEN ({text})::numeric END"
TEXT = "CASE jsonb_typeof({value}) WHEN 'string' THEN {text} END"
BEGINNING = f'"left"(CASE jsonb_typeof({{value}}) WHEN \'string\' THEN {{text}} END, {INDEXED_CHARS}) COLLATE "C"'
IS_NUMBER, IS_TEXT = "jsonb_typeof({value}) = 'number'", "jsonb_typeof({value}) = 'string'"
IS_LIST = "jsonb_typeof({value}) = 'array'"
TAG = 'tag COLLATE "C"'


@dataclass(frozen=True, kw_only=True)
class MetadataValue:
    """Where a value stands in the metadata, as SQL: as JSON, and as a text."""

    value: str
    text: str


def metadata_value(metadata: str, names: Sequence[str]) -> MetadataValue:
    """`names` as SQL of type text. Unlike `#>`, arrows reach into objects only."""
    parents = "".join(f" -> {name}" for name in names[:-1])
    return MetadataValue(value=f"({metadata}{parents} -> {names[-1]})", text=f"({metadata}{parents} ->> {names[-1]})")


@dataclass(kw_only=True)
class Condition:
    """`sql` with `%(name)s` for each of the `parameters`."""

    table: str
    prefix: str
    sql: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        name = f"{self.prefix}_{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"


@lru_cache(maxsize=100)
def condition_of(wanted: QueryFilter, *, table: str = "d", prefix: str = "filter") -> Condition:
    """On `table`, which is knowledge_document or its alias. To be read only: the next one gets the same."""
    condition = Condition(table=table, prefix=prefix)
    condition.sql = _sql(wanted.root, condition)
    return condition


def positional(condition: Condition) -> tuple[str, tuple[Any, ...]]:
    """The same with `%s` for each parameter, in their order."""
    names = PLACEHOLDER.findall(condition.sql)
    return PLACEHOLDER.sub("%s", condition.sql), tuple(condition.parameters[name] for name in names)


def _sql(node: Node, into: Condition) -> str:
    if isinstance(node, Not):
        return f"(({_sql(node.part, into)}) IS NOT TRUE)"
    if isinstance(node, AllOf):
        return "(" + " AND ".join(_sql(part, into) for part in node.parts) + ")"
    if not isinstance(node, Comparison):
        return "(" + " OR ".join(_sql(part, into) for part in node.parts) + ")"
    if node.operator in (Operator.NE, Operator.NIN):
        return f"(({_positive(node, Operator.IN, into)}) IS NOT TRUE)"
    return f"({_positive(node, Operator.IN if node.operator is Operator.EQ else node.operator, into)})"


def _positive(node: Comparison, operator: Operator, into: Condition) -> str:
    if node.kind is None:
        return _of_metadata(node, operator, into)
    return (_of_tags if node.kind is FieldKind.TEXTS else _of_own)(node, operator, into)


# --- metadata ---------------------------------------------------------------------------------------------------------


def _of_metadata(node: Comparison, operator: Operator, into: Condition) -> str:
    place = metadata_value(f"{into.table}.metadata", [f"{into.bind(name)}::text" for name in node.path[1:]])
    if operator is Operator.IS_EMPTY:
        empty = into.bind(["null", '""', "[]", "{}"])
        return f"{place.value} IS NULL OR {place.value} = ANY({empty}::text[]::jsonb[])"
    if operator is Operator.CONTAINS:
        return f"{into.table}.metadata @> {into.bind(_nested(node.path[1:], list(node.values)))}::jsonb"
    if operator is Operator.IN:
        return _is_any(node, place, into)
    if operator is Operator.TEXT_MATCH:
        return _has_text(node.values[0], place, into)
    return _in_range(operator, node.values[0], place, into)


def _nested(names: Sequence[str], value: Any) -> str:
    for name in reversed(names):
        value = {name: value}
    return json.dumps(value)


def _is_any(node: Comparison, place: MetadataValue, into: Condition) -> str:
    """Numbers, texts and booleans are never the same for `@>` either, however a number is written."""
    given = [value for value in node.values if value is not None]
    arms = []
    if given:
        forms = [_nested(node.path[1:], form) for value in given for form in (value, [value])]
        arms.append(f"{into.table}.metadata @> ANY({into.bind(forms)}::text[]::jsonb[])")
    if len(given) < len(node.values):
        arms.append(f"{place.value} IS NULL OR {place.value} = 'null'::jsonb")
    return " OR ".join(arms) or "false"


def _has_text(value: Value, place: MetadataValue, into: Condition) -> str:
    text = f"{into.bind(value)}::text"
    items = f"jsonb_array_elements(CASE jsonb_typeof({place.value}) WHEN 'array' THEN {place.value} END) AS item(value)"
    item = "CASE jsonb_typeof(item.value) WHEN 'string' THEN jsonb_build_array(item.value) ->> 0 END"
    of_list = f"EXISTS (SELECT FROM {items} WHERE strpos({item}, {text}) > 0)"
    return f"strpos({TEXT.format(**vars(place))}, {text}) > 0 OR {of_list}"


def _in_range(operator: Operator, value: Value, place: MetadataValue, into: Condition) -> str:
    sign, bound = SIGNS[operator], json.dumps(value)
    path = f"'strict $[*] ? (@ {sign} $x)'"
    variables = into.bind(json.dumps({"x": value})) + "::jsonb"
    in_list = f"{IS_LIST.format(value=place.value)} AND jsonb_path_exists({place.value}, {path}, {variables}, true)"
    if isinstance(value, str):
        text = f"{into.bind(value)}::text"
        beginning = f'{BEGINNING.format(**vars(place))} {AT_LEAST[operator]} "left"({text}, {INDEXED_CHARS})'
        whole = f'({TEXT.format(**vars(place))}) COLLATE "C" {sign} {text}'
        return f"({IS_TEXT.format(value=place.value)} AND {beginning} AND {whole}) OR ({in_list})"
    number = f"({NUMBER.format(**vars(place))}) {sign} {into.bind(bound)}::text::numeric"
    return f"({IS_NUMBER.format(value=place.value)} AND {number}) OR ({in_list})"


# --- own fields -------------------------------------------------------------------------------------------------------


def _of_own(node: Comparison, operator: Operator, into: Condition) -> str:
    column = _column(node, into)
    cast = "timestamptz" if node.kind is FieldKind.TIME else "text"
    if operator is Operator.IS_EMPTY:
        return f"{column} IS NULL" + (f" OR {column} = ''" if cast == "text" else "")
    if operator is Operator.CONTAINS:
        return "false"  # of lists only
    if operator is Operator.IN:
        return _is_any_own(node, column, cast, into)
    value = f"{into.bind(node.values[0])}::{cast}"
    if operator is Operator.TEXT_MATCH:
        return f"strpos({column}, {value}) > 0"
    ordered = f'{column} COLLATE "C"' if cast == "text" else column
    return f"{ordered} {SIGNS[operator]} {value}"


def _column(node: Comparison, into: Condition) -> str:
    return COLUMNS.get(node.path[0], f"{{table}}.{node.path[0]}").format(table=into.table)


def _is_any_own(node: Comparison, column: str, cast: str, into: Condition) -> str:
    given = [value.isoformat() if isinstance(value, datetime) else value for value in node.values if value is not None]
    arms = [f"{column} = ANY({into.bind(given)}::text[]::{cast}[])"] if given else []
    if len(given) < len(node.values):
        arms.append(f"{column} IS NULL")
    return " OR ".join(arms) or "false"


def _of_tags(node: Comparison, operator: Operator, into: Condition) -> str:
    tags = f"{into.table}.tags"
    if operator is Operator.IS_EMPTY:
        return f"cardinality({tags}) = 0"
    if operator is Operator.CONTAINS:
        return f"{tags} @> {into.bind(list(node.values))}::text[]"
    if operator is Operator.IN:
        return f"{tags} && {into.bind([value for value in node.values if value is not None])}::text[]"
    value = f"{into.bind(node.values[0])}::text"
    each = f"strpos(tag, {value}) > 0" if operator is Operator.TEXT_MATCH else f"{TAG} {SIGNS[operator]} {value}"
    return f"EXISTS (SELECT FROM unnest({tags}) AS tag WHERE {each})"
