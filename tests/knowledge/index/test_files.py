"""What a machine keeps of the index: torn, damaged, foreign or gone, it is made again from the rows."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from knowledge.embedding import index_choice
from knowledge.embedding.vector_space import Space
from knowledge.models import Passage
from knowledge.search.index import rows
from knowledge.search.index.catching_up import MERGED, catch_up, forget_index, remake
from knowledge.search.index.inverted_lists import InvertedLists
from knowledge.search.index.keeper import Keeper
from knowledge.search.index.manifest import MANIFEST, folder_of, read_manifest
from knowledge.search.index.mark import Mark, read_mark
from knowledge.search.index.quantizer import Quantizer
from knowledge.search.index.reading import open_index
from knowledge.search.index.section_file import FileUnusable, SectionFile, write_sections

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_file_reads_back_as_it_was_written(tmp_path: Path) -> None:
    sections: dict[str, Any] = {
        "a": np.arange(7, dtype=np.int64),
        "b": np.zeros((3, 5), dtype=np.float32),
        "none": np.zeros(0, np.uint8),
    }
    write_sections(tmp_path / "file", {"model": 3}, sections)
    found = SectionFile(tmp_path / "file")
    assert found.facts == {"model": 3}
    for name, array in sections.items():
        assert np.array_equal(found.array(name), array)
        assert found.offset(name) % 64 == 0


@pytest.mark.parametrize("cut", [0, 7, 15, 40, -64, -1])
def test_a_torn_file_is_told(tmp_path: Path, cut: int) -> None:
    write_sections(tmp_path / "file", {}, {"a": np.arange(99)})
    whole = (tmp_path / "file").read_bytes()
    (tmp_path / "file").write_bytes(whole[:cut])
    with pytest.raises(FileUnusable):
        SectionFile(tmp_path / "file")


@pytest.mark.parametrize("place", [0, 9, 20, -1, -70])
def test_a_damaged_file_is_told(tmp_path: Path, place: int) -> None:
    write_sections(tmp_path / "file", {}, {"a": np.arange(99)})
    damaged = bytearray((tmp_path / "file").read_bytes())
    damaged[place] ^= 0xFF
    (tmp_path / "file").write_bytes(damaged)
    with pytest.raises(FileUnusable):
        SectionFile(tmp_path / "file")


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [damage, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_segment_that_is_no_good_is_made_again(indexed: Space, push: Any, harm: Callable[[Path], object]) -> None:
    [segment] = folder_of(indexed.model.pk).glob("*.segment")
    harm(segment)
    assert open_index(indexed.model) is None
    push("one more")
    manifest = catch_up(indexed.model)
    assert manifest
    assert manifest.passages == 31
    assert open_index(indexed.model) is not None


def test_a_segment_that_goes_while_it_is_opened_is_looked_for_again(
    indexed: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    """faiss maps the file by its name, a moment after it was opened; meanwhile it was merged into another."""

    def merged_meanwhile(path: Path) -> Any:
        monkeypatch.undo()
        opened = SectionFile(path)
        remake(indexed.model)
        return InvertedLists(opened, Quantizer(low=opened.array("low"), step=opened.array("step")))

    monkeypatch.setattr("knowledge.search.index.reading.Segment", merged_meanwhile)
    opened = open_index(indexed.model)
    assert opened
    assert len(opened.segments[0]) == 30


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"version": 99}', "\0"])
def test_a_manifest_that_is_no_good_is_made_again(indexed: Space, content: str) -> None:
    (folder_of(indexed.model.pk) / MANIFEST).write_text(content)
    assert open_index(indexed.model) is None
    assert catch_up(indexed.model)
    assert open_index(indexed.model) is not None


def test_the_index_of_rows_that_were_replaced_is_not_used(indexed: Space, push: Any) -> None:
    """As a restore does it: other rows in a table of the same name."""
    before = read_manifest(folder_of(indexed.model.pk))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE kept AS SELECT * FROM knowledge_passage")
        cursor.execute("TRUNCATE knowledge_passage")
        cursor.execute("INSERT INTO knowledge_passage SELECT * FROM kept; DROP TABLE kept")
    assert open_index(indexed.model) is None
    Keeper()._keep(indexed.model)
    after = read_manifest(folder_of(indexed.model.pk))
    assert before
    assert after
    assert before.store != after.store
    assert before.segments != after.segments


def test_rows_ahead_of_the_server_are_stamped_anew(push: Any, space: Space) -> None:
    push(*(f"amber note {number}" for number in range(30)))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE knowledge_passage SET written_by = '9000000000000'")
    assert catch_up(space.model)
    assert rows.look_at_store(space.model, read_manifest(folder_of(space.model.pk)).mark).unseen == 0


def test_rows_of_before_are_taken_as_seen(push: Any, space: Space) -> None:
    push(*(f"amber note {number}" for number in range(30)))
    Passage.objects.update(written_by=None)
    manifest = catch_up(space.model)
    assert manifest
    assert manifest.passages == 30


def test_segments_of_about_one_size_are_merged(push: Any, space: Space) -> None:
    sizes = []
    for number in range(40):
        push(*(f"amber {number} {each}" for each in range(20)))
        manifest = catch_up(space.model)
        assert manifest
        sizes.append(len(manifest.segments))
        assert manifest.passages == 20 * (number + 1)
    assert max(sizes) <= 5
    assert len(list(folder_of(space.model.pk).glob("*.segment"))) == sizes[-1]
    assert MERGED == 4


def test_a_passage_that_is_written_again_is_held_once_by_its_segment(indexed: Space) -> None:
    Passage.objects.update(written_by="1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE knowledge_passage SET written_by = pg_current_xact_id()")
    manifest = catch_up(indexed.model)
    assert manifest
    assert manifest.passages == 30


def test_what_is_gone_is_left_out_in_the_end(indexed: Space, push: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Passage.objects.filter(ordinal=0, document__key__contains="1").delete()
    push("another")
    manifest = catch_up(indexed.model)
    assert manifest
    assert manifest.passages < 25


def test_a_snapshot_is_read() -> None:
    assert read_mark("100:120:103,110") == Mark(xmax=120, in_progress=(103, 110))
    assert read_mark("7:7:") == Mark(xmax=7)


def test_one_process_keeps_the_index(settings: Any) -> None:
    first, second = Keeper(), Keeper()
    assert first._holds_lock()
    assert not second._holds_lock()
    assert first._holds_lock()
    first._lock.close()  # as the kernel does when it ends
    assert second._holds_lock()
    second._lock.close()


def test_a_keeper_takes_in_what_is_new_and_forgets_models_that_went(indexed: Space, push: Any, index_dir: Path) -> None:
    (index_dir / "999").mkdir()
    (index_dir / "999" / MANIFEST).write_text("{}")
    push("one more")
    keeper = Keeper()
    keeper._round()
    opened = open_index(indexed.model)
    assert opened
    assert sum(map(len, opened.segments)) == 31
    assert not (index_dir / "999" / MANIFEST).exists()


def test_the_command_tells_and_makes(indexed: Space, capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    call_command("search_index")
    assert "30 passages in 1 segment," in capsys.readouterr().out
    forget_index(indexed.model.pk)
    call_command("search_index")
    assert "no index; 30 passages are searched exactly" in capsys.readouterr().out
    call_command("search_index", "remake")
    assert "30 passages in 1 segment," in capsys.readouterr().out
    with pytest.raises(CommandError, match="these are: test:hashing"):
        call_command("search_index", "catch-up", "test:hashin")
    settings.SEARCH_INDEX = "hnsw"
    with pytest.raises(CommandError, match="SEARCH_INDEX"):
        call_command("search_index")


def test_the_command_says_that_there_is_no_model_yet(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("search_index")
    assert "No embedding model is in use yet" in capsys.readouterr().out


def test_without_what_it_needs_the_graph_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    index_choice.why_no_codes.cache_clear()
    monkeypatch.setattr(index_choice, "_has_avx2", lambda: False)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    assert "no AVX2" in index_choice.why_no_codes()
    assert not index_choice.codes_are_used()
    index_choice.why_no_codes.cache_clear()


def test_making_it_again_keeps_who_asks_answered(indexed: Space) -> None:
    opened = open_index(indexed.model)
    remake(indexed.model)
    assert opened
    assert len(opened.segments[0].passages()) == 30
    newer = open_index(indexed.model)
    assert newer
    assert newer.segments[0].name != opened.segments[0].name
    assert [*json.loads((folder_of(indexed.model.pk) / MANIFEST).read_text())["segments"].values()] == [30]
