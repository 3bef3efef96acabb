"""What LangChain's suites do not ask for: filters, scores, diversity, indexing and conversations."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from langchain_core.indexing import InMemoryRecordManager, index
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_larder import (
    LarderChatMessageHistory,
    LarderRetriever,
    LarderVectorStore,
    aindex_documents,
    index_documents,
)
from larder_sdk import Invalid

FILMS: dict[str, dict[str, Any]] = {
    "toys": {"year": 1995, "genre": "animated", "cast": ["Woody", "Buzz"], "studio": {"name": "Pixar"}},
    "dinosaurs": {"year": 1993, "genre": "science fiction", "rating": None},
    "dreams": {"year": 2010, "genre": "science fiction", "rating": 8.2},
    "wishes": {"year": 1979, "genre": "thriller", "rating": 9.9},
}


@pytest.fixture
def store(source: str) -> LarderVectorStore:
    return LarderVectorStore.from_texts(
        [f"A film about {each}." for each in FILMS], metadatas=[*FILMS.values()], ids=[*FILMS], source=source
    )


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ({"genre": "science fiction"}, "dinosaurs dreams"),
        ({"genre": {"$ne": "science fiction"}}, "toys wishes"),
        ({"year": {"$gt": 1993, "$lte": 2010}}, "toys dreams"),
        ({"year": {"$between": [1979, 1993]}}, "wishes dinosaurs"),
        ({"year": {"$in": [1979, 2010]}}, "wishes dreams"),
        ({"year": {"$nin": [1979, 2010]}}, "toys dinosaurs"),
        ({"cast": {"$contains": "Buzz"}}, "toys"),
        ({"cast": {"$not_contains": "Buzz"}}, "dinosaurs dreams wishes"),
        ({"cast": "Buzz"}, "toys"),
        ({"studio.name": "Pixar"}, "toys"),
        ({"genre": {"$like": "%fiction%"}}, "dinosaurs dreams"),
        ({"rating": {"$exists": True}}, "dreams wishes"),
        ({"rating": {"$exists": False}}, "toys dinosaurs"),
        ({"rating": {"$gt": 9}}, "wishes"),
        ({"$not": {"rating": {"$gt": 9}}}, "toys dinosaurs dreams"),
        ({"$or": [{"year": 1979}, {"$and": [{"year": 2010}, {"rating": 8.2}]}]}, "wishes dreams"),
    ],
)
async def test_a_filter_means_what_it_says_and_whatever_matches_comes(
    store: LarderVectorStore, filter: dict[str, Any], found: str
) -> None:
    assert {each.id for each in store.similarity_search("film", k=10, filter=filter)} == {*found.split()}
    assert {each.id for each in await store.asimilarity_search("film", k=10, filter=filter)} == {*found.split()}


def test_the_threshold_is_larder_s_and_scores_are_from_0_to_1(store: LarderVectorStore) -> None:
    scored = store.similarity_search_with_relevance_scores("a film about dreams", k=4)
    (best, score), *others = scored
    assert best.id == "dreams"
    assert 1 >= score > others[0][1] >= 0
    above = store.similarity_search_with_relevance_scores("a film about dreams", k=4, score_threshold=score - 1e-6)
    assert [each.id for each, _ in above] == ["dreams"]
    by_retriever = store.as_retriever(
        search_type="similarity_score_threshold", search_kwargs={"score_threshold": score - 1e-6}
    )
    assert [each.id for each in by_retriever.invoke("a film about dreams")] == ["dreams"]


def test_diverse_hits_leave_near_copies_for_later(source: str) -> None:
    copies = [f"The office is closed on public holidays{mark}" for mark in ".!"]
    store = LarderVectorStore(source=source)
    store.add_texts([*copies, "Public holidays: the canteen opens at nine."])
    near = store.similarity_search("is the office closed on public holidays?", k=2)
    apart = store.as_retriever(search_type="mmr", search_kwargs={"k": 2}).invoke("is the office closed on holidays?")
    assert {each.page_content for each in near} == {*copies}
    assert {each.page_content for each in apart} != {*copies}
    with pytest.raises(ValueError, match=r"lambda_mult.*0\.9"):
        store.max_marginal_relevance_search("office", lambda_mult=0.9)


def test_words_and_tags_narrow_as_larder_s_own(source: str) -> None:
    store = LarderVectorStore(source=source, tags=["film"])
    store.add_texts(["A film about AB-1234."], ids=["code"], tags=["old"])
    store.add_texts(["A film about ships."], ids=["ships"])
    assert [each.id for each in store.similarity_search("AB-1234", mode="keyword")] == ["code"]
    assert [each.id for each in store.similarity_search("film", tags="film+old")] == ["code"]
    assert {each.id for each in store.similarity_search("film", tags="film")} == {"code", "ships"}
    with pytest.raises(Invalid, match="mode"):
        store.similarity_search("film", mode="fuzzy")
    with pytest.raises(TypeError, match="modus"):
        store.similarity_search("film", modus="keyword")


async def test_what_is_named_is_deleted_and_a_slip_deletes_nothing(store: LarderVectorStore) -> None:
    with pytest.raises(TypeError, match="filters"):
        store.delete(filters={"year": 1995})
    with pytest.raises(ValueError, match="everything"):
        store.delete(filter={})
    with pytest.raises(ValueError, match="regex"):
        await store.adelete(filter={"year": {"$regex": "1"}})
    assert len(store.get_by_ids([*FILMS])) == 4
    assert store.delete(filter={"year": {"$lt": 1990}})
    assert [each.id for each in store.get_by_ids([*FILMS])] == ["toys", "dinosaurs", "dreams"]
    assert await store.adelete()
    assert await store.aget_by_ids([*FILMS]) == []


def test_what_is_refused_names_the_document_and_nothing_is_stored(source: str) -> None:
    store = LarderVectorStore(source=source)
    with pytest.raises(Invalid, match="blank") as refused:
        store.add_texts(["good", " "], ids=["1", "2"])
    assert [(each["index"], each["id"]) for each in refused.value.errors] == [(1, "2")]
    assert store.get_by_ids(["1"]) == []
    with pytest.raises(TypeError, match="wait"):
        store.add_texts(["a"], wait=5)
    with pytest.raises(ValueError, match="2 texts and 1 metadatas"):
        store.add_texts(["a", "b"], [{}])


def test_a_passage_stands_for_a_long_document(source: str) -> None:
    long = " ".join(f"Paragraph {number} is about the number {number}." for number in range(400))
    store = LarderVectorStore(source=source)
    store.add_texts([f"{long} Penguins live in the south. {long}"], ids=["long"])
    [whole] = store.similarity_search("penguins", mode="keyword")
    [passage] = store.similarity_search("penguins", mode="keyword", passages=True)
    assert len(passage.page_content) < len(whole.page_content) / 4
    assert "Penguins" in passage.page_content
    [told] = LarderRetriever(source=source, mode="keyword", passages=True).invoke("penguins")
    assert told.page_content == passage.page_content
    assert set(told.metadata["larder"]) == {"source", "tags", "score", "passage"}


def test_one_store_serves_several_event_loops(store: LarderVectorStore) -> None:
    for _ in range(2):
        assert len(asyncio.run(store.asimilarity_search("film", k=4))) == 4


class Turned(Embeddings):
    """Every text and every question has the vector of its number of words."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [float(place == len(text.split())) for place in range(384)]


