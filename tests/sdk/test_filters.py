"""Filters of the client package: what the client in memory finds is what a server finds."""

import random

import pytest
from larder_sdk import KnowledgeDocument
from larder_sdk.errors import Refused
from larder_sdk.fake import SyncFakeKnowledgeClient
from larder_sdk.in_memory import filters

from knowledge.filters.evaluation import matches
from knowledge.filters.parsing import parse_filter
from tests.knowledge.filters.random_filters import random_document, random_filter


@pytest.mark.parametrize("seed", range(3))
def test_both_mean_the_same(seed: int) -> None:
    chance = random.Random(seed)
    documents = [random_document(chance, number) for number in range(100)]
    for _ in range(300):
        given = random_filter(chance)
        wanted = parse_filter(given)
        assert wanted is not None
        for document in documents:
            assert filters.matches(given, document) == matches(wanted, document), (given, document)


@pytest.fixture
def fake() -> SyncFakeKnowledgeClient:
    fake = SyncFakeKnowledgeClient(source="reports")
    fake.add(
        *(
            KnowledgeDocument(source="reports", id=f"{n}", content="a report", metadata={"year": n})
            for n in range(2018, 2022)
        )
    )
    return fake


def test_the_client_in_memory_filters_and_gets_many(fake: SyncFakeKnowledgeClient) -> None:
    since = {"key": "metadata.year", "op": "gte", "value": 2020}
    assert {hit.id for hit in fake.query("report", filter=since)} == {"2020", "2021"}
    assert {document.id for document in fake.list(filter=since)} == {"2020", "2021"}
    assert [document.id for document in fake.get_many(["2021", "x", "2018"])] == ["2021", "2018"]


def test_it_deletes_what_is_named_and_says_how_many(fake: SyncFakeKnowledgeClient) -> None:
    old = {"key": "metadata.year", "op": "lt", "value": 2020}
    assert fake.delete_many(["2018", "2021", "x"], filter=old, source="") == 1
    assert fake.delete_many(filter=old) == 1
    assert fake.delete_many([]) == 0
    assert [document.id for document in fake.all()] == ["2020", "2021"]
    with pytest.raises(ValueError, match="nothing is named"):
        fake.delete_many()


def test_it_refuses_what_is_no_filter_and_vectors(fake: SyncFakeKnowledgeClient) -> None:
    with pytest.raises(Refused, match="no filter"):
        fake.query("report", filter={"key": "metadata.year"})
    with pytest.raises(Refused, match="no vectors"):
        fake.query(vector=[1.0])
    with pytest.raises(ValueError, match="blank"):
        fake.query()
