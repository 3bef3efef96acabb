"""Which metadata documents have."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from knowledge.run_counts import Counts
from tests.conftest import Api
from tests.knowledge.conftest import BASE

pytestmark = pytest.mark.django_db

METADATA: list[dict[str, Any]] = [
    {"year": 2020, "author": {"name": "Ada"}, "labels": ["red", "blue", "red"], "draft": True},
    {"year": 2020.0, "author": {"name": "grace"}, "labels": ["red"], "gone": None},
    {"year": "2020", "author": {"name": "Ada"}, "labels": [], "a.b": {"c": 1}},
    {"year": 5},
]


@pytest.fixture
def stored(push: Callable[..., Counts]) -> None:
    push(*({"id": str(at), "content": f"text {at}", "metadata": each} for at, each in enumerate(METADATA)))
    push({"id": "other", "content": "text", "metadata": {"year": 1}, "source": "other"})


def asked(api: Api, path: str, **parameters: Any) -> Any:
    given = {name: json.dumps(value) if name == "filter" else value for name, value in parameters.items()}
    response = api.client.get(f"{BASE}/{path}", given, headers=api.headers)
    assert response.status_code == 200, response.content
    return response.json()


def values(api: Api, key: str, **parameters: Any) -> list[tuple[Any, int]]:
    found = asked(api, "metadata/values", key=key, **parameters)["values"]
    return [(each["value"], each["documents"]) for each in found]


@pytest.mark.usefixtures("stored")
def test_keys_are_told_with_the_types_of_their_values(provider: Api) -> None:
    assert asked(provider, "metadata")["keys"] == [
        {"key": "a.b", "types": ["object"], "documents": 1},
        {"key": "author", "types": ["object"], "documents": 3},
        {"key": "draft", "types": ["boolean"], "documents": 1},
        {"key": "labels", "types": ["array"], "documents": 3},
        {"key": "year", "types": ["number", "text"], "documents": 4},
    ]
    assert asked(provider, "metadata", filter={"key": "metadata.year", "op": "eq", "value": 5})["keys"] == [
        {"key": "year", "types": ["number"], "documents": 1}
    ]


@pytest.mark.usefixtures("stored")
def test_values_are_counted_by_how_they_are_written(provider: Api) -> None:
    found = asked(provider, "metadata/values", key="metadata.year")
    assert [(type(each["value"]), each["value"]) for each in found["values"]] == [
        (int, 5),
        (int, 2020),
        (float, 2020.0),
        (str, "2020"),
    ]
    assert (found["total"], found["least"], found["greatest"]) == (4, 5, 2020)
    assert values(provider, "metadata.author.name") == [("Ada", 2), ("grace", 1)]
    assert values(provider, "metadata.draft") == [(True, 1)]


@pytest.mark.usefixtures("stored")
def test_each_value_of_a_list_counts_once_a_document(provider: Api) -> None:
    assert values(provider, "metadata.labels") == [("blue", 1), ("red", 2)]
    assert values(provider, "metadata.author") == values(provider, "metadata.nowhere") == []


@pytest.mark.usefixtures("stored")
def test_values_come_by_what_is_in_them_and_page_by_page(provider: Api) -> None:
    assert values(provider, "metadata.author.name", q="GR") == [("grace", 1)]
    assert values(provider, "metadata.author.name", q="%s{") == []
    assert values(provider, "metadata.year", offset=1, limit=2) == [(2020, 1), (2020.0, 1)]
    none = asked(provider, "metadata/values", key="metadata.author.name", limit=0)
    assert none == {"values": [], "total": 2, "least": "Ada", "greatest": "grace"}
    assert asked(provider, "metadata/values", key="metadata.nowhere")["least"] is None


@pytest.mark.usefixtures("stored")
def test_a_name_with_a_dot_in_it_is_asked_for_by_a_list(provider: Api) -> None:
    assert values(provider, '["metadata", "a.b", "c"]') == [(1, 1)]
    assert values(provider, "metadata.a.b.c") == []


def test_more_names_than_are_told_are_not_kept_quiet(provider: Api, push: Callable[..., Counts]) -> None:
    names = {f"k{at:04}": at for at in range(1_000)}
    push({"id": "1", "content": "text", "metadata": names})
    assert asked(provider, "metadata")["more"] is False
    push({"id": "2", "content": "text", "metadata": {"last": 1}})
    answer = asked(provider, "metadata")
    assert (len(answer["keys"]), answer["more"]) == (1_000, True)


@pytest.mark.usefixtures("stored")
def test_only_what_the_key_may_see_is_counted(provider: Api, analyzer: Api) -> None:
    assert (1, 1) not in values(provider, "metadata.year")
    assert (1, 1) in values(analyzer, "metadata.year")
    assert values(analyzer, "metadata.year", source="other") == [(1, 1)]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("metadata/values?key=year", "metadata.year"),
        ("metadata/values?key=tags", "is no key of the metadata"),
        ('metadata/values?key=["metadata",', "no list of names in JSON"),
        ('metadata/values?key=["metadata",1]', "no list of texts"),
        (f"metadata/values?key={'[' * 3_000}", "no list of names in JSON"),
        ("metadata/values?key=metadata.a&filters=x", "`filter`"),
        ("metadata?filters=x", "`filter`"),
        ("metadata/values?key=metadata.a&q=%00", "NUL"),
        ("metadata/values?key=metadata.a%00b", "NUL"),
        ("metadata/values?key=metadata.a&limit=1001", ""),
    ],
)
def test_what_is_no_question_is_422(provider: Api, path: str, told: str) -> None:
    response = provider("get", f"{BASE}/{path}")
    assert response.status_code == 422
    assert told in response.content.decode()
