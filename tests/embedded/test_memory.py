"""The embedded PostgreSQL takes its share of the machine's memory."""

from pathlib import Path

import pytest

from embedded.memory import machine_memory, postgres_memory

GIB = 1024**3


@pytest.mark.parametrize(
    ("total", "shared", "build"),
    [
        (GIB // 4, "128MB", "64MB"),
        (4 * GIB, "1024MB", "256MB"),
        (24 * GIB, "6144MB", "1536MB"),
        (512 * GIB, "8192MB", "2047MB"),
    ],
)
def test_buffers_grow_with_the_machine_within_bounds(total: int, shared: str, build: str) -> None:
    settings = postgres_memory(total)
    assert (settings["shared_buffers"], settings["maintenance_work_mem"]) == (shared, build)


@pytest.mark.parametrize(("said", "counts"), [("1073741824\n", True), ("max\n", False), (None, False)])
def test_a_container_s_limit_counts_where_it_has_one(tmp_path: Path, said: str | None, counts: bool) -> None:
    limit = tmp_path / "memory.max"
    if said:
        limit.write_text(said)
    assert (machine_memory(limit) == GIB) is counts
