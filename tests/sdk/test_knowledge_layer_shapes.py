"""What any backend gives back: fields, defaults, bounds and states, by their names on the wire."""

from enum import StrEnum

import pytest
from larder_sdk.knowledge_layer import (
    Chunk,
    CollectionInfo,
    ContentType,
    FileInfo,
    FileProgress,
    FileStatus,
    IngestionJobStatus,
    JobState,
    RetrievalResult,
)
from pydantic import BaseModel, ValidationError

NOW = "2026-11-21T10:00:00Z"
SHAPES: list[tuple[type[BaseModel], dict[str, object], dict[str, object]]] = [
    (
        Chunk,
        {"chunk_id": "1", "content": "text", "file_name": "r.pdf", "display_citation": "r.pdf"},
        {"score": 0.0, "content_type": "text", "metadata": {}}
        | dict.fromkeys(("page_number", "content_subtype", "structured_data", "image_storage_uri", "image_url")),
    ),
    (
        RetrievalResult,
        {"query": "who?", "backend": "mine"},
        {"chunks": [], "total_tokens": 0, "success": True, "error_message": None},
    ),
    (
        CollectionInfo,
        {"name": "handbook", "backend": "mine"},
        {"file_count": 0, "chunk_count": 0, "metadata": {}}
        | dict.fromkeys(("description", "created_at", "updated_at")),
    ),
    (
        FileInfo,
        {"file_id": "1", "file_name": "r.pdf", "collection_name": "handbook"},
        {"status": "uploading", "chunk_count": 0, "metadata": {}}
        | dict.fromkeys(("file_size", "uploaded_at", "ingested_at", "expiration_date", "error_message")),
    ),
    (
        FileProgress,
        {"file_name": "r.pdf"},
        {"file_id": "", "status": "uploading", "progress_percent": 0.0, "error_message": None, "chunks_created": 0},
    ),
    (
        IngestionJobStatus,
        {"job_id": "7", "submitted_at": NOW, "collection_name": "handbook", "backend": "mine"},
        {"status": "pending", "total_files": 0, "processed_files": 0, "file_details": [], "metadata": {}}
        | dict.fromkeys(("started_at", "completed_at", "error_message")),
    ),
]


@pytest.mark.parametrize(("shape", "needed", "defaults"), SHAPES, ids=[shape.__name__ for shape, _, _ in SHAPES])
def test_a_shape_has_the_fields_of_the_contract_and_their_defaults(
    shape: type[BaseModel], needed: dict[str, object], defaults: dict[str, object]
) -> None:
    assert shape.model_validate(needed).model_dump(mode="json") == needed | defaults
    for name in needed:
        with pytest.raises(ValidationError):
            shape.model_validate({each: value for each, value in needed.items() if each != name})


@pytest.mark.parametrize(
    ("kinds", "values"),
    [
        (ContentType, ["text", "table", "chart", "image"]),
        (FileStatus, ["uploading", "ingesting", "success", "failed"]),
        (JobState, ["pending", "processing", "completed", "failed"]),
    ],
)
def test_a_state_is_one_of_those_of_the_contract(kinds: type[StrEnum], values: list[str]) -> None:
    assert [kind.value for kind in kinds] == values


@pytest.mark.parametrize(
    ("shape", "wrong"),
    [
        (Chunk, {"content": None}),
        (Chunk, {"score": 1.1}),
        (Chunk, {"score": -0.1}),
        (Chunk, {"page_number": 0}),
        (Chunk, {"content_type": "video"}),
        (FileInfo, {"status": "done"}),
        (FileProgress, {"progress_percent": 100.1}),
        (FileProgress, {"progress_percent": -0.1}),
        (IngestionJobStatus, {"status": "queued"}),
        (IngestionJobStatus, {"processed_files": -1}),
        (FileInfo, {"file_size": -1}),
        (RetrievalResult, {"total_tokens": -1}),
    ],
)
def test_what_lies_outside_its_bounds_is_refused(shape: type[BaseModel], wrong: dict[str, object]) -> None:
    needed = next(needed for kind, needed, _ in SHAPES if kind is shape)
    with pytest.raises(ValidationError):
        shape.model_validate(needed | wrong)


def test_bounds_themselves_are_taken_and_a_job_has_ended_when_nothing_is_left_to_do() -> None:
    needed = {shape: needed for shape, needed, _ in SHAPES}
    for score in (0.0, 1.0):
        assert Chunk.model_validate(needed[Chunk] | {"score": score, "page_number": 1}).score == score
    assert FileProgress.model_validate(needed[FileProgress] | {"progress_percent": 100}).progress_percent == 100.0
    states = {"pending": False, "processing": False, "completed": True, "failed": True}
    for state, ended in states.items():
        job = IngestionJobStatus.model_validate(needed[IngestionJobStatus] | {"status": state})
        assert job.is_terminal is job.ended is ended


@pytest.mark.parametrize(
    ("state", "processed", "total", "success", "percent"),
    [
        ("pending", 0, 0, False, 0.0),
        ("processing", 1, 4, False, 25.0),
        ("completed", 4, 4, True, 100.0),
        ("completed", 0, 0, False, 0.0),
        ("failed", 4, 4, False, 100.0),
    ],
)
def test_a_job_tells_how_far_it_is_and_whether_it_was_worth_it(
    state: str, processed: int, total: int, success: bool, percent: float
) -> None:
    needed = next(needed for kind, needed, _ in SHAPES if kind is IngestionJobStatus)
    counts = {"status": state, "processed_files": processed, "total_files": total}
    job = IngestionJobStatus.model_validate(needed | counts)
    assert (job.is_success, job.progress_percent) == (success, percent)
