"""What of LangChain's filters becomes which of Larder's, and what is refused by name."""

from typing import Any

import pytest
from langchain_larder.filters import larder_filter

YEAR = "metadata.year"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (None, None),
        ({}, None),
        ({"year": 2020}, {"key": YEAR, "op": "eq", "value": 2020}),
        ({"year": None}, {"key": YEAR, "op": "eq", "value": None}),
        *(
            ({"year": {f"${op}": 2020}}, {"key": YEAR, "op": op, "value": 2020})
            for op in ("eq", "ne", "gt", "gte", "lt", "lte", "contains")
        ),
        ({"year": {"$in": (2020, 2021)}}, {"key": YEAR, "op": "in", "value": [2020, 2021]}),
        ({"year": {"$nin": [2020]}}, {"key": YEAR, "op": "nin", "value": [2020]}),
        ({"year": {"$exists": True}}, {"key": YEAR, "op": "ne", "value": None}),
        ({"year": {"$exists": False}}, {"key": YEAR, "op": "eq", "value": None}),
        ({"year": {"$like": "%20%"}}, {"key": YEAR, "op": "text_match", "value": "20"}),
        ({"year": {"$like": "2020"}}, {"key": YEAR, "op": "eq", "value": "2020"}),
        ({"year": {"$not_contains": 1}}, {"not": {"key": YEAR, "op": "contains", "value": 1}}),
        ({"year": {"$not": {"$gt": 1}}}, {"not": {"key": YEAR, "op": "gt", "value": 1}}),
        ({"author.name": "Ada"}, {"key": "metadata.author.name", "op": "eq", "value": "Ada"}),
        ({("a.b",): 1}, {"key": ["metadata", "a.b"], "op": "eq", "value": 1}),
        ({"$not": {"year": 1}}, {"not": {"key": YEAR, "op": "eq", "value": 1}}),
        ({"$or": [{"year": 1}, {"year": 2}]}, {"or": [{"key": YEAR, "op": "eq", "value": each} for each in (1, 2)]}),
    ],
)
def test_each_has_its_word(given: Any, meant: Any) -> None:
    assert larder_filter(given) == meant


@pytest.mark.parametrize(
    "given",
    [
        {"year": {"$gte": 1, "$lte": 2}},
        {"year": {"$between": [1, 2]}},
        {"$and": [{"year": {"$gte": 1}}, {"year": {"$lte": 2}}]},
    ],
)
def test_several_of_one_key_all_hold(given: Any) -> None:
    assert larder_filter(given) == {
        "and": [{"key": YEAR, "op": "gte", "value": 1}, {"key": YEAR, "op": "lte", "value": 2}]
    }


@pytest.mark.parametrize(
    ("given", "named"),
    [
        (lambda document: True, "function"),
        ("year = 2020", "year = 2020"),
        ({"year": {}}, "year"),
        ({"year": {"$regex": "2.*"}}, r"\$regex.*year"),
        ({"year": {"$ilike": "%a%"}}, r"\$ilike.*year"),
        ({"year": {"month": 1}}, "month.*year"),
        ({"year": {"$like": "20%"}}, r"\$like.*year.*'20%'"),
        ({"year": {"$like": "%2_0%"}}, "%2_0%"),
        ({"year": {"$like": "%"}}, r"\$like"),
        ({"year": {"$like": 5}}, r"\$like.*5"),
        ({"year": {"$exists": "yes"}}, r"\$exists.*yes"),
        ({"year": {"$between": [1]}}, r"\$between.*\[1\]"),
        ({"$nor": [{"year": 1}]}, r"\$nor"),
        ({"$and": []}, r"\$and.*\[\]"),
        ({"$and": {"year": 1}}, r"\$and"),
        ({"$or": [{"year": 1}, {}]}, r"\$or.*\{\}"),
        ({"$not": None}, r"\$not.*None"),
    ],
)
def test_what_cannot_be_asked_is_named(given: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        larder_filter(given)
