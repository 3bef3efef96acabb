"""Lists of documents, their states, chunks, words, and the passages that answer a question."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ingestion.models import File, FileState
from knowledge.embedding.vector_space import Space
from memory.documents.listing import WORDS, count_statuses, documents_of
from memory.models import Context, ContextFile
from tests.embedding import HashingEmbedder
from tests.memory.conftest import MemoryApi, Speak
from tests.memory.documents.conftest import part, text_file, upload

pytestmark = pytest.mark.django_db
Process = Callable[[], None]


@pytest.fixture
def three(space: Space, memory: MemoryApi, process_all: Process) -> list[str]:
    """Ids of two that are ready and one that is queued, oldest first."""
    texts = ["Walruses swim in the north.", "# Giraffes\n\nGiraffes eat leaves. Walruses do not."]
    ids = [
        upload(memory, text_file(text, name)).json()["id"] for text, name in zip(texts, ["w.txt", "g.md"], strict=True)
    ]
    process_all()
    return [*ids, upload(memory, text_file("waits", "q.txt")).json()["id"]]


def ids(answer: Any) -> list[str]:
    return [document["id"] for document in answer.json()["documents"]]


def test_newest_first_and_pages_from_zero(memory: MemoryApi, three: list[str]) -> None:
    assert ids(memory("get", "documents")) == three[::-1]
    page = memory("get", "documents?page=1&page_size=2").json()
    assert [page["documents"][0]["id"], page["page"], page["pageSize"], page["page_size"], page["total"]] == [
        three[0],
        1,
        2,
        2,
        3,
    ]
    assert ids(memory("get", "knowledge?page=9")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=ready", [1, 0]),
        ("status=READY", [1, 0]),
        ("status=Ready,queued", [2, 1, 0]),
        ("status= queued , failed", [2]),
        ("status=done", []),
        ("status=nonsense", []),
        ("status=%00", []),
        ("status=", [2, 1, 0]),
        ("mime_type=text/markdown", [1]),
        ("mimeType=text/markdown&status=ready", [1]),
        ("mime_type=%00", []),
        ("scope=org/none", [2, 1, 0]),
    ],
)
def test_a_list_is_narrowed(memory: MemoryApi, three: list[str], query: str, found: list[int]) -> None:
    """A place sees what lies above it, so that all of the root is seen from everywhere."""
    assert ids(memory("get", f"documents?{query}")) == [three[n] for n in found]


def test_a_list_of_a_scope_has_what_is_seen_there(space: Space, memory: MemoryApi) -> None:
    scope = part("scope", b'{"org": "acme"}')
    acme = upload(memory, text_file("one"), scope).json()["id"]
    upload(memory, text_file("two"), part("scope", b"org/beta"))
    assert ids(memory("get", "documents?scope=org/acme")) == [acme]
    assert ids(memory("get", "documents?scope[org]=acme")) == [acme]
    assert ids(memory("get", "documents?lens=org/acme/*")) == [acme]


def test_pages_are_kept_within_bounds(memory: MemoryApi, three: list[str]) -> None:
    assert memory("get", "documents?page_size=9999").json()["pageSize"] == 500
    assert memory("get", "documents?page=-1&page_size=0").json()["pageSize"] == 1
    assert memory("get", "documents?page=99999999999999999999").status_code == 200
    assert memory("get", "documents?page=x").status_code == 400


@pytest.mark.parametrize(("state", "word"), list(WORDS.items()))
def test_states_are_told_in_published_words(
    memory: MemoryApi, three: list[str], context: Context, state: str, word: str
) -> None:
    File.objects.update(state=state)
    assert {each["status"] for each in memory("get", "documents").json()["documents"]} == {word}
    assert len(ids(memory("get", f"documents?status={word.upper()}"))) == 3
    assert count_statuses(documents_of(context), reads_nodes=False)[word] == 3


def test_what_a_model_has_not_read_yet_is_not_ready(memory: MemoryApi, three: list[str], settings: Any) -> None:
    settings.MEMORY_MODEL_URL, settings.MEMORY_FAST_MODEL = "http://127.0.0.1:9", "small"
    assert ids(memory("get", "documents?status=extracting_nodes")) == [three[1], three[0]]
    assert memory("get", f"documents/{three[0]}").json()["status"] == "extracting_nodes"
    read = ContextFile.objects.select_related("file").get(pk=UUID(three[0].removeprefix("document:")))
    read.nodes_hash = read.file.indexed_hash
    read.save()
    assert ids(memory("get", "documents?status=ready")) == [three[0]]
    assert ids(memory("get", "documents?status=extracting_nodes")) == [three[1]]


def test_a_file_that_waits_for_its_next_attempt_has_a_temporary_error(memory: MemoryApi, three: list[str]) -> None:
    File.objects.filter(pk=three[2].removeprefix("document:")).update(error="The embedder is away.")
    shown = memory("get", f"documents/{three[2]}").json()
    assert (shown["status"], shown["errorKind"]) == ("queued", "temporary")
    File.objects.update(state=FileState.FAILED, temporary=True)
    assert memory("get", f"documents/{three[2]}").json()["errorKind"] == "temporary"


def test_a_list_asks_little_and_no_more_for_more(memory: MemoryApi, three: list[str]) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            memory("get", "documents")
        assert not any('"text"' in each["sql"] for each in asked)
        return len(asked)

    before = count()
    for number in range(10):
        upload(memory, text_file(f"more {number}"))
    assert count() == before


@pytest.mark.parametrize("unknown", ["document:0", "document:" + "0" * 32, "x", "%00", "document:%2F"])
def test_an_unknown_document_is_404(memory: MemoryApi, three: list[str], unknown: str) -> None:
    assert memory("get", f"documents/{unknown}").status_code == 404


def test_chunks_stand_where_they_say(memory: MemoryApi, three: list[str]) -> None:
    found = memory("get", f"documents/{three[1]}/chunks").json()
    assert (found["total"], found["page"], found["pageSize"]) == (1, 0, 100)
    [chunk] = found["chunks"]
    text = File.objects.get(pk=three[1].removeprefix("document:")).text
    assert chunk["text"] == text[chunk["charStart"] : chunk["charEnd"]]
    assert (chunk["document"], chunk["position"], chunk["section"]) == (three[1], 0, "Giraffes")
    assert "/" not in chunk["id"]
    assert memory("get", f"documents/{three[1]}/chunks?page=1").json()["chunks"] == []


@pytest.mark.parametrize("mode", ["vector", "bm25", "hybrid", "hybrid_graph", "HYBRID", None])
def test_every_mode_finds_the_passage(memory: MemoryApi, three: list[str], mode: str | None) -> None:
    asked = {"query": "what do giraffes eat", "k": 1, "expandGraph": True, "somethingNew": 1} | (
        {"mode": mode} if mode else {}
    )
    answer = memory("post", "documents/query", asked).json()
    assert isinstance(answer["queryMs"], int)
    [hit] = answer["results"]
    assert 0 < hit["score"] <= 1
    assert hit["document"]["id"] == hit["chunk"]["document"] == three[1]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"query": " "},
        {"query": "x", "k": 51},
        {"query": "x", "k": 0},
        {"query": "x", "mode": "nonsense"},
        {"query": "x", "threshold": 2},
        {"query": "x", "filter": 3},
        {"query": "x\0"},
    ],
)
def test_a_question_that_makes_no_sense_is_400(memory: MemoryApi, three: list[str], asked: Any) -> None:
    assert memory("post", "documents/query", asked).status_code == 400


def test_a_question_is_narrowed_to_documents_and_types(memory: MemoryApi, three: list[str]) -> None:
    def found(**narrowed: Any) -> set[str]:
        asked = {"query": "walruses", "mode": "bm25", "filter": narrowed}
        return {hit["document"]["id"] for hit in memory("post", "documents/query", asked).json()["results"]}

    assert found() == {three[0], three[1]}
    assert found(documentIds=[three[0]]) == {three[0]}
    assert found(document_ids=[three[0], three[1]]) == {three[0], three[1]}
    assert found(documentIds=["document:x"]) == set()
    assert found(mimeType="text/markdown") == {three[1]}
    assert found(documentIds=[three[0]], mimeType="text/markdown") == set()


def test_while_no_embedder_answers_words_do(memory: MemoryApi, three: list[str], embedder: HashingEmbedder) -> None:
    embedder.available = False
    asked = {"query": "giraffes somewhere else"}
    assert memory("post", "documents/query", asked).json()["results"]
    assert memory("post", "documents/query", asked | {"mode": "vector"}).status_code == 503


def test_keywords_are_stems_with_counts(memory: MemoryApi, three: list[str]) -> None:
    found = memory("get", "documents/keywords?pageSize=2").json()
    assert found["keywords"][0] | {"id": ""} == {"id": "", "normalised": "walrus", "text": "walrus", "documentCount": 2}
    assert (found["page"], found["pageSize"], len(found["keywords"])) == (0, 2, 2)
    assert found["total"] > 2
    assert memory("get", "documents/keywords?minDocumentCount=2").json()["total"] == 1
    beginning = memory("get", "documents/keywords?q=gir&sort=alphabetical").json()["keywords"]
    assert [each["normalised"] for each in beginning] == ["giraff"]


def test_a_keyword_names_its_documents(memory: MemoryApi, three: list[str]) -> None:
    found = memory("get", "documents/keywords/Walruses").json()
    assert (found["normalised"], found["documentCount"]) == ("walrus", 2)
    assert {each["id"] for each in found["documents"]} == {three[0], three[1]}
    assert memory("get", "documents/keywords/unheard").status_code == 404


def test_keywords_are_searched_by_their_beginnings(memory: MemoryApi, three: list[str]) -> None:
    found = memory("post", "documents/keywords/search", {"query": "giraffes wal", "k": 2}).json()["results"]
    assert [(each["normalised"], each["score"]) for each in found] == [("giraff", 1.0), ("walrus", 0.5)]
    narrowed = {"query": "giraffes wal", "threshold": 0.6}
    assert len(memory("post", "documents/keywords/search", narrowed).json()["results"]) == 1


def test_a_document_tells_how_many_keywords_it_has(memory: MemoryApi, three: list[str]) -> None:
    keywords = memory("get", f"documents/{three[1]}/keywords").json()["keywords"]
    assert memory("get", f"documents/{three[1]}").json()["keywordCount"] == len(keywords)


def test_a_documents_keywords_are_scored(memory: MemoryApi, three: list[str]) -> None:
    found = memory("get", f"documents/{three[1]}/keywords").json()["keywords"]
    assert (found[0]["normalised"], found[0]["score"]) == ("giraff", 1.0)
    assert found[-1]["score"] < 1


def test_keywords_of_a_scope_are_not_told_elsewhere(
    space: Space, agent: Speak, memory: MemoryApi, process_all: Process
) -> None:
    upload(memory, text_file("secretword"), part("scope", b"org/acme"))
    process_all()
    other = agent({"memory:read": ["org/beta"]})
    assert memory("get", "documents/keywords").json()["total"] == 1
    assert other("get", "documents/keywords").json()["total"] == 0
    assert other("get", "documents/keywords/secretword").status_code == 404
    assert other("post", "documents/keywords/search", {"query": "secretword"}).json()["results"] == []


def test_links_are_none(memory: MemoryApi) -> None:
    assert memory("post", "documents/recompute-links").json() == {"linksEmitted": 0}