async def test_one_s_own_vectors_decide_what_is_near(source: str) -> None:
    store = await LarderVectorStore.afrom_texts(
        ["one", "one two", "one two three"], Turned(), ids=["1", "2", "3"], source=source
    )
    assert store.embeddings is not None
    assert [each.id for each in store.similarity_search("quite unlike", k=1)] == ["2"]
    assert [each.id for each in await store.asimilarity_search("really quite unlike", k=1)] == ["3"]
    assert [each.id for each in store.similarity_search_by_vector(Turned().embed_query("x"), k=1)] == ["1"]
    assert [each.id for each in await store.asimilarity_search("three", mode="keyword")] == ["3"]
    told = await aindex_documents([Document("quite unlike", id="4")], store)
    assert told["num_added"] == 1
    assert {each.id for each in store.similarity_search("a b", k=2)} == {"2", "4"}


def test_vectors_that_larder_s_model_cannot_have_made_are_refused_by_name(source: str) -> None:
    short = LarderVectorStore(source=source, embedding=DeterministicFakeEmbedding(size=6))
    with pytest.raises(Invalid, match="384"):
        short.add_texts(["one"])
    with pytest.raises(Invalid, match="384"):
        short.similarity_search("one")
    other = LarderVectorStore(source=source, embedding=Turned(), embedding_model="openai:text-embedding-3-large")
    with pytest.raises(Invalid, match="text-embedding-3-large"):
        other.add_texts(["one"])


# -- indexing ----------------------------------------------------------------------------------------


def pages(*names: str, of: str = "handbook", edition: int = 1) -> list[Document]:
    return [Document(f"{of} {name}, edition {edition}", metadata={"source": of, "page": name}) for name in names]


class Pages(BaseLoader):
    def __init__(self, *documents: Document) -> None:
        self.documents = documents

    def lazy_load(self) -> Iterator[Document]:
        yield from self.documents


def contents(store: LarderVectorStore) -> set[str]:
    return {each.page_content for each in store.similarity_search("edition", k=100)}


def counted(indexed: Any) -> list[int]:
    return [indexed[f"num_{name}"] for name in ("added", "updated", "skipped", "deleted", "held")]


