"""Which metadata documents have: its keys, and the values of one of them. Counted over the documents as they are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from knowledge.filters.conditions import metadata_value
from knowledge.querysets import DocumentQuerySet

MOST_KEYS = 1_000

KEYS = """
WITH found AS ({documents})
SELECT item.key, array_agg(DISTINCT jsonb_typeof(item.value)), count(*)
FROM found, jsonb_each(found.metadata) AS item
WHERE jsonb_typeof(item.value) <> 'null'
GROUP BY item.key ORDER BY item.key COLLATE "C" LIMIT {most}
"""

# Values that are equal and not written alike, such as 1 and 1.0, are told apart.
VALUES = """
WITH found AS ({documents}), item AS (
    SELECT found.id, each.value, jsonb_build_array(each.value) ->> 0 AS text FROM found, jsonb_array_elements(
        CASE jsonb_typeof({place}) WHEN 'array' THEN {place} ELSE jsonb_build_array({place}) END
    ) AS each
    WHERE {place} IS NOT NULL AND jsonb_typeof(each.value) IN ('string', 'number', 'boolean')
), counted AS (
    SELECT (array_agg(value))[1] AS value, text, jsonb_typeof(value) AS kind, count(DISTINCT id) AS documents
    FROM item WHERE strpos(lower(text), lower(%s::text)) > 0 GROUP BY text, jsonb_typeof(value)
), ranked AS (
    SELECT *, CASE kind WHEN 'number' THEN text::numeric END AS number FROM counted
)
SELECT
    (SELECT count(*) FROM ranked),
    (SELECT value FROM ranked WHERE kind <> 'boolean' ORDER BY number, text COLLATE "C" LIMIT 1)::text,
    (SELECT value FROM ranked WHERE kind <> 'boolean'
     ORDER BY number DESC NULLS LAST, text COLLATE "C" DESC LIMIT 1)::text,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(value, documents)), '[]') FROM (
        SELECT value, documents FROM ranked ORDER BY number, kind, text COLLATE "C" OFFSET %s LIMIT %s
    ) AS page)::text
"""

TYPES = {"string": "text"}
"""What JSON calls otherwise than docs/reference/filters.md."""


@dataclass(frozen=True, kw_only=True)
class FacetKey:
    """A name of the metadata's own objects; `types` are those of its values."""

    key: str
    types: list[str]
    documents: int


@dataclass(frozen=True, kw_only=True)
class FacetValue:
    value: str | int | float | bool
    documents: int


@dataclass(frozen=True, kw_only=True)
class Facet:
    """One key: `total` of its values, and the least and the greatest of its numbers, or else of its texts."""

    values: list[FacetValue]
    total: int
    least: str | int | float | None
    greatest: str | int | float | None


def metadata_keys(documents: DocumentQuerySet) -> tuple[list[FacetKey], bool]:
    """In the order of their names, at most `MOST_KEYS`, and whether there are more. What is null is not there."""
    found, values = _found(documents)
    rows = _rows(KEYS.format(documents=found, most=MOST_KEYS + 1), values)
    keys = [
        FacetKey(key=key, types=sorted(TYPES.get(each, each) for each in types), documents=count)
        for key, types, count in rows[:MOST_KEYS]
    ]
    return keys, len(rows) > MOST_KEYS


def metadata_values(
    documents: DocumentQuerySet, path: Sequence[str], *, containing: str, offset: int, limit: int
) -> Facet:
    """The values at the end of the path, each of a list's by itself; objects and lists in lists are none.

    Those whose text has `containing` in it, whatever its case. Numbers come first, by size, then booleans, then texts.
    """
    found, values = _found(documents)
    place = metadata_value("found.metadata", ["%s::text"] * len(path)).value
    statement = VALUES.format(documents=found, place=place)
    [(total, least, greatest, page)] = _rows(statement, [*values, *[*path] * 4, containing, offset, limit])
    return Facet(
        values=[FacetValue(value=value, documents=count) for value, count in json.loads(page)],
        total=total,
        least=_read(least),
        greatest=_read(greatest),
    )


def _found(documents: DocumentQuerySet) -> tuple[str, list[Any]]:
    statement, values = documents.order_by().values("id", "metadata").query.sql_with_params()
    return statement, list(values)


def _rows(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _read(value: str | None) -> Any:
    return None if value is None else json.loads(value)
