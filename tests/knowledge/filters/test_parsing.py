"""A filter that says nothing, or nothing that there is, is refused by its place, with the word that was meant."""

from typing import Any

import pytest

from knowledge.filters.parsing import FilterInvalid, parse_filter, parse_filter_text

YEAR = {"key": "metadata.year", "op": "gte", "value": 2020}


def compare(key: Any = "metadata.year", op: Any = "eq", **value: Any) -> dict[str, Any]:
    return {"key": key, "op": op, **value}


def nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = YEAR
    for _ in range(levels):
        found = {"not": found}
    return found


@pytest.mark.parametrize(
    ("given", "at", "told"),
    [
        ([YEAR], "filter", '{"and": […]}'),
        ({}, "filter", "no `key`"),
        ({"and": []}, "filter.and", "at least one"),
        ({"and": [YEAR, 3]}, "filter.and[1]", "no object"),
        ({"and": [YEAR], "or": [YEAR]}, "filter", "`or` beside `and`"),
        ({"not": [YEAR]}, "filter.not", "no object"),
        ({"$and": [YEAR]}, "filter", "write `and`"),
        ({"year": {"$gte": 2020}}, "filter", "has `year`"),
        ({"not": {"or": [compare(op="==", value=1)]}}, "filter.not.or[0].op", "write `eq`"),
        (compare(op="$gte", value=1), "filter.op", "write `gte`"),
        (compare(op="contain", value=1), "filter.op", "write `contains`"),
        (compare(op=7, value=1), "filter.op", "there are eq, ne"),
        (compare("year", value=1), "filter.key", "write `metadata.year`"),
        (compare("tag", value="a"), "filter.key", "write `tags`"),
        (compare("update_at", value="a"), "filter.key", "write `updated_at`"),
        (compare("metadata", value="a"), "filter.key", "write `metadata.year`"),
        (compare(["tags", "x"], value="a"), "filter.key", "names no field"),
        (compare([], value="a"), "filter.key", "no list of texts"),
        (compare(["metadata", "\0"], value="a"), "filter.key", "NUL"),
        (compare("metadata." + "x" * 300, value=1), "filter.key", "longer"),
        (compare(), "filter.value", "missing"),
        (compare(value=[1]), "filter.value", "`in`"),
        (compare(value={"a": 1}), "filter.value", "no single value"),
        (compare(op="in", value=1), "filter.value", "write `eq`"),
        (compare(op="in", value=[1, [2]]), "filter.value[1]", "no single value"),
        (compare(op="gt", value=True), "filter.value", "boolean"),
        (compare(op="gt", value=None), "filter.value", "`is_empty`"),
        (compare(op="gt", value=float("nan")), "filter.value", "finite"),
        (compare(op="gt", value=10**500), "filter.value", "digits"),
        (compare(op="text_match", value=""), "filter.value", "at least one character"),
        (compare(op="is_empty", value=False), "filter.value", '{"not": {…}}'),
        (compare(value="x" * 1_001), "filter.value", "1,001 characters"),
        (compare(value="\ud800"), "filter.value", "surrogate"),
        (compare("id", value=7), "filter.value", "no text"),
        (compare("updated_at", op="gt", value="soon"), "filter.value", "write 2030-01-01T00:00:00Z"),
        (compare("updated_at", op="gt", value=5), "filter.value", "no time"),
        (compare("expires_at", op="text_match", value="20"), "filter.value", "is a time"),
        (nested(8), "filter" + 8 * ".not", "deeper than 8"),
        ({"or": [YEAR] * 101}, "filter.or[100]", "100 comparisons"),
        (compare(op="in", value=[1] * 1_001), "filter", "1,000 values"),
    ],
)
def test_what_is_wrong_is_named(given: Any, at: str, told: str) -> None:
    with pytest.raises(FilterInvalid) as refused:
        parse_filter(given)
    assert refused.value.extra["at"] == at
    assert told in str(refused.value)


@pytest.mark.parametrize("text", ["{", "filter", "[" * 100_000, '{"key": '])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(FilterInvalid):
        parse_filter_text(text)


def test_two_are_the_same_that_say_the_same() -> None:
    one = parse_filter(YEAR)
    assert one == parse_filter_text(' {"value": 2020, "op": "gte", "key": "metadata.year"} ')
    assert len({parse_filter(compare(value=value)) for value in (1, 1.0, True)}) == 3
    assert parse_filter(None) is parse_filter_text(" ") is None


def test_a_list_of_names_reaches_keys_with_dots() -> None:
    found = parse_filter(compare(["metadata", "a.b"], value=1))
    assert found is not None
    assert found.comparisons[0].path == ("metadata", "a.b")
