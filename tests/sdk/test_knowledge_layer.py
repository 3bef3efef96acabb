"""The contract of the knowledge layer, without a server: registry, summaries, and a retriever that never raises."""

import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest
from larder import KnowledgeDocument
from larder.errors import Unavailable
from larder.knowledge_layer import (
    BaseRetriever,
    Chunk,
    LarderIngestor,
    LarderRetriever,
    get_active_ingestor,
    get_available_documents,
    get_ingestor,
    get_retriever,
    register_retriever,
    register_summary,
    set_active_ingestor,
    summarize,
    unregister_summary,
)
from larder.knowledge_layer.backend import to_chunk
from larder.knowledge_layer.shapes import RetrievalResult
from pydantic import ValidationError


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens", request=request)


def test_a_backend_is_found_by_its_name_and_an_unknown_one_is_named() -> None:
    assert isinstance(get_retriever("larder", url="http://larder"), LarderRetriever)
    assert isinstance(get_ingestor(url="http://larder"), LarderIngestor)
    with pytest.raises(LookupError, match="no retriever 'none'; registered are: larder"):
        get_retriever("none")


def test_a_backend_that_raises_answers_with_a_sentence() -> None:
    @register_retriever("broken")
    class Broken(BaseRetriever):
        backend_name = "broken"

        async def find_chunks(self, *args: object, **named: object) -> list[Chunk]:
            raise RuntimeError("no  disk\nleft")

        async def health_check(self) -> bool:
            return False

    found = asyncio.run(get_retriever("broken").retrieve("who?", "handbook"))
    assert (found.success, found.chunks, found.error_message) == (False, [], "no disk left")
    assert (found.query, found.backend, found.total_tokens) == ("who?", "broken", 0)


def test_a_server_that_is_away_is_told_in_a_sentence() -> None:
    retriever = LarderRetriever("http://larder", transport=httpx.MockTransport(refuse))
    assert asyncio.run(retriever.health_check()) is False
    ingestor = LarderIngestor("http://larder", transport=httpx.MockTransport(refuse))
    assert ingestor.health_check() is False
    with pytest.raises(Unavailable, match="could not be reached"):
        ingestor.list_collections()


def test_the_active_ingestor_is_the_one_that_was_set() -> None:
    ingestor = LarderIngestor("http://larder")
    set_active_ingestor(ingestor)
    assert get_active_ingestor() is ingestor
    set_active_ingestor(None)
    assert get_active_ingestor() is None


def test_a_question_may_leave_out_flagged_chunks_and_unwanted_tags() -> None:
    asked: list[dict[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return httpx.Response(200, json={"documents": []})

    retriever = LarderRetriever("http://larder", transport=httpx.MockTransport(answer))
    filters = {"exclude_flags": True, "exclude_tags": ["draft"]}
    assert asyncio.run(retriever.retrieve("who?", "handbook", filters=filters)).success
    assert (asked[0]["exclude_flags"], asked[0]["exclude_tags"]) == (True, ["draft"])


def document(**metadata: object) -> KnowledgeDocument:
    return KnowledgeDocument(id="d/0", content="text", score=0.5, source="handbook", tags=["hr"], metadata=metadata)


@pytest.mark.parametrize(
    ("metadata", "name", "page", "citation"),
    [
        ({"file_name": "r.pdf", "page": 15, "citation": "r.pdf, p.15"}, "r.pdf", 15, "r.pdf, p.15"),
        ({"file_name": "r.pdf", "page": 3}, "r.pdf", 3, "r.pdf, p.3"),
        ({"title": "Travel", "page": 0}, "Travel", None, "Travel"),
        ({"page": "two"}, "d/0", None, "d/0"),
    ],
)
def test_a_hit_becomes_a_chunk_with_a_citation(
    metadata: dict[str, object], name: str, page: int | None, citation: str
) -> None:
    chunk = to_chunk(document(**metadata))
    assert (chunk.file_name, chunk.page_number, chunk.display_citation) == (name, page, citation)
    assert (chunk.chunk_id, chunk.score, chunk.content_type) == ("d/0", 0.5, "text")
    assert chunk.metadata["tags"] == ["hr"]


def test_a_table_is_told_as_one() -> None:
    assert to_chunk(document(form="table")).content_type == "table"


@pytest.fixture
def collection() -> Iterator[str]:
    yield "summaries"
    unregister_summary("summaries")


def test_summaries_are_kept_by_collection_and_name(collection: str) -> None:
    register_summary(collection, "b.txt", "About b.")
    register_summary(collection, "a.txt", "About a.")
    assert [each.file_name for each in get_available_documents(collection)] == ["a.txt", "b.txt"]
    unregister_summary(collection, "a.txt")
    unregister_summary(collection, "never-there.txt")
    assert [(each.file_name, each.summary) for each in get_available_documents(collection)] == [("b.txt", "About b.")]
    assert get_available_documents("another") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# Dogs\nDogs may come. And cats.", "Dogs may come."),
        ("One\x00 line\u202e only", "One line only"),
        ("", "A file named a.txt."),
        ("word " * 100, "word " * 38 + "word…"),
    ],
)
def test_without_a_model_a_summary_is_the_texts_own_first_sentence(text: str, sentence: str) -> None:
    assert summarize(text, file_name="a.txt") == sentence
    assert summarize(text, file_name="a.txt") == sentence


def test_a_chat_model_says_one_sentence_and_may_fail() -> None:
    asked: list[str] = []

    def chat(prompt: str) -> str:
        asked.append(prompt)
        return "It is about dogs. I hope this helps!"

    def broken(prompt: str) -> str:
        raise TimeoutError

    assert summarize("Dogs may come.", file_name="a.txt", chat=chat) == "It is about dogs."
    assert "a.txt" in asked[0]
    assert "Dogs may come." in asked[0]
    assert summarize("Dogs may come.", file_name="a.txt", chat=broken) == "Dogs may come."


def test_a_chunk_has_the_fields_of_the_contract_and_holds_to_its_bounds() -> None:
    told = to_chunk(document(page=1, file_name="r.pdf")).model_dump(mode="json")
    assert set(told) == {
        "chunk_id",
        "content",
        "score",
        "file_name",
        "page_number",
        "display_citation",
        "content_type",
        "content_subtype",
        "structured_data",
        "image_storage_uri",
        "image_url",
        "metadata",
    }
    assert [told[name] for name in ("content_subtype", "structured_data", "image_storage_uri", "image_url")] == [
        None
    ] * 4
    for wrong in ({"content": None}, {"score": 1.1}, {"score": -0.1}, {"page_number": 0}, {"content_type": "video"}):
        with pytest.raises(ValidationError):
            Chunk.model_validate(told | wrong)
    for kind in ("text", "table", "chart", "image"):
        assert Chunk.model_validate(told | {"content_type": kind}).content_type == kind


def test_a_result_has_the_fields_of_the_contract() -> None:
    result = RetrievalResult(query="who?", backend="larder").model_dump()
    assert result == {
        "chunks": [],
        "total_tokens": 0,
        "query": "who?",
        "backend": "larder",
        "success": True,
        "error_message": None,
    }
