"""Filters mean what Haystack's own evaluation of them says, but where Larder's meaning is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from haystack import Document
from haystack.errors import FilterError
from haystack.utils.filters import document_matches_filter
from haystack_integrations.document_stores.larder import LarderDocumentStore
from haystack_integrations.document_stores.larder.filters import to_larder

DOCUMENTS = [
    Document(id="a", content="Ada wrote it", meta={"year": 1843, "author": {"name": "Ada"}, "date": "1843-10-01"}),
    Document(id="b", content="Grace wrote it", meta={"year": 1952.5, "author": {"name": "Grace"}, "draft": True}),
    Document(id="c", content="Nobody knows", meta={"year": None, "draft": False, "label": ""}),
    Document(id="d", content="More of it", meta={"label": "red", "date": "1952-05-01", "author": None}),
]


def compare(field: str, operator: str, value: Any) -> dict[str, Any]:
    return {"field": field, "operator": operator, "value": value}


def join(operator: str, *conditions: dict[str, Any]) -> dict[str, Any]:
    return {"operator": operator, "conditions": list(conditions)}


YEAR, ADA, DRAFT = (
    compare("meta.year", ">", 1900),
    compare("meta.author.name", "==", "Ada"),
    compare("meta.draft", "==", True),
)
ALIKE = [
    compare("id", "in", ["a", "d"]),
    compare("content", "==", "Nobody knows"),
    compare("year", "==", 1843),
    compare("meta.year", "!=", 1843),
    compare("meta.year", "==", None),
    compare("meta.year", "!=", None),
    compare("meta.author.name", "==", None),
    compare("meta.author.name", "in", ["Ada", None]),
    compare("meta.author.name", "not in", ["Ada", None]),
    compare("meta.author.name", "in", []),
    compare("meta.author.name", "not in", []),
    compare("meta.label", "==", ""),
    compare("meta.date", ">=", "1900-01-01"),
    compare("meta.date", "<", datetime(1900, 1, 1)),  # noqa: DTZ001 -- as those of the documents
    *(compare("meta.year", operator, value) for operator in (">", ">=", "<", "<=") for value in (1843, 1952.5, None)),
    join("AND", YEAR, DRAFT),
    join("OR", YEAR, ADA),
    join("NOT", YEAR, DRAFT),
    join("NOT", join("OR", YEAR, ADA)),
    join("NOT", join("NOT", ADA)),
    join("AND"),
    join("OR"),
    join("NOT"),
]


@pytest.fixture
def stored(document_store: LarderDocumentStore) -> LarderDocumentStore:
    document_store.write_documents(DOCUMENTS)
    return document_store


def test_a_filter_leaves_what_haystack_says(stored: LarderDocumentStore) -> None:
    for wanted in ALIKE:
        expected = [each.id for each in DOCUMENTS if document_matches_filter(wanted, each)]
        assert [each.id for each in stored.filter_documents(wanted)] == expected, wanted


def test_of_a_list_any_element_suffices_and_no_type_becomes_another(document_store: LarderDocumentStore) -> None:
    document_store.write_documents([Document(id="a", content="x", meta={"labels": ["red", "blue"], "one": 1})])
    told = [
        (compare("meta.labels", "==", "red"), True, False),
        (compare("meta.labels", "in", ["blue"]), True, False),
        (compare("meta.labels", "!=", "red"), False, True),
        (compare("meta.one", "==", True), False, True),
        (compare("meta.one", "==", 1.0), True, True),
    ]
    for wanted, here, there in told:
        assert bool(document_store.filter_documents(wanted)) is here, wanted
        [kept] = document_store.filter_documents()
        assert document_matches_filter(wanted, kept) is there, wanted


def test_what_larder_keeps_beside_the_metadata_is_filtered_by_its_own_names(
    document_store: LarderDocumentStore,
) -> None:
    when = datetime(2024, 5, 1, tzinfo=UTC)
    own = {"tags": ["hr", "policy"], "updated_at": when.isoformat(), "language": "german"}
    document_store.write_documents(
        [Document(id="a", content="Urlaub", meta={"larder": own}), Document(id="b", content="x")]
    )
    for wanted in (
        compare("meta.larder.tags", "in", ["hr"]),
        compare("meta.larder.updated_at", ">=", datetime(2024, 5, 1, 2, tzinfo=UTC).replace(hour=0)),
        compare("meta.larder.language", "==", "german"),
    ):
        assert [each.id for each in document_store.filter_documents(wanted)] == ["a"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ([YEAR], "dictionary"),
        (compare("embedding", "==", [1.0]), "'embedding'"),
        (compare("meta", "==", "x"), "'meta'"),
        (compare("author.name", "==", "x"), "'author.name'"),
        (compare("", "==", "x"), "''"),
        (compare("meta.larder.score", "==", 1), "meta.larder.tags"),
        (compare("meta.year", "==", [1]), "list"),
        (compare("meta.year", "in", [[1]]), "list"),
        (compare("meta.year", ">", True), "True"),
        (compare("meta.year", ">", "soon"), "'soon'"),
        (compare("meta.year", "like", "x"), "'like'"),
        ({"operator": "XOR", "conditions": []}, "'XOR'"),
        ({"operator": "AND", "conditions": YEAR}, "no list"),
    ],
)
def test_what_cannot_be_told_is_named(wanted: Any, told: str) -> None:
    with pytest.raises(FilterError, match=told):
        to_larder(wanted)


@pytest.mark.parametrize(
    "ask",
    [
        lambda store, wanted: store.filter_documents(wanted),
        lambda store, wanted: store.count_documents_by_filter(wanted),
        lambda store, wanted: store.delete_by_filter(wanted),
        lambda store, wanted: store.update_by_filter(wanted, {"x": 1}),
        lambda store, wanted: store.get_metadata_field_unique_values("x", filters=wanted),
    ],
)
def test_what_larder_refuses_is_a_filter_error(
    stored: LarderDocumentStore, ask: Callable[[LarderDocumentStore, Any], Any]
) -> None:
    deep = YEAR
    for _ in range(9):
        deep = join("NOT", deep)
    for wanted in (deep, compare("meta.a\0b", "==", 1)):
        with pytest.raises(FilterError, match="Invalid filter"):
            ask(stored, wanted)
    assert stored.count_documents() == len(DOCUMENTS)
