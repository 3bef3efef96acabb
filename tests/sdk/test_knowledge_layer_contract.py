"""The published contract to the letter: how backends are made, what a hit becomes, what a backend need not write."""

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
from larder_sdk import knowledge_layer
from larder_sdk.knowledge_layer import (
    BaseIngestor,
    BaseRetriever,
    Chunk,
    CollectionInfo,
    FileInfo,
    FileProgress,
    IngestionJobStatus,
    LarderIngestor,
    LarderRetriever,
    RetrievalResult,
    TTLCleanupMixin,
    get_ingestor,
    get_retriever,
    register_retriever,
)

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
CONFIG = {"endpoint": "http://larder", "api_key": "k", "timeout": 3}


class Kept(BaseIngestor):
    """Writes only what it must, and keeps nothing of files."""

    backend_name = "kept"

    def __init__(self, *collections: CollectionInfo) -> None:
        super().__init__({"kept": True})
        self.collections = {each.name: each for each in collections}
        self.files = {"1": "a.txt", "2": "b.txt"}
        self.configs: list[Mapping[str, Any] | None] = []

    def create_collection(
        self, name: str, description: str | None = None, metadata: Mapping[str, Any] | None = None
    ) -> CollectionInfo:
        return self.collections.setdefault(name, CollectionInfo(name=name, backend="kept"))

    def list_collections(self) -> list[CollectionInfo]:
        return list(self.collections.values())

    def get_collection(self, name: str) -> CollectionInfo | None:
        return self.collections.get(name)

    def delete_collection(self, name: str) -> bool:
        return self.collections.pop(name, None) is not None

    def submit_job(self, file_paths: Any, collection_name: str, config: Mapping[str, Any] | None = None) -> str:
        self.configs.append(config)
        return "7"

    def get_job_status(self, job_id: str) -> IngestionJobStatus:
        files = [FileProgress(file_id="3", file_name="c.txt")] if self.configs[-1] != {"empty": True} else []
        told = {"job_id": job_id, "submitted_at": NOW, "collection_name": "x", "backend": "kept"}
        return IngestionJobStatus.model_validate(told | {"file_details": files})

    def list_files(self, collection_name: str) -> list[FileInfo]:
        return [FileInfo(file_id=key, file_name=name, collection_name="x") for key, name in self.files.items()]

    def delete_file(self, file_id: str, collection_name: str) -> bool:
        if file_id == "locked":
            raise OSError("the disk is read-only")
        return self.files.pop(file_id, None) is not None


def test_a_config_is_all_that_a_backend_needs() -> None:
    retriever, ingestor = get_retriever("larder", CONFIG), get_ingestor("larder", CONFIG)
    assert isinstance(retriever, LarderRetriever)
    assert isinstance(ingestor, LarderIngestor)
    assert (retriever.config, ingestor.config) == (CONFIG, CONFIG)
    assert (retriever.backend_name, ingestor.backend_name) == ("larder", "larder")
    assert LarderRetriever(config={}).config == LarderIngestor(config={}).config == LarderRetriever().config == {}


