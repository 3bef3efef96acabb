"""`filter` in queries and lists, over HTTP."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from knowledge.run_counts import Counts
from tests.conftest import Api
from tests.knowledge.conftest import BASE

pytestmark = pytest.mark.django_db

SINCE = {"key": "metadata.year", "op": "gte", "value": 2020}


@pytest.fixture
def years(push: Callable[..., Counts]) -> None:
    push(*({"id": f"{year}", "content": f"report of {year}", "metadata": {"year": year}} for year in range(2015, 2025)))


def ids(found: dict[str, Any]) -> set[str]:
    return {each["id"] for each in found["documents"]}


@pytest.mark.usefixtures("years")
@pytest.mark.parametrize("mode", ["semantic", "keyword", "hybrid"])
def test_a_query_finds_what_its_filter_lets_through(analyzer: Api, mode: str) -> None:
    question = {
        "text": "report",
        "mode": mode,
        "filter": {"and": [SINCE, {"not": {"key": "id", "op": "eq", "value": "2024"}}]},
    }
    for _ in range(2):  # the second time it is remembered
        assert ids(analyzer("post", f"{BASE}/query", question).json()) == {"2020", "2021", "2022", "2023"}


@pytest.mark.usefixtures("years")
def test_a_question_that_was_asked_before_keeps_its_filter(analyzer: Api) -> None:
    for given, count in ((None, 10), (SINCE, 5), (None, 10), (SINCE, 5)):
        found = analyzer("post", f"{BASE}/query", {"text": "report", "filter": given}).json()
        assert len(found["documents"]) == count


@pytest.mark.usefixtures("years")
def test_explain_tells_how_many_documents_pass(analyzer: Api) -> None:
    question = {"text": "report", "filter": SINCE, "explain": True}
    explanation = analyzer("post", f"{BASE}/query", question).json()["explanation"]
    told = {"documents": 5, "more": False, "found_by": "scan", "undeclared": ["metadata.year"]}
    assert explanation["filter"] == told


@pytest.mark.usefixtures("years")
def test_a_list_is_filtered_and_paged_and_counted(analyzer: Api) -> None:
    asked = {"filter": json.dumps(SINCE), "limit": 2, "order": "id", "total": "true"}
    page = analyzer("get", f"{BASE}/documents", asked).json()
    assert (ids(page), page["total"]) == ({"2020", "2021"}, 5)
    assert ids(analyzer("get", f"{BASE}/documents", {**asked, "cursor": page["next"]}).json()) == {"2022", "2023"}


@pytest.mark.parametrize(
    "given", [{"key": "year", "op": "gte", "value": 1}, {"and": [SINCE, {"key": "year", "op": "=="}]}, {}]
)
def test_a_faulty_filter_is_422_with_its_place(analyzer: Api, given: dict[str, Any]) -> None:
    for response in (
        analyzer("post", f"{BASE}/query", {"text": "x", "filter": given}),
        analyzer("get", f"{BASE}/documents", {"filter": json.dumps(given)}),
    ):
        assert (response.status_code, response.json()["code"]) == (422, "invalid_filter")
        assert response.json()["at"].startswith("filter")


def test_a_filter_stays_within_what_the_key_may_read(api: Callable[..., Api], push: Callable[..., Counts]) -> None:
    push({"id": "1", "content": "a", "source": "hr"}, {"id": "2", "content": "b", "source": "wiki"})
    bound = api("analyzer", "wiki")
    everything = {"or": [{"key": "id", "op": "ne", "value": ""}, {"key": "source", "op": "eq", "value": "hr"}]}
    assert ids(bound("post", f"{BASE}/query", {"text": "x", "filter": everything}).json()) == {"2"}
    assert ids(bound("get", f"{BASE}/documents", {"filter": json.dumps(everything)}).json()) == {"2"}
