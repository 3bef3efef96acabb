"""Who keeps the index: what is too much for a process that answers, what fails, and what came in from elsewhere."""

import logging
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection

from knowledge.embedding.vector_space import Space
from knowledge.models import Passage
from knowledge.search.index import keeper, manifest, mark, rows
from knowledge.search.index.catching_up import TooMuch, catch_up, forget_index
from knowledge.search.index.inverted_lists import InvertedLists
from knowledge.search.index.keeper import Keeper
from knowledge.search.index.manifest import folder_of, publish, read_manifest
from knowledge.search.index.quantizer import Quantizer
from knowledge.search.index.reading import open_index
from knowledge.search.index.section_file import SectionFile
from tests.knowledge.index.other_process import command_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_segment_that_is_no_good_is_made_again_without_a_write(
    indexed: Space, harm: Callable[[Path], object]
) -> None:
    [segment] = folder_of(indexed.model.pk).glob("*.segment")
    harm(segment)
    assert open_index(indexed.model) is None  # whoever asks first notices
    Keeper()._round()
    assert open_index(indexed.model) is not None


def test_a_segment_that_goes_while_it_is_opened_is_no_error(indexed: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    opening = InvertedLists.__init__

    def late(self: InvertedLists, file: SectionFile, quantizer: Quantizer) -> None:
        file.path.unlink()
        opening(self, file, quantizer)

    monkeypatch.setattr(InvertedLists, "__init__", late)
    assert open_index(indexed.model) is None


def test_more_than_a_query_looks_at_is_another_processes_work(
    indexed: Space, push: Any, begun: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (rows, keeper, mark):
        monkeypatch.setattr(module, "MOST_UNSEEN", 10)
    push(*(f"cedar note {number}" for number in range(12)))
    Keeper()._round()
    assert begun == [["catch-up", indexed.model.name]]


def test_more_than_a_process_does_by_itself_is_not_begun(indexed: Space, push: Any) -> None:
    push(*(f"cedar note {number}" for number in range(9)))
    before = read_manifest(folder_of(indexed.model.pk))
    with pytest.raises(TooMuch):
        catch_up(indexed.model, at_most=8)
    assert read_manifest(folder_of(indexed.model.pk)) == before
    forget_index(indexed.model.pk)
    with pytest.raises(TooMuch):
        catch_up(indexed.model, at_most=38)
    assert catch_up(indexed.model, at_most=39)


def test_a_server_that_counts_behind_the_mark_is_another_day_of_it(indexed: Space, push: Any) -> None:
    """As where a copy of its files was put back: the same system, tables and files, and fewer transactions."""
    folder = folder_of(indexed.model.pk)
    manifest = read_manifest(folder)
    assert manifest
    publish(folder, replace(manifest, mark=replace(manifest.mark, xmax=manifest.mark.xmax + 10_000)))
    push("walrus")
    Keeper()._round()
    made = read_manifest(folder)
    assert made
    assert made.passages == 31


def test_rows_that_come_in_with_a_later_stamp_are_taken_in_once(indexed: Space) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE knowledge_passage SET written_by = '9000000000000' "
            "WHERE id = (SELECT min(id) FROM knowledge_passage)"
        )
    manifest = catch_up(indexed.model)
    assert manifest
    assert rows.look_at_store(indexed.model, manifest.mark).unseen == 0


def test_what_a_killed_process_left_is_cleared(indexed: Space) -> None:
    left = folder_of(indexed.model.pk) / ".0123.segment.999"
    left.write_bytes(b"half")
    catch_up(indexed.model)
    assert not left.exists()


class Rounds(Keeper):
    """Whose rounds fail as they are told to; it notes when each began, and ends after the last."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self.errors, self.pauses = list(errors), []  # type: list[Exception], list[float]

    def _holds_lock(self) -> bool:
        self.pauses.append(self._pause_s)
        if not self.errors:
            self.stop()
            return False
        raise self.errors.pop(0)


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), PermissionError(13, "no"), OperationalError("away")]
)
def test_trouble_that_stays_is_told_once(
    error: Exception, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "POLL_S", 0.001)
    monkeypatch.setattr(keeper, "WAITS_S", 0.001)
    with caplog.at_level(logging.WARNING, logger="larder.index"):
        Rounds(*[error] * 6).run()
    assert len(caplog.records) == 1


def test_pauses_grow_while_it_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "POLL_S", 0.001)
    monkeypatch.setattr(keeper, "WAITS_S", 0.001)
    rounds = Rounds(*[OSError(28, "No space left on device")] * 4)
    rounds.run()
    assert rounds.pauses == [0.0, 0.001, 0.002, 0.004, 0.008]


@pytest.mark.parametrize("place", ["a file", "read only"])
def test_a_folder_that_cannot_be_written_leaves_answers_exact(
    place: str, push: Any, space: Space, settings: Any, tmp_path: Path
) -> None:
    push(*(f"amber note {number}" for number in range(30)))
    folder = tmp_path / "elsewhere"
    if place == "a file":
        folder.write_text("")
    else:
        folder.symlink_to("/proc/self/fdinfo")  # root may write everywhere else
    settings.SEARCH_INDEX_DIR = folder
    assert open_index(space.model) is None
    with pytest.raises((FileExistsError, NotADirectoryError, FileNotFoundError, PermissionError)):
        catch_up(space.model)


def test_a_process_killed_in_a_catch_up_costs_nothing(indexed: Space, push: Any, index_dir: Path) -> None:
    """At any moment: what it left is either the former index or the next one, and the lock is free."""
    for number in range(6):
        push(*(f"cedar {number} {each}" for each in range(20)))
        with subprocess.Popen(command_for(number, index_dir), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout
            assert process.stdout.readline() == b"ready\n"
            time.sleep(0.02 * number)
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert open_index(indexed.model)
    manifest = catch_up(indexed.model)
    assert manifest
    assert manifest.passages >= Passage.objects.filter(vector__isnull=False).count()
    assert not list(folder_of(indexed.model.pk).glob(".*"))


def test_a_full_disk_leaves_the_former_index_and_no_halves(indexed: Space, push: Any) -> None:
    push("walrus")
    before = read_manifest(folder_of(indexed.model.pk))
    most, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, hard))
    try:
        for _ in range(5):
            with pytest.raises(OSError, match="File too large"):
                catch_up(indexed.model)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    assert read_manifest(folder_of(indexed.model.pk)) == before
    assert len(list(folder_of(indexed.model.pk).glob(".*"))) == 1
    assert open_index(indexed.model)
    manifest = catch_up(indexed.model)
    assert manifest
    assert manifest.passages == 31
    assert not list(folder_of(indexed.model.pk).glob(".*"))


def test_nobody_who_asks_waits_for_a_stopped_maker(indexed: Space, push: Any, index_dir: Path) -> None:
    """It holds the lock of the folder; answers come from the former index and the rows."""
    held = (
        f"import fcntl, time; f = open({str(folder_of(indexed.model.pk) / manifest.LOCK)!r}, 'w'); "
        "fcntl.flock(f, fcntl.LOCK_EX); print('ready', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", held], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        os.kill(process.pid, signal.SIGSTOP)
        try:
            push("walrus")
            opened = open_index(indexed.model)
            assert opened
            assert sum(map(len, opened.segments)) == 30
            assert rows.look_at_store(indexed.model, opened.mark).unseen == 1
        finally:
            process.kill()
    assert catch_up(indexed.model)


def test_a_process_that_catches_up_for_long_keeps_no_former_file(indexed: Space, push: Any) -> None:
    """Descriptors and mappings of segments that were replaced go with them."""
    for number in range(60):
        push(f"walrus {number}")
        catch_up(indexed.model)
        assert open_index(indexed.model)
    assert len(list(Path("/proc/self/fd").iterdir())) < 200
    maps = Path("/proc/self/maps").read_text()
    assert maps.count(f"{folder_of(indexed.model.pk)}/") <= 2 * 6
    assert maps.count(".segment (deleted)") <= 2 * 6