def test_a_config_says_where_and_with_which_key_and_arguments_go_first() -> None:
    asked: list[tuple[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((str(request.url), request.headers.get("Authorization", "")))
        return httpx.Response(200, json=[])

    transport = httpx.MockTransport(answer)
    LarderIngestor(CONFIG, transport=transport).list_collections()
    LarderIngestor({"url": "http://two"}, "other", transport=transport).list_collections()
    LarderIngestor(CONFIG, url="http://three", transport=transport).list_collections()
    LarderIngestor(transport=transport).list_collections()
    LarderIngestor("http://five", transport=transport).list_collections()
    assert [(url.removesuffix("/v1/collections"), key) for url, key in asked] == [
        ("http://larder", "Bearer k"),
        ("http://two", "Bearer other"),
        ("http://three", "Bearer k"),
        ("http://127.0.0.1:8000", ""),
        ("http://five", ""),
    ]


def test_a_published_adapter_is_made_with_its_config() -> None:
    @register_retriever("published")
    class Published(BaseRetriever):
        backend_name = "published"

        async def retrieve(self, query: str, collection_name: str, top_k: int = 10, filters: Any = None) -> Any:
            return RetrievalResult(query=query, backend=self.backend_name, chunks=[self.normalize({"id": 1}, 0)])

    made = get_retriever("published", {"endpoint": "x"})
    assert made.config == {"endpoint": "x"}
    assert asyncio.run(made.retrieve("?", "x")).chunks[0].chunk_id == "1"
    assert asyncio.run(made.health_check()) is True


@pytest.mark.parametrize("module", ["base", "factory", "schema"])
def test_the_contract_stands_where_published_adapters_import_it(module: str) -> None:
    """Importing the module of a backend is what registers it, so the package's own comes along."""
    found = import_module(f"larder_sdk.knowledge_layer.{module}")
    assert {name: getattr(knowledge_layer, name) for name in found.__all__} == {
        name: getattr(found, name) for name in found.__all__
    }


def test_a_backend_that_can_do_nothing_says_so() -> None:
    found = asyncio.run(BaseRetriever({}).retrieve("?", "x"))
    assert found.error_message == "unnamed cannot be asked: it has neither find_chunks nor retrieve."


@pytest.mark.parametrize(
    ("score", "shown"),
    [
        (0.9, 0.9),
        (1, 1.0),
        (1.0000000000000002, 1.0),
        (1.5, 0.015),
        (87, 0.87),
        (250, 1.0),
        (-0.2, 0.0),
        ("0.5", 0.5),
        (None, 0.0),
        ("much", 0.0),
        (float("nan"), 0.0),
        (float("inf"), 1.0),
        (10**400, 0.0),
        ([], 0.0),
    ],
)
def test_a_score_is_brought_between_0_and_1(score: Any, shown: float) -> None:
    chunk = LarderRetriever(config={}).normalize({"id": "1", "text": "Hello", "score": score})
    assert chunk.score == pytest.approx(shown)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ({}, ("chunk_0", "", "unknown", None, "unknown", "text")),
        ({"id": 7, "text": None, "metadata": None}, ("7", "", "7", None, "7", "text")),
        (
            {"id": "1", "text": "Hello", "score": 0.9, "metadata": {"file_name": "a.pdf", "page_number": 15}},
            ("1", "Hello", "a.pdf", 15, "a.pdf, p.15", "text"),
        ),
        (
            {"chunk_id": "1", "content": "x", "file_name": "b.csv", "metadata": {"type": "Table", "page": 0}},
            ("1", "x", "b.csv", None, "b.csv", "table"),
        ),
        ({"metadata": {"file_name": " ", "source": "s.md"}}, ("chunk_0", "", "s.md", None, "s.md", "text")),
        ({"metadata": {"title": "T", "page": True, "type": 7}}, ("chunk_0", "", "T", None, "T", "text")),
        (
            {"metadata": {"file_name": "i.png", "type": "image"}, "image_url": "https://x/i.png"},
            ("chunk_0", "", "i.png", None, "i.png", "image"),
        ),
        ({"metadata": {"file_name": "c", "type": "plot", "page": 2}}, ("chunk_0", "", "c", 2, "c, p.2", "chart")),
    ],
)
def test_any_hit_becomes_a_chunk(raw: dict[str, Any], told: tuple[Any, ...]) -> None:
    chunk = LarderRetriever(config={}).normalize(raw)
    shown = (chunk.chunk_id, chunk.content, chunk.file_name, chunk.page_number, chunk.display_citation)
    assert (*shown, chunk.content_type) == told
    assert chunk.image_url == raw.get("image_url")
    assert BaseRetriever({}).normalize(raw, 3).chunk_id == told[0].replace("chunk_0", "chunk_3")
    assert BaseRetriever({}).normalize(chunk) is chunk


def played(*, collection: int, sources: list[str]) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"documents": []})
        if request.url.path.endswith("/sources"):
            return httpx.Response(200, json={"sources": [{"source": name} for name in sources]})
        return httpx.Response(collection, json={"code": "not_found", "detail": "Collection 'x' not found"})

    return httpx.MockTransport(answer)


@pytest.mark.parametrize(
    ("collection", "sources", "success"), [(404, [], False), (404, ["x"], True), (200, [], True), (403, [], True)]
)
def test_nothing_is_found_where_a_collection_is_missing_and_that_is_said(
    collection: int, sources: list[str], success: bool
) -> None:
    retriever = LarderRetriever(CONFIG, transport=played(collection=collection, sources=sources))
    found = asyncio.run(retriever.retrieve("?", "x"))
    assert (found.success, found.chunks) == (success, [])
    assert found.error_message == (None if success else "Collection 'x' not found")


def test_a_collection_that_is_not_there_has_no_files() -> None:
    ingestor = LarderIngestor(CONFIG, transport=played(collection=404, sources=[]))
    assert ingestor.list_files("x") == []
    assert ingestor.get_file_status("a.txt", "x") is None
    assert ingestor.delete_file("a.txt", "x") is False


def taking(asked: list[str], status: int = 202) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.read().decode())
        return httpx.Response(status, json={"job_id": "7", "detail": "no"})

    return httpx.MockTransport(answer)


def test_temporary_files_bear_their_own_names_and_go_once_they_are_handed_over(tmp_path: Path) -> None:
    asked: list[str] = []
    ingestor = LarderIngestor(CONFIG, transport=taking(asked))
    paths = [tmp_path / f"tmp{n}" for n in range(4)]
    for path in paths:
        path.write_text("text")
    config = {"original_filenames": ["report.md", " ", None], "cleanup_files": True}
    assert ingestor.submit_job(paths, "x", config) == "7"
    assert [f'filename="{name}"' in asked[0] for name in ("report.md", "tmp0", "tmp1", "tmp2", "tmp3")] == [
        True,
        False,
        True,
        True,
        True,
    ]
    assert "text/markdown" in asked[0]
    assert not any(path.exists() for path in paths)


