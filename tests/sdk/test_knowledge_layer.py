"""The contract of the knowledge layer, without a server: registry, summaries, and a retriever that never raises."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from larder_sdk import KnowledgeDocument
from larder_sdk.errors import Unavailable, Unexpected
from larder_sdk.knowledge_layer import (
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
from larder_sdk.knowledge_layer.backend import to_chunk


def refuse(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens", request=request)


def test_a_backend_is_found_by_its_name_and_an_unknown_one_is_named() -> None:
    assert isinstance(get_retriever("larder", url="http://larder"), LarderRetriever)
    assert isinstance(get_ingestor(url="http://larder"), LarderIngestor)
    with pytest.raises(LookupError, match="no retriever 'none'; registered are: larder"):
        get_retriever("none")


def test_the_last_backend_of_a_name_counts() -> None:
    for number in (1, 2):
        register_retriever("twice")(lambda number=number: Careless(number))
    found = get_retriever("twice")
    assert isinstance(found, Careless)
    assert found.found == (2,)


def test_a_backend_that_raises_answers_with_a_sentence() -> None:
    @register_retriever("broken")
    class Broken(BaseRetriever):
        backend_name = "broken"

        async def find_chunks(self, *args: object, **named: object) -> list[Chunk]:
            raise RuntimeError("no  disk\nleft " + "x" * 1_000)

        async def health_check(self) -> bool:
            return False

    found = asyncio.run(get_retriever("broken").retrieve("who?", "handbook"))
    assert (found.success, found.chunks) == (False, [])
    assert found.error_message == f"no disk left {'x' * 487}"
    assert (found.query, found.backend, found.total_tokens) == ("who?", "broken", 0)


def test_a_server_that_is_away_is_told_in_a_sentence() -> None:
    retriever = LarderRetriever("http://larder", transport=httpx.MockTransport(refuse))
    assert asyncio.run(retriever.health_check()) is False
    ingestor = LarderIngestor("http://larder", transport=httpx.MockTransport(refuse))
    assert asyncio.run(ingestor.health_check()) is False
    assert ingestor.is_healthy() is False
    with pytest.raises(Unavailable) as caught:
        ingestor.list_collections()
    assert str(caught.value) == "Larder could not be reached: GET /v1/collections (nobody listens)"


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b'{"a": 1}', b"[1]", b"null"])
def test_what_is_no_larder_is_neither_healthy_nor_believed(body: bytes, tmp_path: Path) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body))
    retriever = LarderRetriever("http://larder", transport=transport)
    ingestor = LarderIngestor("http://larder", transport=transport)
    assert asyncio.run(retriever.health_check()) is False
    assert asyncio.run(ingestor.health_check()) is False
    assert ingestor.is_healthy() is False
    assert not asyncio.run(retriever.retrieve("who?", "handbook")).success
    (path := tmp_path / "a.txt").write_text("text")
    calls: list[Callable[[], object]] = [
        ingestor.list_collections,
        lambda: ingestor.get_collection("handbook"),
        lambda: ingestor.create_collection("handbook"),
        lambda: ingestor.submit_job([path], "handbook"),
        lambda: ingestor.get_job_status("7"),
        lambda: ingestor.list_files("handbook"),
    ]
    for call in calls:
        with pytest.raises(Unexpected, match="not answered as Larder does; is its address right"):
            call()


@pytest.mark.parametrize("url", ["", "larder:8000", "http://larder:port"])
def test_an_address_that_is_none_is_told_and_is_not_healthy(url: str) -> None:
    retriever = LarderRetriever(url)
    found = asyncio.run(retriever.retrieve("who?", "handbook"))
    assert (found.success, found.chunks) == (False, [])
    assert found.error_message
    assert asyncio.run(retriever.health_check()) is False


def test_a_key_is_sent_without_the_blanks_of_its_file_and_is_never_told() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["Authorization"])
        return httpx.Response(200, json={"documents": []} if request.method == "POST" else [])

    transport = httpx.MockTransport(answer)
    assert asyncio.run(LarderRetriever("http://larder", "s3cret\n", transport=transport).retrieve("?", "x")).success
    LarderIngestor("http://larder", " s3cret\n", transport=transport).list_collections()
    assert asked == ["Bearer s3cret"] * 3
    for key in ("s3crét", "s3cret\r\nX-Admin: 1"):
        found = asyncio.run(LarderRetriever("http://larder", key, transport=transport).retrieve("?", "x"))
        assert found.error_message == "The access key holds characters that no header can carry; copy it anew."
        with pytest.raises(ValueError, match="no header can carry"):
            LarderIngestor("http://larder", key)


class Careless(BaseRetriever):
    """Without a name, and with whatever it is given for an answer."""

    def __init__(self, *found: object) -> None:
        self.found = found

    async def find_chunks(self, *args: object, **named: object) -> list[Chunk]:
        return [Chunk.model_validate(each) for each in self.found]

    async def health_check(self) -> bool:
        return True


def test_a_careless_backend_and_a_careless_question_are_answered_too() -> None:
    whole = {"chunk_id": "1", "content": "nine char", "file_name": "a", "display_citation": "a"}
    found = asyncio.run(Careless(whole).retrieve(None, "handbook"))  # type: ignore[arg-type]
    assert (found.success, found.total_tokens, found.backend, found.query) == (True, 3, "unnamed", "None")
    found = asyncio.run(Careless(whole | {"content": None}).retrieve("who?", "handbook"))
    told = "The backend's answer does not fit Chunk.content: Input should be a valid string."
    assert (found.success, found.error_message) == (False, told)


def test_the_active_ingestor_is_the_one_that_was_set() -> None:
    ingestor = LarderIngestor("http://larder")
    set_active_ingestor(ingestor)
    assert get_active_ingestor() is ingestor
    set_active_ingestor(None)
    assert get_active_ingestor() is None


def test_a_question_may_leave_out_flagged_chunks_and_unwanted_tags() -> None:
    asked: list[dict[str, object]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            asked.append(json.loads(request.content))
        return httpx.Response(200, json={"documents": []})

    retriever = LarderRetriever("http://larder", transport=httpx.MockTransport(answer))
    filters = {"exclude_flags": True, "exclude_tags": ["draft"]}
    assert asyncio.run(retriever.retrieve("who?", "handbook", filters=filters)).success
    assert (asked[0]["exclude_flags"], asked[0]["exclude_tags"]) == (True, ["draft"])
    assert (asked[0]["text"], asked[0]["source"], asked[0]["top_k"]) == ("who?", "handbook", 10)
    refused = asyncio.run(retriever.retrieve("who?", "handbook", filters={"colour": "red"}))
    assert (refused.success, len(asked)) == (False, 1)
    assert str(refused.error_message).startswith("The filter 'colour' is not known; there are: exclude_flags, ")


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
    assert chunk.metadata == metadata | {"source": "handbook", "tags": ["hr"]}
    assert to_chunk(document(**metadata).model_copy(update={"score": None})).score == 0.0


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


def test_an_ingestor_sends_what_the_interface_takes(tmp_path: Path) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.method == "POST":
            return httpx.Response(202, json={"job_id": "7", "file_ids": [], "message": ""})
        return httpx.Response(404, json={"code": "not_found", "detail": "Collection not found"})

    ingestor = LarderIngestor("http://larder/", "key", transport=httpx.MockTransport(answer))
    (path := tmp_path / "a.txt").write_text("text")
    assert ingestor.submit_job([path], "R & D?", {"tags": ["hr", "it"]}) == "7"
    assert ingestor.get_collection("R & D?") is None
    assert ingestor.delete_collection("R & D?") is False
    place = "/v1/collections/R%20%26%20D%3F"
    told = [(request.method, request.url.raw_path.decode()) for request in asked]
    assert told == [("POST", f"{place}/documents"), ("GET", place), ("DELETE", place)]
    form = asked[0].content.decode()
    assert form.count('name="files"; filename="a.txt"') == 1
    assert form.count('name="tags"') == 2
