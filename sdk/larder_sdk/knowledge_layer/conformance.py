"""What any backend has to pass. Its author subclasses `Conformance` in a test module and lets pytest collect it:

    class TestMyBackend(Conformance):
        def make_ingestor(self): return MyIngestor()
        def make_retriever(self): return MyRetriever()

Each test makes a collection of its own and deletes it. Plain functions over `tmp_path`; pytest itself is not imported.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from larder_sdk.errors import LarderError
from larder_sdk.knowledge_layer.contract import BaseIngestor, BaseRetriever
from larder_sdk.knowledge_layer.shapes import IngestionJobStatus, JobState, RetrievalResult

TRAINS = "Trains are booked by the travel desk, second class, two weeks ahead."
DOGS = "Dogs may come to the office on Fridays when they are calm."

E = TypeVar("E", bound=Exception)


class Conformance:
    """`wait_s`: how long a small file may take until it is found."""

    wait_s = 60.0
    pause_s = 0.2

    def make_ingestor(self) -> BaseIngestor:
        raise NotImplementedError

    def make_retriever(self) -> BaseRetriever:
        raise NotImplementedError

    # --- collections

    def test_a_collection_is_made_listed_and_deleted(self) -> None:
        ingestor, name = self.make_ingestor(), fresh_name()
        made = ingestor.create_collection(name, "Of a test", {"kept": True})
        assert (made.name, made.description, made.file_count, made.chunk_count) == (name, "Of a test", 0, 0)
        assert made.metadata == {"kept": True}
        assert made.backend == ingestor.backend_name
        assert name in [each.name for each in ingestor.list_collections()]
        assert ingestor.get_collection(name) == made
        assert ingestor.delete_collection(name) is True
        assert ingestor.delete_collection(name) is False
        assert ingestor.get_collection(name) is None

    def test_a_collection_is_made_once(self) -> None:
        with self.collection() as (ingestor, name):
            refused = raised(LarderError, lambda: ingestor.create_collection(name))
            assert str(refused), "an error has to say something"

    # --- taking files in

    def test_a_job_ends_and_tells_of_each_file(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name):
            job = self.filed(ingestor, name, write(tmp_path, "trains.txt", TRAINS), write(tmp_path, "dogs.txt", DOGS))
            assert (job.status, job.error_message) == (JobState.COMPLETED, None)
            assert job.backend == ingestor.backend_name
            assert job.submitted_at.tzinfo, "times are aware"
            assert (job.total_files, job.processed_files, job.collection_name) == (2, 2, name)
            assert job.started_at and job.completed_at and job.submitted_at <= job.started_at <= job.completed_at
            assert {file.file_name for file in job.file_details} == {"trains.txt", "dogs.txt"}
            assert {file.progress_percent for file in job.file_details} == {100.0}
            assert all(file.chunks_created >= 1 and file.error_message is None for file in job.file_details)
            told = ingestor.get_collection(name)
            assert told and (told.file_count, told.chunk_count) == (2, 2)

    def test_one_file_that_fails_does_not_fail_the_job(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name):
            job = self.filed(ingestor, name, write(tmp_path, "dogs.txt", DOGS), write(tmp_path, "blank.txt", "  \n"))
            assert job.status == JobState.COMPLETED
            told = {file.file_name: file for file in job.file_details}
            assert (told["dogs.txt"].status, told["blank.txt"].status) == ("success", "failed")
            assert_for_people(told["blank.txt"].error_message)
            listed = {file.file_name: file for file in ingestor.list_files(name)}
            assert (listed["dogs.txt"].status, listed["blank.txt"].status) == ("success", "failed")
            assert_for_people(listed["blank.txt"].error_message)

    def test_a_job_without_a_good_file_has_failed(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name):
            job = self.filed(ingestor, name, write(tmp_path, "blank.txt", " "))
            assert job.status == JobState.FAILED
            assert_for_people(job.error_message)

    def test_an_unknown_job_has_failed(self) -> None:
        job_id = str(uuid.uuid4())
        job = self.make_ingestor().get_job_status(job_id)
        assert (job.job_id, job.status, job.error_message) == (job_id, "failed", f"Job {job_id} not found")

    def test_no_file_is_no_job(self) -> None:
        with self.collection() as (ingestor, name):
            raised(LarderError, lambda: ingestor.submit_job([], name))

    def test_a_collection_that_is_not_there_takes_and_lists_no_file(self, tmp_path: Path) -> None:
        ingestor, path = self.make_ingestor(), write(tmp_path, "dogs.txt", DOGS)
        raised(LarderError, lambda: ingestor.submit_job([path], fresh_name()))
        assert ingestor.list_files(fresh_name()) == []
        assert ingestor.delete_file("dogs.txt", fresh_name()) is False

    def test_a_file_is_told_with_all_that_is_known(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name):
            file = ingestor.upload_file(write(tmp_path, "dogs.txt", DOGS), name)
            assert (file.file_name, file.collection_name) == ("dogs.txt", name)
            self.until(lambda: ingestor.get_file_status(file.file_id, name).status == "success")  # type: ignore[union-attr]
            (listed,) = ingestor.list_files(name)
            assert (listed.file_id, listed.file_size, listed.chunk_count) == (file.file_id, len(DOGS), 1)
            assert listed.uploaded_at and listed.ingested_at and listed.uploaded_at <= listed.ingested_at

    def test_files_are_deleted_by_id_and_by_name(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name):
            self.filed(ingestor, name, write(tmp_path, "trains.txt", TRAINS), write(tmp_path, "dogs.txt", DOGS))
            by_name = {file.file_name: file.file_id for file in ingestor.list_files(name)}
            done = ingestor.delete_files([by_name["trains.txt"], "dogs.txt", "none.txt"], name)
            assert done.total_deleted == 2
            assert set(done.successful) == {by_name["trains.txt"], "dogs.txt"}
            assert [each.file_id for each in done.failed] == ["none.txt"]
            assert_for_people(done.failed[0].error)
            assert ingestor.list_files(name) == []
            assert ingestor.delete_file("dogs.txt", name) is False

    def test_temporary_files_bear_their_own_names_and_are_deleted_by_wish(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name):
            paths = [write(tmp_path, "tmp1.txt", TRAINS), write(tmp_path, "tmp2.txt", DOGS)]
            config = {"original_filenames": ["trains.txt"], "cleanup_files": True}
            job_id = ingestor.submit_job(paths, name, config)
            self.until(lambda: ingestor.get_job_status(job_id).is_terminal)
            job = ingestor.get_job_status(job_id)
            assert (job.is_success, job.progress_percent) == (True, 100.0)
            assert [file.file_name for file in job.file_details] == ["trains.txt", "tmp2.txt"]
            self.until(lambda: not any(path.exists() for path in paths))

    def test_a_collection_that_is_not_there_answers_nothing_and_says_so(self) -> None:
        found = self.retrieve(TRAINS, fresh_name())
        assert (found.success, found.chunks) == (False, [])
        assert_for_people(found.error_message)

    # --- retrieving

    def test_a_question_finds_the_right_chunk_with_its_citation(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name):
            self.filed(ingestor, name, write(tmp_path, "trains.txt", TRAINS), write(tmp_path, "dogs.txt", DOGS))
            found = self.retrieve(TRAINS, name, top_k=1)
            assert (found.success, found.error_message, found.query) == (True, None, TRAINS)
            assert found.backend == self.make_retriever().backend_name
            (chunk,) = found.chunks
            assert (chunk.content, chunk.file_name, chunk.display_citation) == (TRAINS, "trains.txt", "trains.txt")
            assert (chunk.page_number, chunk.content_type) == (None, "text")
            assert chunk.score > 0
            assert found.total_tokens > 0
            everything = self.retrieve("trains", name, top_k=10).chunks
            assert [each.score for each in everything] == sorted((each.score for each in everything), reverse=True)
            assert all(0 <= each.score <= 1 and each.content for each in everything)
            assert len(everything) == len({each.chunk_id for each in everything}) <= 2

    def test_a_deleted_file_is_not_found_any_more(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name):
            self.filed(ingestor, name, write(tmp_path, "trains.txt", TRAINS))
            assert ingestor.delete_file("trains.txt", name)
            assert self.retrieve(TRAINS, name).chunks == []

    def test_collections_do_not_see_each_other(self, tmp_path: Path) -> None:
        with self.collection() as (ingestor, name), self.collection() as (_, other):
            self.filed(ingestor, name, write(tmp_path, "trains.txt", TRAINS))
            assert self.retrieve(TRAINS, other).chunks == []

    def test_retrieving_never_raises(self) -> None:
        with self.collection() as (_, name):
            for query, top_k in (("", 5), ("x", 0), ("x", -1), ("x", 10**9), ("\0", 5), ("x" * 200_000, 5)):
                result = self.retrieve(query, name, top_k=top_k)
                assert result.success or result.chunks == []
                assert result.success == (result.error_message is None)
                if not result.success:
                    assert_for_people(result.error_message)

    def test_health_is_told(self) -> None:
        assert asyncio.run(self.make_ingestor().health_check()) is True
        assert asyncio.run(self.make_retriever().health_check()) is True

    # --- what the tests are made of

    @contextmanager
    def collection(self) -> Iterator[tuple[BaseIngestor, str]]:
        ingestor, name = self.make_ingestor(), fresh_name()
        ingestor.create_collection(name)
        try:
            yield ingestor, name
        finally:
            ingestor.delete_collection(name)

    def filed(self, ingestor: BaseIngestor, collection_name: str, *paths: Path) -> IngestionJobStatus:
        """The job of these files, once it ended."""
        job_id = ingestor.submit_job(paths, collection_name)
        self.until(lambda: ingestor.get_job_status(job_id).ended)
        return ingestor.get_job_status(job_id)

    def retrieve(
        self, query: str, collection_name: str, *, top_k: int = 10, filters: Mapping[str, Any] | None = None
    ) -> RetrievalResult:
        return asyncio.run(self.make_retriever().retrieve(query, collection_name, top_k=top_k, filters=filters))

    def until(self, look: Callable[[], bool]) -> None:
        ends_at = time.monotonic() + self.wait_s
        while not look():
            assert time.monotonic() < ends_at, f"not within {self.wait_s} s"
            time.sleep(self.pause_s)


def fresh_name() -> str:
    return f"conformance-{uuid.uuid4().hex[:12]}"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def raised(kind: type[E], act: Callable[[], object]) -> E:
    """The error that the act raises."""
    try:
        act()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} has to be raised")


def assert_for_people(message: str | None) -> None:
    assert message, "a failure has to say why"
    assert "Traceback" not in message
    assert 'File "' not in message