def test_files_stay_without_the_wish_and_where_they_were_not_taken(tmp_path: Path) -> None:
    (path := tmp_path / "a.txt").write_text("text")
    LarderIngestor(CONFIG, transport=taking([])).submit_job([path], "x", {"original_filenames": "a.txt"})
    with pytest.raises(Exception, match="no"):
        LarderIngestor(CONFIG, transport=taking([], 413)).submit_job([path], "x", {"cleanup_files": True})
    assert path.exists()


def test_a_file_that_cannot_be_deleted_does_not_undo_its_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError("not yours")

    (path := tmp_path / "a.txt").write_text("text")
    monkeypatch.setattr(Path, "unlink", refuse)
    with caplog.at_level(logging.WARNING):
        assert LarderIngestor(CONFIG, transport=taking([])).submit_job([path], "x", {"cleanup_files": True}) == "7"
    assert "not yours" in caplog.text


def test_one_file_is_handed_over_with_its_metadata() -> None:
    ingestor = Kept()
    told = ingestor.upload_file("/tmp/c.txt", "x", {"cleanup_files": True})
    assert ingestor.configs == [{"cleanup_files": True}]
    assert (told.file_id, told.file_name, told.metadata) == ("3", "c.txt", {"job_id": "7"})
    failed = ingestor.upload_file("/tmp/c.txt", "x", {"empty": True})
    assert (failed.status, failed.error_message) == ("failed", "The job holds no file.")


def test_files_are_deleted_one_by_one_where_a_backend_knows_no_better() -> None:
    told = Kept().delete_files(["1", "9", "locked"], "x")
    assert (told.message, told.successful, told.total_deleted) == ("Deleted 1 of 3 files", ["1"], 1)
    assert (told["total_deleted"], told.get("successful"), told.get("none", 7)) == (1, ["1"], 7)
    told["message"] = "Another"
    assert told.message == "Another"
    with pytest.raises(KeyError):
        told["none"]
    assert told["failed"][0]["file_id"] == "9"
    assert [(each.file_id, each.error) for each in told.failed] == [
        ("9", "Not found or already deleted"),
        ("locked", "the disk is read-only"),
    ]


def test_what_a_backend_need_not_write_has_its_default() -> None:
    ingestor = Kept()
    assert ingestor.config == {"kept": True}
    assert asyncio.run(ingestor.health_check()) is True
    assert ingestor.generate_summary("text", "a.txt") is None
    for call in (lambda: ingestor.select_sources(["x"]), ingestor.get_selected_sources):
        with pytest.raises(NotImplementedError, match="kept does not select sources"):
            call()
    found = ingestor.get_file_status("b.txt", "x")
    assert found
    assert found.file_id == "2"


def test_a_summary_is_written_by_wish_only() -> None:
    assert LarderIngestor(CONFIG).generate_summary("Dogs may come. And cats.", "a.txt") is None
    told = LarderIngestor(CONFIG | {"generate_summary": True}).generate_summary("Dogs may come. And cats.", "a.txt")
    assert told == "Dogs may come."


class Cleaned(TTLCleanupMixin, Kept):
    """Deletes what nobody changed for a while."""


def aged(name: str, hours: float | None) -> CollectionInfo:
    changed = None if hours is None else NOW - timedelta(hours=hours)
    return CollectionInfo(name=name, backend="kept", updated_at=changed)


def test_collections_that_nobody_changed_for_long_are_deleted() -> None:
    naive = aged("naive", 30).model_copy(update={"updated_at": (NOW - timedelta(hours=30)).replace(tzinfo=None)})
    ingestor = Cleaned(aged("old", 25), aged("new", 23), aged("timeless", None), naive)
    assert ingestor.delete_stale_collections(ttl_hours=24, now=NOW) == ["old", "naive"]
    assert set(ingestor.collections) == {"new", "timeless"}


def test_a_thread_deletes_stale_collections_until_it_is_stopped() -> None:
    ingestor = Cleaned(aged("old", 24 * 365 * 100))
    ingestor._start_ttl_cleanup_task(24, 0.01)
    ingestor.start_ttl_cleanup(24, 0.01)
    ends_at = datetime.now(UTC) + timedelta(seconds=10)
    while ingestor.collections and datetime.now(UTC) < ends_at:
        pass
    ingestor.stop_ttl_cleanup()
    ingestor.stop_ttl_cleanup()
    assert ingestor.collections == {}


def test_a_chunk_can_be_sent_as_it_is_told() -> None:
    raw = {"id": "1", "text": "Hello", "metadata": {"file_name": "a.pdf"}}
    chunk = LarderRetriever(config={}).normalize(raw)
    assert Chunk.model_validate(json.loads(chunk.model_dump_json())) == chunk