async def test_the_same_again_changes_nothing(source: str) -> None:
    store = LarderVectorStore(source=source)
    assert counted(index_documents(Pages(*pages("a", "b"), *pages("a")), store)) == [2, 0, 0, 0, 0]
    assert counted(await aindex_documents(Pages(*pages("a", "b")), store)) == [0, 0, 2, 0, 0]


async def test_a_full_set_deletes_the_rest_unless_that_is_too_much(source: str) -> None:
    store = LarderVectorStore(source=source)
    index_documents(pages(*"abcd"), store)
    assert counted(index_documents(pages(*"abc"), store, cleanup="full")) == [0, 0, 3, 1, 0]
    assert counted(await aindex_documents([], store, cleanup="full")) == [0, 0, 0, 0, 3]
    assert len(contents(store)) == 3


@pytest.mark.parametrize("cleanup", ["scoped_full", "incremental"])
async def test_what_is_new_of_a_source_takes_the_place_of_what_was(source: str, cleanup: Any) -> None:
    store = LarderVectorStore(source=source)
    index_documents([*pages("a", "b"), *pages("a", of="leaflet")], store)
    changed = [*pages("a"), *pages("b", edition=2)]
    scope = {"cleanup": cleanup, "source_id_key": "source"}
    assert counted(await aindex_documents(changed, store, **scope)) == [1, 0, 1, 1, 0]
    assert contents(store) == {"handbook a, edition 1", "handbook b, edition 2", "leaflet a, edition 1"}
    assert counted(index_documents(changed, store, **scope)) == [0, 0, 2, 0, 0]


def test_more_than_a_filter_may_name_is_cleaned_up_all_the_same(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("langchain_larder.indexing.MOST_IDS", 3)
    monkeypatch.setattr("langchain_larder.indexing.MOST_SOURCES", 1)
    store = LarderVectorStore(source=source)
    index_documents([*pages(*"abcdefghij"), *pages(*"klm", of="leaflet")], store)
    kept = [*pages(*"acegi"), *pages(*"lm", of="leaflet")]
    assert counted(index_documents(kept, store, cleanup="scoped_full", source_id_key="source")) == [0, 0, 7, 6, 0]
    assert contents(store) == {each.page_content for each in kept}


def test_what_is_no_scope_is_named_before_anything_is_stored(source: str) -> None:
    store = LarderVectorStore(source=source)
    given: Any
    for given, named in (
        ({"cleanup": "all"}, "'all'"),
        ({"cleanup": "scoped_full"}, "source_id_key"),
        ({"cleanup": "incremental", "source_id_key": "chapter"}, "'chapter'"),
    ):
        with pytest.raises(ValueError, match=named):
            index_documents(pages("a"), store, **given)
    assert contents(store) == set()


def test_langchain_s_own_index_works_with_its_record_manager(store: LarderVectorStore) -> None:
    manager = InMemoryRecordManager("films")
    for expected in (2, 0):
        told = index(pages("a", "b"), manager, store, cleanup="full", key_encoder="sha256")
        assert told["num_added"] == expected


# -- conversations -----------------------------------------------------------------------------------

TALK: list[BaseMessage] = [
    SystemMessage("Be brief."),
    HumanMessage([{"type": "text", "text": "What is"}, {"type": "image_url", "image_url": {"url": "data:,"}}], id="h1"),
    AIMessage("", tool_calls=[{"name": "look", "args": {"at": ["it"]}, "id": "call-1"}]),
    ToolMessage("a cat", tool_call_id="call-1", artifact={"raw": 1}),
    AIMessage(" A cat. ", response_metadata={"tokens": 3}, usage_metadata=None),
]


async def test_a_conversation_comes_back_word_for_word_and_in_order(source: str) -> None:
    history = LarderChatMessageHistory("alice", source=source)
    history.add_messages(TALK[:2])
    await history.aadd_messages(TALK[2:])
    history.add_user_message("Thanks!")
    expected = [*TALK, HumanMessage("Thanks!")]
    assert history.messages == expected
    assert await history.aget_messages() == expected


async def test_sessions_are_apart_and_one_can_be_cleared(source: str) -> None:
    alice, bob = (LarderChatMessageHistory(each, source=source) for each in ("alice", "bob"))
    alice.add_messages([HumanMessage(f"number {number}") for number in range(20)])
    bob.add_user_message("My order number is 7.")
    assert [each.content for each in alice.messages] == [f"number {number}" for number in range(20)]
    [found] = LarderRetriever(source=source, filter={"session_id": "bob"}).invoke("which order?")
    assert found.page_content == "My order number is 7."
    alice.clear()
    assert alice.messages == []
    await bob.aclear()
    assert bob.messages == []


def test_messages_expire_where_they_shall(source: str) -> None:
    history = LarderChatMessageHistory("alice", source=source, ttl=timedelta(days=-1))
    history.add_user_message("Gone.")
    assert history.messages == []
    with pytest.raises(ValueError, match="session_id"):
        LarderChatMessageHistory("")
