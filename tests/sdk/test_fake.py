import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from larder_sdk import (
    Counts,
    FakeKnowledgeClient,
    Forbidden,
    Invalid,
    KnowledgeClient,
    KnowledgeDocument,
    NotFound,
    OwnVector,
    SyncFakeKnowledgeClient,
    calls,
)

ALICE = KnowledgeDocument(id="people/alice", content="Alice Chen leads engineering", tags=["employee", "executive"])
BRUNO = KnowledgeDocument(id="bruno", content="Bruno Costa keeps the accounts", tags=["employee", "finance"])


@pytest.fixture
def fake() -> SyncFakeKnowledgeClient:
    fake = SyncFakeKnowledgeClient(source="people")
    fake.bulk_upsert([ALICE, BRUNO])
    return fake


def test_pushes_are_counted_as_the_store_does(fake: SyncFakeKnowledgeClient) -> None:
    changed = BRUNO.model_copy(update={"content": "Bruno Costa has left"})
    assert fake.bulk_upsert([ALICE, changed]) == Counts(upserted=2, updated=1, unchanged=1)
    renewed = ALICE.model_copy(update={"expires_at": datetime.now(UTC) + timedelta(hours=1)})
    assert fake.upsert(renewed) == Counts(upserted=1, renewed=1)


def test_a_list_may_go_by_id(fake: SyncFakeKnowledgeClient) -> None:
    assert [document.id for document in fake.list(order="id")] == ["bruno", "people/alice"]


def test_the_best_match_comes_first_with_its_score(fake: SyncFakeKnowledgeClient) -> None:
    hits = fake.query("who leads engineering", top_k=1)
    assert [(hit.id, hit.source) for hit in hits] == [("people/alice", "people")]
    assert hits[0].score == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("employee+executive", {"people/alice"}),
        ("executive|finance", {"people/alice", "bruno"}),
        ("employee+public|finance", {"bruno"}),
        ("", {"people/alice", "bruno"}),
        ("public", set()),
    ],
)
def test_tag_expressions_filter(fake: SyncFakeKnowledgeClient, expression: str, found: set[str]) -> None:
    assert {doc.id for doc in fake.list(tags=expression)} == found


def test_what_is_flagged_or_bears_an_unwanted_tag_is_left_out(fake: SyncFakeKnowledgeClient) -> None:
    fake.add(KnowledgeDocument(id="sly", content="who leads", tags=["flag:instructions"], source="people"))
    assert "sly" in {doc.id for doc in fake.query("who leads")}
    assert "sly" not in {doc.id for doc in fake.query("who leads", exclude_flags=True)}
    assert {doc.id for doc in fake.query("who", exclude_tags=["employee"])} == {"sly"}


@pytest.mark.parametrize("expression", ["a b", "+a", "a|", "(a)", "A"])
def test_an_invalid_tag_expression_is_refused(fake: SyncFakeKnowledgeClient, expression: str) -> None:
    with pytest.raises(Invalid, match="position"):
        fake.query("who", tags=expression)


def test_expired_documents_are_not_there() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    fake = SyncFakeKnowledgeClient(now=lambda: at)
    fake.add(KnowledgeDocument(id="old", content="x", expires_at=at), KnowledgeDocument(id="new", content="x"))
    assert [doc.id for doc in fake.all()] == ["new"]


def test_replacing_deletes_what_is_not_named(fake: SyncFakeKnowledgeClient) -> None:
    assert fake.replace_source([BRUNO]) == Counts(upserted=1, unchanged=1, deleted=1)
    assert [doc.id for doc in fake.all()] == ["bruno"]


def test_a_large_set_is_replaced_in_parts(fake: SyncFakeKnowledgeClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "MAX_REPLACE", 1)
    carol = KnowledgeDocument(id="carol", content="Carol Diaz is new")
    assert fake.replace_source([BRUNO, carol]) == Counts(upserted=2, created=1, unchanged=1, deleted=1)
    assert {doc.id for doc in fake.all()} == {"bruno", "carol"}
    with pytest.raises(Forbidden):
        fake.replace_source([BRUNO, carol], source="wiki")


def test_deleting_twice_finds_nothing(fake: SyncFakeKnowledgeClient) -> None:
    fake.delete("people/alice")
    with pytest.raises(NotFound):
        fake.delete("people/alice")


def test_another_source_is_refused_and_nothing_is_stored(fake: SyncFakeKnowledgeClient) -> None:
    with pytest.raises(Forbidden):
        fake.bulk_upsert([KnowledgeDocument(id="new", content="x"), ALICE.model_copy(update={"source": "wiki"})])
    assert len(fake.all()) == 2


def test_totals(fake: SyncFakeKnowledgeClient) -> None:
    assert fake.stats()["documents"] == 2
    assert fake.sources() == [{"source": "people", "documents": 2}]
    assert {"tag": "employee", "documents": 2} in fake.tags()
    assert fake.get("bruno").content == BRUNO.content


def test_it_stands_in_for_the_client_that_a_program_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeKnowledgeClient(source="people")
    fake.add(ALICE, BRUNO)
    monkeypatch.setattr(KnowledgeClient, "for_analysis", fake.for_analysis)

    async def analyze() -> list[KnowledgeDocument]:
        client = KnowledgeClient.for_analysis({"retrieval_limits": {"max_top_k": 1}})
        return await client.fetch(text="alice bruno", tags="employee", top_k=10)

    assert len(asyncio.run(analyze())) == 1


def test_documents_are_counted_by_what_their_metadata_says(fake: SyncFakeKnowledgeClient) -> None:
    years = [2020, 2021, 2021.5, "n.d.", True, [1, 1], None, {"deep": 1}]
    fake.clear()
    fake.bulk_upsert(
        KnowledgeDocument(id=str(at), content="text", metadata={"year": year}) for at, year in enumerate(years)
    )
    recent = {"key": "metadata.year", "op": "gte", "value": 2021}
    assert (fake.count(), fake.count(filter=recent)) == (8, 2)
    types = ["array", "boolean", "number", "object", "text"]
    assert fake.metadata_keys() == [{"key": "year", "types": types, "documents": 7}]
    found = fake.metadata_values("metadata.year", offset=1, limit=4)
    assert [each["value"] for each in found["values"]] == [2020, 2021, 2021.5, True]
    assert (found["total"], found["least"], found["greatest"]) == (6, 1, 2021.5)
    assert fake.metadata_values("metadata.year", q="TRUE")["total"] == 1


def test_vectors_travel_with_a_document_and_are_given_where_they_are_asked_for(fake: SyncFakeKnowledgeClient) -> None:
    own = [OwnVector(vector=[0.6, 0.8], start=0, end=5)]
    changed = ALICE.model_copy(update={"vectors": own, "embedding_model": "ollama:bge-m3"})
    assert fake.bulk_upsert([changed, BRUNO]) == Counts(upserted=2, updated=1, unchanged=1)
    assert fake.get("people/alice").vectors is None
    [document] = fake.get_many(["people/alice"], include_vectors=True)
    assert (document.vectors, document.embedding_model) == (own, "ollama:bge-m3")
    assert fake.get_many(["people/alice"])[0].vectors is None


def test_there_is_no_reranker_in_memory_and_the_answer_says_so(fake: SyncFakeKnowledgeClient) -> None:
    hits = fake.query("who leads engineering", rerank=True)
    assert (hits.reranked, hits.not_reranked) == (False, "The client in memory has no reranker.")
    assert fake.query("who leads engineering").reranked is None
