"""Segments that are merged beside what comes in, by a process of its own where they are large."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.embedding.vector_space import Space
from knowledge.search.index import catching_up, child, keeper, segment
from knowledge.search.index.catching_up import catch_up, forget_index, merge
from knowledge.search.index.child import MakingFailed
from knowledge.search.index.keeper import Keeper
from knowledge.search.index.manifest import folder_of, read_manifest
from knowledge.search.index.reading import open_index

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def many(indexed: Space, monkeypatch: pytest.MonkeyPatch) -> Space:
    """30 passages are many."""
    monkeypatch.setattr(catching_up, "MERGED_AT_ONCE", 12)
    monkeypatch.setattr(keeper, "WAITS_S", 0)
    return indexed


def test_a_large_merge_is_another_processes_work(many: Space, push: Any, begun: list[list[str]]) -> None:
    """While more comes in, only as much as what is new; once it is quiet, more."""
    kept = Keeper()
    for number, sizes in enumerate([[30, 6], [30, 12], [30, 12, 6], [30, 12, 12]]):
        push(*(f"cedar {number} {each}" for each in range(6)))
        kept._round()
        manifest = read_manifest(folder_of(many.model.pk))
        assert manifest
        assert [*manifest.segments.values()] == sizes
    assert begun == []
    kept._kept_at[many.model.pk] -= keeper.QUIET_S + 1
    kept._round()
    assert begun == [["merge", many.model.name, "--ratio=4"]]
    merge(many.model)
    assert [*read_manifest(folder_of(many.model.pk)).segments.values()] == [54]


def before_writing(meanwhile: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody else does while a merge is at work."""
    writing = segment.write_segment

    def write(*args: Any) -> Path:
        monkeypatch.setattr(catching_up, "write_segment", writing)
        meanwhile()
        return writing(*args)

    monkeypatch.setattr(catching_up, "write_segment", write)


def test_a_merge_goes_on_beside_what_comes_in(many: Space, push: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = folder_of(many.model.pk)
    push(*(f"cedar {number}" for number in range(13)))
    before = catch_up(many.model)
    assert before

    def add() -> None:
        push("walrus")
        added = catch_up(many.model, apart_from=before.segments)
        assert added
        assert [*added.segments.values()] == [30, 13, 1]

    before_writing(add, monkeypatch)
    merge(many.model)
    after = read_manifest(folder)
    assert after
    assert [*after.segments.values()] == [43, 1]
    assert {path.name for path in folder.glob("*.segment")} == after.segments.keys()
    assert not [*(folder / "making").glob("*.segment")]
    opened = open_index(many.model)
    assert opened
    assert sum(map(len, opened.segments)) == 44


def test_a_merge_of_what_was_made_again_meanwhile_is_dropped(
    many: Space, push: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(*(f"cedar {number}" for number in range(13)))
    catch_up(many.model)
    before_writing(lambda: forget_index(many.model.pk), monkeypatch)
    merge(many.model)
    assert read_manifest(folder_of(many.model.pk)) is None
    assert not [*folder_of(many.model.pk).glob("*.segment")]


def test_a_merge_that_meets_damage_makes_the_index_again(many: Space, push: Any) -> None:
    push(*(f"cedar {number}" for number in range(13)))
    manifest = catch_up(many.model)
    assert manifest
    (folder_of(many.model.pk) / next(iter(manifest.segments))).write_bytes(b"")
    merge(many.model)
    assert [*read_manifest(folder_of(many.model.pk)).segments.values()] == [43]


def test_a_process_that_fails_is_begun_again_after_a_pause(
    many: Space, push: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is new is taken in all the same."""
    monkeypatch.setattr(child, "LEAST_PAUSE_S", 100.0)
    monkeypatch.setattr(sys, "executable", "false")
    kept = Keeper()
    push(*(f"cedar {number}" for number in range(31)))
    kept._round()
    failed = kept._child._process
    assert failed
    assert failed.wait() == 1
    with pytest.raises(MakingFailed, match="merge of test:hashing ended with 1"):
        kept._round()
    push("walrus")
    kept._round()
    assert kept._child._process is None
    opened = open_index(many.model)
    assert opened
    assert sum(map(len, opened.segments)) == 62
    kept._child._failed_at -= 100
    push("lynx")
    kept._round()
    assert kept._child._process
