"""Values that a schema allows, for properties: of those keywords that Larder's documents use."""

import string
from typing import Any

from hypothesis import strategies as st

Schema = dict[str, Any]

MOST = 6
"""Items and properties: what is longer finds nothing more."""
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(string.printable, max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(string.ascii_letters), inner, max_size=2),
    max_leaves=4,
)
SIGNS = st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=" ")
"""Those that a pattern of one line means, whose invisible ones no pattern can list."""


def values_of(schema: Schema, components: Schema, *, fixed: Schema | None = None) -> st.SearchStrategy[Any]:
    """Of what `fixed` names, which no schema can judge, that value alone."""
    if ref := schema.get("$ref"):
        return values_of(components[ref.rpartition("/")[2]], components, fixed=fixed)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    if "anyOf" in schema:
        beside = {name: each for name, each in schema.items() if name not in ("anyOf", "default")}
        return st.one_of([values_of({**beside, **each}, components) for each in schema["anyOf"]])
    return OF_TYPE[schema["type"]](schema, components, fixed or {})


def _texts(schema: Schema, _: Schema, __: Schema) -> st.SearchStrategy[str]:
    if schema.get("format") == "date-time":
        return st.datetimes().filter(lambda told: 1 < told.year < 9999).map(lambda told: f"{told.isoformat()}Z")
    most = schema.get("maxLength", 64)
    if not (pattern := schema.get("pattern")):
        return st.text(SIGNS, min_size=schema.get("minLength", 0), max_size=min(most, 64))
    found = st.from_regex(pattern.removesuffix("$") + r"\Z", alphabet=SIGNS).filter(lambda text: len(text) <= most)
    banned = schema.get("not", {})
    return found.filter(lambda text: text not in banned.get("enum", ()) and text.strip() not in (".", ".."))


def _numbers(schema: Schema, _: Schema, __: Schema) -> st.SearchStrategy[Any]:
    least, most = schema.get("minimum", -(2**31)), schema.get("maximum", 2**31)
    whole = st.integers(least, most)
    return whole if schema["type"] == "integer" else whole | st.floats(least, most)


def _lists(schema: Schema, components: Schema, fixed: Schema) -> st.SearchStrategy[list[Any]]:
    return st.lists(
        values_of(schema["items"], components, fixed=fixed), max_size=min(schema.get("maxItems", MOST), MOST)
    )


def _objects(schema: Schema, components: Schema, fixed: Schema) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        return ANY.map(lambda value: {"some": value})
    told = {
        name: st.just(fixed[name]) if name in fixed else values_of(each, components, fixed=fixed)
        for name, each in schema["properties"].items()
    }
    needed = {name for name in (*schema.get("required", ()), *fixed) if name in told}
    return st.fixed_dictionaries(
        {name: told[name] for name in told if name in needed},
        optional={name: told[name] for name in told if name not in needed},
    )


OF_TYPE = {
    "string": _texts,
    "integer": _numbers,
    "number": _numbers,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
    "array": _lists,
    "object": _objects,
}
