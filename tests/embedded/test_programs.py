"""How `up` runs Larder's own programs."""

import os

import pytest

from config import env
from embedded import programs


@pytest.mark.parametrize(("wished", "cores", "workers"), [("", 1, 1), ("", 2, 2), ("", 64, 4), ("8", 2, 8)])
def test_there_is_a_web_process_for_each_core_unless_it_is_set(
    monkeypatch: pytest.MonkeyPatch, wished: str, cores: int, workers: int
) -> None:
    monkeypatch.setenv("WEB_WORKERS", wished)
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    argv = [str(part) for part in programs.web({}, host="127.0.0.1", port=1).argv]
    assert argv[argv.index("--workers") + 1] == str(workers)


def test_the_image_has_as_much_room_as_up_has() -> None:
    assert " ".join(programs.CONCURRENCY) in (env.BASE_DIR / "Dockerfile").read_text()


def test_memory_goes_back_to_the_machine_in_the_image_as_under_up_unless_somebody_wishes_otherwise() -> None:
    told = programs.worker({}).env or {}
    image = (env.BASE_DIR / "Dockerfile").read_text()
    assert all(f"{name}={value}" in image for name, value in programs.GIVE_BACK.items())
    assert all(told[name] == value for name, value in programs.GIVE_BACK.items())
    wished = programs.worker({"MALLOC_TRIM_THRESHOLD_": "1"}).env or {}
    assert wished["MALLOC_TRIM_THRESHOLD_"] == "1"
