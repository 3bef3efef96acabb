"""The files that a process has open, and the folder that they lie in: what becomes of them, and who else is there."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import OperationalError

from knowledge.embedding.vector_space import Space
from knowledge.search import Plan, Query, search
from knowledge.search.index import keeper, reading, status
from knowledge.search.index.keeper import Keeper
from knowledge.search.index.manifest import FolderTaken, folder_of, read_manifest
from knowledge.search.index.reading import check_open, open_index
from knowledge.search.index.status import IndexStatus, index_status
from providers.system.readiness import _codes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("harm", [b"\xff" * 64, b""], ids=["overwritten", "touched"])
def test_damage_inside_a_file_that_is_open_is_noticed_and_mended(
    indexed: Space, push: Any, harm: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Its checksum was right when it was opened. A process that is killed in between loses nothing but the index."""
    assert open_index(indexed.model)
    [segment] = folder_of(indexed.model.pk).glob("*.segment")
    if harm:
        with segment.open("r+b") as file:
            file.seek(-len(harm), os.SEEK_END)
            file.write(harm)
    else:
        os.truncate(segment, segment.stat().st_size)  # as long, but somebody wrote to it
    os.utime(segment, ns=(1, 1))
    check_open()
    assert "written to by another program" in caplog.text
    assert open_index(indexed.model) is None
    keeper = Keeper()
    keeper._round()
    opened = open_index(indexed.model)
    assert opened
    assert sum(map(len, opened.segments)) == 30


def test_damage_that_a_question_meets_first_is_answered_exactly(
    indexed: Space, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_index(indexed.model)
    assert opened
    [segment] = opened.segments
    monkeypatch.setattr(segment.lists, "search", lambda *_, **__: np.array([10**6]))
    monkeypatch.setattr("knowledge.search.index.segment.WIDE", 0.0)
    found = search(Query(text="amber note 7", top_k=5, explain=True), now=now, space=indexed)
    assert (found.plan, len(found.hits)) == (Plan.EXACT, 5)
    assert read_manifest(folder_of(indexed.model.pk)) is None


def test_files_that_are_as_they_were_stay_open(indexed: Space) -> None:
    opened = open_index(indexed.model)
    check_open()
    assert open_index(indexed.model) is opened
    for each in folder_of(indexed.model.pk).glob("*.segment"):
        each.unlink()  # as a merge does; who has it open reads on
    check_open()
    assert open_index(indexed.model) is opened


def test_two_installations_in_one_folder_are_told_and_the_second_keeps_its_hands_off(
    indexed: Space, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, index_dir: Path
) -> None:
    first = Keeper()
    assert first._holds_lock()
    monkeypatch.setattr(keeper, "read_owner", lambda: "another/5")
    monkeypatch.setattr(status, "read_owner", lambda: "another/5")
    second = Keeper()
    with pytest.raises(FolderTaken, match="of its own"):
        second._holds_lock()
    assert (folder_of(indexed.model.pk) / "manifest.json").exists()
    monkeypatch.setattr(status, "read_manifest", lambda _: None)
    assert "another database" in index_status(indexed.model).taken
    first._lock.close()
    assert index_status(indexed.model).taken == ""
    assert second._holds_lock()
    assert (index_dir / "keeper.lock").read_text() == "another/5"
    second._lock.close()


def test_readiness_says_whose_folder_it_is(indexed: Space) -> None:
    why = "/srv/index is kept for another database (1/5); give each installation a SEARCH_INDEX_DIR of its own"
    row = _codes(indexed.model, IndexStatus(stored=1_000, unseen=1_000, taken=why))
    assert (row.state, row.detail) == ("warn", "/srv/index is kept for another database (1/5).")
    assert row.fix == "Give each installation a SEARCH_INDEX_DIR of its own."


def test_processes_of_one_installation_share_a_folder(indexed: Space) -> None:
    first, second = Keeper(), Keeper()
    assert first._holds_lock()
    assert not second._holds_lock()
    assert not second._holds_lock()
    first._lock.close()


def test_a_process_opens_the_index_before_it_is_asked(indexed: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    reading._readers.clear()
    made = Keeper()
    made.stop()
    made.run()
    opened: list[Path] = []
    monkeypatch.setattr(reading, "Segment", lambda path: opened.append(path))
    assert open_index(indexed.model)
    assert opened == []


def test_a_store_that_is_away_costs_the_warm_up_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> list[Any]:
        raise OperationalError("gone")

    monkeypatch.setattr(keeper, "models_in_use", away)
    made = Keeper()
    made.stop()
    made.run()
