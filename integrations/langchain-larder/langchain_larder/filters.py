"""LangChain's filters, `{"year": {"$gte": 2020}}`, in Larder's words (docs/reference/filters.md of Larder)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Filter = dict[str, Any]
Given = Mapping[Any, Any]

SAME = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains")
"""`$eq` and so on: our own words with a dollar sign."""


def larder_filter(given: Given | Callable[..., Any] | None) -> Filter | None:
    """The filter as Larder takes it; None for None and for `{}`, which LangChain's stores take for no filter.

    A key is one of the metadata; dots lead through objects, and a tuple of names is a key in which a name has a dot.
    Raises ValueError, which names what Larder cannot do.
    """
    if given is None or given == {}:
        return None
    if not isinstance(given, Mapping):
        what = "a function, which would have to run here" if callable(given) else repr(given)
        raise ValueError(f"A filter is a dictionary such as {{'year': {{'$gte': 2020}}}}, not {what}")
    return _all([_entry(key, value) for key, value in given.items()])


def _entry(key: Any, value: Any) -> Filter:
    if isinstance(key, str) and key.startswith("$"):
        return _join(key, value)
    path = ["metadata", *key] if isinstance(key, tuple) else f"metadata.{key}"
    if not isinstance(value, Mapping):
        return {"key": path, "op": "eq", "value": value}
    if not value:
        raise ValueError(f"The filter says nothing of {key!r}: {{}}")
    return _all([_compare(path, operator, each, key=key) for operator, each in value.items()])


def _join(word: str, value: Any) -> Filter:
    if word == "$not":
        return {"not": _some(word, value)}
    if word not in ("$and", "$or"):
        raise ValueError(f"Larder has no {word!r} between filters; there are $and, $or and $not")
    if not isinstance(value, list | tuple) or not value:
        raise ValueError(f"{word} takes a list of filters, not {value!r}")
    return {word[1:]: [_some(word, each) for each in value]}


def _some(word: str, given: Any) -> Filter:
    if (found := larder_filter(given)) is None:
        raise ValueError(f"{word} has a filter that says nothing: {given!r}")
    return found


def _compare(path: Any, operator: Any, value: Any, *, key: Any) -> Filter:
    if not isinstance(operator, str) or not operator.startswith("$"):
        raise ValueError(f"{operator!r} of {key!r} is no operator; for what lies within write 'names.with.dots'")
    word = operator[1:]
    if word in SAME:
        return {"key": path, "op": word, "value": list(value) if isinstance(value, tuple | set) else value}
    if word == "not_contains":
        return {"not": {"key": path, "op": "contains", "value": value}}
    if word == "not":
        return {"not": _entry(key, value)}
    if word == "exists":
        return _exists(path, value, key=key)
    if word == "between":
        return _between(path, value, key=key)
    if word == "like":
        return _like(path, value, key=key)
    raise ValueError(f"Larder has no {operator!r} of metadata, as asked of {key!r}")


def _exists(path: Any, wanted: Any, *, key: Any) -> Filter:
    """Larder tells a null and a missing key not apart: neither is there."""
    if not isinstance(wanted, bool):
        raise ValueError(f"$exists of {key!r} takes True or False, not {wanted!r}")
    return {"key": path, "op": "ne" if wanted else "eq", "value": None}


def _between(path: Any, bounds: Any, *, key: Any) -> Filter:
    if not isinstance(bounds, list | tuple) or len(bounds) != 2:
        raise ValueError(f"$between of {key!r} takes two bounds, not {bounds!r}")
    return _all([{"key": path, "op": op, "value": bound} for op, bound in zip(("gte", "lte"), bounds, strict=True)])


def _like(path: Any, pattern: Any, *, key: Any) -> Filter:
    """A text within, or the whole text; capitals count, as they do in SQL."""
    text = pattern.strip("%") if isinstance(pattern, str) else ""
    if text and pattern in (text, f"%{text}%") and not set("%_\\") & set(text):
        return {"key": path, "op": "eq" if pattern == text else "text_match", "value": text}
    raise ValueError(f"$like of {key!r}: Larder can look for '%text%' or 'text', not for {pattern!r}")


def _all(parts: list[Filter]) -> Filter:
    return parts[0] if len(parts) == 1 else {"and": parts}
