"""Which metadata documents have, as the server counts it, for the in-memory client."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from larder_sdk.documents import KnowledgeDocument

_TYPES = {bool: "boolean", int: "number", float: "number", str: "text", list: "array", dict: "object"}
_ORDER = ("number", "boolean", "text")


def keys(documents: Iterable[KnowledgeDocument]) -> list[dict[str, Any]]:
    types: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        for key, value in document.metadata.items():
            if value is not None:
                types[key].append(_TYPES[type(value)])
    return [{"key": key, "types": sorted({*types[key]}), "documents": len(types[key])} for key in sorted(types)]


def values(documents: Iterable[KnowledgeDocument], asked: Mapping[str, str]) -> dict[str, Any]:
    """`asked`: `key`, and perhaps `q`, `offset` and `limit`."""
    counted: Counter[tuple[str, str, Any]] = Counter()
    for document in documents:
        counted.update(_values_of(document.metadata, asked["key"].split(".")[1:]))
    found = sorted(
        (each for each in counted if asked.get("q", "").lower() in each[1].lower()),
        key=lambda each: (_ORDER.index(_TYPES[type(each[2])]), each[2]),
    )
    ordered = [each for each in found if each[0] != "bool"]
    ordered = [each for each in ordered if each[0] != "str"] or ordered
    first = int(asked.get("offset", 0))
    page = found[first : first + int(asked.get("limit", 100))]
    return {
        "values": [{"value": each[2], "documents": counted[each]} for each in page],
        "total": len(found),
        "least": ordered[0][2] if ordered else None,
        "greatest": ordered[-1][2] if ordered else None,
    }


def _values_of(metadata: Mapping[str, Any], path: list[str]) -> set[tuple[str, str, Any]]:
    """Each once, with its type, since Python takes 1, 1.0 and True for the same."""
    place: Any = metadata
    for name in path:
        place = place.get(name) if isinstance(place, Mapping) else None
    items = place if isinstance(place, list) else [place]
    return {(type(item).__name__, _text(item), item) for item in items if isinstance(item, (str, int, float))}


def _text(item: Any) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)
