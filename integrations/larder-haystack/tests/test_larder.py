"""What Haystack's suites do not ask: retrievers, what survives, what is refused, and writing a pipeline down."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from haystack import Document, Pipeline
from haystack.dataclasses import ByteStream, SparseEmbedding
from haystack.document_stores.errors import DuplicateDocumentError
from haystack.document_stores.types import DuplicatePolicy, FilterPolicy
from haystack.errors import FilterError
from haystack.utils import Secret
from haystack_integrations.components.retrievers.larder import (
    LarderEmbeddingRetriever,
    LarderHybridRetriever,
    LarderKeywordRetriever,
)
from haystack_integrations.document_stores.larder import LarderDocumentStore
from larder_sdk import Invalid

Make = Callable[..., LarderDocumentStore]

RETRIEVERS = [LarderEmbeddingRetriever, LarderKeywordRetriever, LarderHybridRetriever]
TEXTS = {
    "travel": "Flights are booked by the office two weeks in advance.",
    "leave": "Holidays are asked for in writing.",
    "lunch": "The canteen serves soup at noon.",
}


@pytest.fixture
def handbook(document_store: LarderDocumentStore) -> LarderDocumentStore:
    documents = [Document(id=each, content=text, meta={"topic": each}) for each, text in TEXTS.items()]
    document_store.write_documents(documents)
    return document_store


@pytest.mark.parametrize("kind", RETRIEVERS)
def test_each_retriever_finds_by_its_mode_within_its_filters(handbook: LarderDocumentStore, kind: Any) -> None:
    retriever = kind(handbook, top_k=2)
    found = retriever.run(query="who books flights?")["documents"]
    assert found[0].id == "travel"
    assert all(0 <= each.score <= 1 for each in found)
    others = {"field": "meta.topic", "operator": "!=", "value": "travel"}
    narrowed = retriever.run(query="flights, holidays, soup", filters=others, top_k=5)["documents"]
    assert {each.id for each in narrowed} == {"leave", "lunch"}


@pytest.mark.parametrize("kind", RETRIEVERS)
async def test_each_retriever_is_awaited_in_a_pipeline(handbook: LarderDocumentStore, kind: Any) -> None:
    found = await kind(handbook).run_async(query="who books flights?", top_k=1)
    assert [each.id for each in found["documents"]] == ["travel"]


def test_filters_of_a_retriever_and_of_a_run_are_merged_where_it_says_so(handbook: LarderDocumentStore) -> None:
    leave, soup = ({"field": "meta.topic", "operator": "in", "value": [each, "travel"]} for each in ("leave", "lunch"))
    both = {"operator": "AND", "conditions": [soup]}
    merging = LarderEmbeddingRetriever(
        handbook, filters={"operator": "AND", "conditions": [leave]}, filter_policy=FilterPolicy.MERGE
    )
    assert [each.id for each in merging.run(query="soup", filters=both)["documents"]] == ["travel"]
    replacing = LarderEmbeddingRetriever(handbook, filters=leave)
    assert {each.id for each in replacing.run(query="soup", filters=both)["documents"]} == {"lunch", "travel"}


def test_a_hit_may_be_its_best_passage_alone(document_store: LarderDocumentStore) -> None:
    long = " ".join(f"Filler sentence number {at} says nothing at all." for at in range(200))
    document_store.write_documents([Document(id="long", content=f"{long} Parcels leave at nine. {long}")])
    [whole] = LarderEmbeddingRetriever(document_store).run(query="when do parcels leave?")["documents"]
    [passage] = LarderEmbeddingRetriever(document_store, passages=True).run(query="when do parcels leave?")["documents"]
    told = whole.meta["larder"]["passage"]
    assert told["count"] > 1
    assert passage.content == whole.content[told["start"] : told["end"]]
    assert "Parcels leave at nine." in passage.content


def test_a_blank_query_is_refused_before_anything_is_asked(document_store: LarderDocumentStore) -> None:
    with pytest.raises(ValueError, match="blank"):
        LarderEmbeddingRetriever(document_store).run()


def test_nested_metadata_and_what_larder_keeps_beside_it_survive(document_store: LarderDocumentStore) -> None:
    own = {"tags": ["hr"], "language": "german", "expires_at": "2999-01-01T00:00:00+00:00"}
    meta = {"a": {"b": [1, 2.5, None, {"c": "ü"}]}, "big": 10**20, "dotted.name": True, "larder": own}
    written = Document(id="wiki/page 1#?%2F", content="Straße\n\n☃ 😀", meta=meta)
    document_store.write_documents([written])
    [read] = document_store.filter_documents()
    assert read == written
    document_store.write_documents([read])
    assert document_store.filter_documents() == [written]
    document_store.update_by_filter({"field": "id", "operator": "==", "value": written.id}, {"larder": {"tags": []}})
    [untagged] = document_store.filter_documents()
    assert "tags" not in untagged.meta["larder"]


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ({"content": None, "blob": ByteStream(b"x")}, "blob"),
        ({"sparse_embedding": SparseEmbedding([1], [0.5])}, "sparse_embedding"),
        ({"content": None}, "no content"),
        ({"meta": {"larder": "x"}}, "larder"),
        ({"meta": {"larder": {"tags": "x"}}}, "tags"),
    ],
)
def test_what_larder_has_no_place_for_is_refused_by_name(
    document_store: LarderDocumentStore, refused: dict[str, Any], told: str
) -> None:
    good = Document(id="good", content="x")
    with pytest.raises(ValueError, match=told):
        document_store.write_documents([good, Document(**{"id": "bad", "content": "x"} | refused)])
    assert document_store.count_documents() == 0


def test_what_the_server_refuses_is_named_and_nothing_is_stored(document_store: LarderDocumentStore) -> None:
    documents = [Document(id="good", content="x"), Document(id="blank", content=" "), Document(id="c", content="x")]
    with pytest.raises(Invalid) as refusal:
        document_store.write_documents(documents)
    assert [(each["index"], each["id"]) for each in refusal.value.errors] == [(1, "blank")]
    assert document_store.count_documents() == 0


def test_of_two_documents_with_one_id_the_policy_says_which_is_written(document_store: LarderDocumentStore) -> None:
    twice = [Document(id="a", content=text) for text in ("first", "second")]
    assert document_store.write_documents(twice, DuplicatePolicy.SKIP) == 1
    assert [each.content for each in document_store.filter_documents()] == ["first"]
    assert document_store.write_documents(twice, DuplicatePolicy.OVERWRITE) == 2
    assert [each.content for each in document_store.filter_documents()] == ["second"]
    with pytest.raises(DuplicateDocumentError, match="'b'"):
        document_store.write_documents([Document(id="b", content=text) for text in "xy"], DuplicatePolicy.FAIL)


def test_a_filter_that_names_nothing_changes_nothing(handbook: LarderDocumentStore) -> None:
    for change in (handbook.delete_by_filter, lambda wanted: handbook.update_by_filter(wanted, {"x": 1})):
        with pytest.raises(FilterError, match="empty"):
            change({})
    assert handbook.count_documents() == len(TEXTS)


def test_embeddings_of_ones_own_are_kept_and_found_by(make_store: Make) -> None:
    store = make_store(own_embeddings=True, return_embedding=True)
    model_dimensions = 384
    vectors = {each: [float(at == place) for at in range(model_dimensions)] for place, each in enumerate(TEXTS)}
    store.write_documents([Document(id=each, content=TEXTS[each], embedding=vectors[each]) for each in TEXTS])
    assert {each.id: each.embedding for each in store.filter_documents()} == vectors
    [found] = LarderEmbeddingRetriever(store, top_k=1).run(query_embedding=vectors["lunch"])["documents"]
    assert (found.id, found.embedding) == ("lunch", vectors["lunch"])
    assert math.isclose(found.score, 1, abs_tol=1e-3)
    assert store.update_by_filter({"field": "id", "operator": "==", "value": "lunch"}, {"seen": True}) == 1
    [again] = LarderHybridRetriever(store, top_k=1).run(query="soup", query_embedding=vectors["lunch"])["documents"]
    assert (again.id, again.embedding, again.meta) == ("lunch", vectors["lunch"], {"seen": True})
    with pytest.raises(ValueError, match="no embedding"):
        store.write_documents([Document(id="x", content="x")])
    with pytest.raises(Invalid, match="384"):
        store.write_documents([Document(id="x", content="x", embedding=[1.0, 2.0, 3.0])])
    other = make_store(own_embeddings=True, embedding_model="other:model")
    with pytest.raises(Invalid, match="other:model"):
        other.write_documents([Document(id="x", content="x", embedding=vectors["lunch"])])


async def test_embeddings_are_given_to_those_who_await_them(make_store: Make) -> None:
    store = make_store(return_embedding=True)
    await store.write_documents_async([Document(id="a", content="soup")])
    [found] = await store.filter_documents_async()
    assert math.isclose(sum(each * each for each in found.embedding), 1, abs_tol=1e-2)


def test_a_pipeline_is_written_down_without_its_key_and_read_again(handbook: LarderDocumentStore) -> None:
    pipeline = Pipeline()
    retriever = LarderHybridRetriever(handbook, top_k=3, min_score=0.1, filter_policy=FilterPolicy.MERGE)
    pipeline.add_component("retriever", retriever)
    told = pipeline.dumps()
    assert "LARDER_KEY" in told
    assert handbook.api_key.resolve_value() not in told
    again = Pipeline.loads(told)
    assert again.get_component("retriever").to_dict() == retriever.to_dict()
    found = again.run({"retriever": {"query": "flights", "top_k": 1}})
    assert [each.id for each in found["retriever"]["documents"]] == ["travel"]


def test_a_key_that_was_given_as_a_text_is_not_written_down(make_store: Make) -> None:
    with pytest.raises(ValueError, match="token"):
        make_store(api_key=Secret.from_token("secret")).to_dict()
