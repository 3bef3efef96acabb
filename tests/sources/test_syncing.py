"""What a sync does with what a source says, whatever the kind: a folder stands for all."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from larder_sdk import Counts, Invalid, Unavailable
from larder_sources import ledger
from larder_sources.formats.markdown import read_page
from larder_sources.kinds import folder
from larder_sources.ledger import Ledger, LedgerInUse
from larder_sources.syncing import NothingReadable

from tests.sources.conftest import NOW, Keeper

LONG_AGO = 1_700_000_000


def write(path: Path, text: str, *, at: int = LONG_AGO) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at, at))


def many(files: Path, count: int) -> None:
    for number in range(count):
        write(files / f"{number:03}.md", f"Page number {number}")


def test_the_first_sync_brings_everything_and_the_next_changes_alone(keeper: Keeper, files: Path) -> None:
    many(files, 30)
    first = keeper.sync()
    write(files / "003.md", "Another text", at=LONG_AGO + 1)
    (files / "004.md").unlink()
    second = keeper.sync()
    assert (first.full, first.pushed) == (True, 30)
    assert (second.full, second.pushed, second.unchanged, second.deleted) == (False, 1, 28, 1)
    assert keeper.documents()["003.md"].content.endswith("Another text")
    assert "004.md" not in keeper.ids()


def test_what_a_failed_sync_pushed_is_deleted_when_it_is_gone_by_the_next(keeper: Keeper, files: Path) -> None:
    many(files, 20)
    keeper.sync()
    write(files / "new.md", "Pushed by a sync whose run failed")
    keeper.sync(keeps=False)
    (files / "new.md").unlink()
    synced = keeper.sync()
    assert (synced.full, synced.deleted) == (False, 1)
    assert "new.md" not in keeper.ids()


def test_a_change_that_a_failed_sync_pushed_is_pushed_again(keeper: Keeper, files: Path) -> None:
    many(files, 3)
    keeper.sync()
    write(files / "001.md", "Second", at=LONG_AGO + 1)
    keeper.sync(keeps=False)
    assert keeper.sync().pushed == 1
    assert keeper.sync().pushed == 0


@pytest.mark.parametrize("loss", ["state", "ledger", "older state", "broken ledger", "other options"])
def test_everything_comes_anew_where_nobody_knows_what_the_store_has(keeper: Keeper, files: Path, loss: str) -> None:
    many(files, 20)
    keeper.sync()
    older = keeper.state
    write(files / "020.md", "One more")
    keeper.sync()
    keeper.sync()
    (files / "000.md").unlink()
    ledger = keeper.folder / "ledger.sqlite3"
    match loss:
        case "state":
            keeper.state = {}
        case "older state":
            keeper.state = older
        case "ledger":
            ledger.unlink()
        case "broken ledger":
            ledger.write_bytes(b"no database at all" * 1000)
        case "other options":
            keeper.options["tags"] = ["handbook"]
    synced = keeper.sync()
    assert (synced.full, synced.pushed, synced.deleted) == (True, 20, 1)
    assert "000.md" not in keeper.ids()


def test_much_that_is_gone_is_judged_by_larder_as_a_whole_set(keeper: Keeper, files: Path) -> None:
    many(files, 40)
    keeper.sync()
    for number in range(13):
        (files / f"{number:03}.md").unlink()
    synced = keeper.sync()
    assert (synced.full, synced.pushed, synced.unchanged, synced.deleted) == (True, 27, 0, 13)
    assert len(keeper.ids()) == 27


def test_a_share_that_may_be_deleted_unasked_goes_by_its_ids(keeper: Keeper, files: Path) -> None:
    many(files, 40)
    keeper.options["delete_percent"] = 50
    keeper.sync()
    for number in range(13):
        (files / f"{number:03}.md").unlink()
    synced = keeper.sync()
    assert (synced.full, synced.pushed, synced.deleted) == (False, 0, 13)


def test_what_larder_holds_is_judged_anew_by_the_next_sync(
    keeper: Keeper, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(files, 5)
    keeper.sync()
    for number in range(5):
        (files / f"{number:03}.md").unlink()
    held = type(keeper.client)
    with monkeypatch.context() as patch:
        patch.setattr(held, "finish_replacement", lambda self, replacement: Counts(held=5))
        keeper.options["delete_percent"] = 0
        keeper.state = {}
        assert keeper.sync().held == 5
    assert keeper.sync().full


@pytest.mark.parametrize("known", [True, False])
def test_an_item_that_larder_refuses_is_passed_over_and_stays_as_it_was(
    keeper: Keeper, files: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    many(files, 12)
    keeper.sync()
    write(files / "005.md", "refuse me", at=LONG_AGO + 1)
    write(files / "006.md", "and take me", at=LONG_AGO + 1)
    if not known:
        keeper.state = {}
    for verb in ("bulk_upsert", "replace_part"):
        monkeypatch.setattr(type(keeper.client), verb, _refusing(getattr(type(keeper.client), verb)))
    synced = keeper.sync()
    assert (synced.full, synced.unread) == (not known, 1)
    assert synced.state["passed_over"]["first"] == {"005.md": "content is not to our liking"}
    documents = keeper.documents()
    assert len(documents) == 12
    assert documents["005.md"].content.endswith("Page number 5")
    assert documents["006.md"].content.endswith("and take me")
    assert keeper.sync().unread == 1


def test_a_document_that_cannot_be_read_any_more_stays_as_it_was(keeper: Keeper, files: Path) -> None:
    many(files, 3)
    keeper.sync()
    (files / "001.md").write_bytes(b"\xff\xfe broken")
    synced = keeper.sync()
    assert (synced.unread, synced.deleted) == (1, 0)
    assert synced.state["passed_over"] == {"count": 1, "first": {"001.md": "it is no UTF-8 text (byte 1)"}}
    keeper.state = {}
    assert keeper.sync().full
    assert keeper.documents()["001.md"].content.endswith("Page number 1")
    write(files / "001.md", "Mended")
    assert keeper.sync().pushed == 1


def test_a_sync_of_which_nothing_can_be_read_fails_and_names_the_first(keeper: Keeper, files: Path) -> None:
    (files / "a.md").write_bytes(b"\xff")
    with pytest.raises(NothingReadable, match=r"Of 1 items none could be read; a.md: it is no UTF-8 text"):
        keeper.sync()


def test_a_document_under_a_new_id_replaces_the_one_under_the_old(keeper: Keeper, files: Path) -> None:
    keeper.options["id"] = "{{ front.id or key }}"
    many(files, 4)
    write(files / "a.md", "---\nid: travel\n---\nFlights")
    keeper.sync()
    write(files / "a.md", "---\nid: journeys\n---\nFlights", at=LONG_AGO + 1)
    keeper.sync()
    assert keeper.ids() == ["000.md", "001.md", "002.md", "003.md", "journeys"]


def test_a_file_that_moves_and_keeps_its_id_keeps_its_document(keeper: Keeper, files: Path) -> None:
    keeper.options["id"] = "{{ front.id or key }}"
    many(files, 4)
    write(files / "a.md", "---\nid: travel\n---\nFlights")
    keeper.sync()
    (files / "a.md").rename(files / "b.md")
    assert keeper.sync().deleted == 0
    assert "travel" in keeper.ids()


def test_two_items_of_one_id_are_told(keeper: Keeper, files: Path) -> None:
    keeper.options["id"] = "{{ front.id or key }}"
    write(files / "a.md", "---\nid: travel\n---\nFlights")
    write(files / "b.md", "---\nid: travel\n---\nTrains")
    told = keeper.sync().state["passed_over"]["first"]
    assert told == {"a.md": "it has the id of b.md, and one of them replaces the other"}


def test_a_document_ends_on_its_date_and_comes_back_with_another(keeper: Keeper, files: Path) -> None:
    keeper.options["expires"] = "{{ front.until }}"
    many(files, 3)
    write(files / "offer.md", "---\nuntil: 2030-05-05\n---\nAn offer")
    keeper.sync()
    assert "offer.md" in keeper.ids()
    keeper.now = NOW + timedelta(days=1)
    assert keeper.sync().deleted == 1
    assert keeper.sync().pushed == 0
    assert "offer.md" not in keeper.ids()
    write(files / "offer.md", "---\nuntil: 2030-06-05\n---\nAn offer", at=LONG_AGO + 1)
    keeper.sync()
    assert "offer.md" in keeper.ids()


def test_an_older_stamp_than_the_stored_one_is_no_reason_to_keep_an_older_text(
    keeper: Keeper, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps = iter([NOW, NOW - timedelta(days=1)])
    monkeypatch.setattr(folder, "read_page", lambda *given: {**read_page(*given), "updated_at": next(stamps)})
    write(files / "a.md", "First")
    keeper.sync()
    write(files / "a.md", "Restored", at=LONG_AGO - 100)
    keeper.sync()
    assert keeper.documents()["a.md"].content.endswith("Restored")


def test_one_process_at_a_time_uses_a_ledger(keeper: Keeper, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "PATIENCE_S", 0.01)
    held = Ledger(keeper.folder / "ledger.sqlite3")
    with pytest.raises(LedgerInUse, match="does another sync of this source run"):
        keeper.sync()
    held.close()


def test_a_sync_that_breaks_off_leaves_what_was_known(keeper: Keeper, files: Path, monkeypatch: Any) -> None:
    many(files, 20)
    keeper.sync()
    write(files / "001.md", "Second", at=LONG_AGO + 1)
    with monkeypatch.context() as patch:
        patch.setattr(type(keeper.client), "bulk_upsert", _raise(Unavailable("Larder could not be reached")))
        with pytest.raises(Unavailable):
            keeper.sync()
    synced = keeper.sync()
    assert (synced.full, synced.pushed) == (False, 1)


def _raise(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def _refusing(verb: Callable[..., Any]) -> Callable[..., Any]:
    def push(self: Any, documents: list[Any], *given: Any, **options: Any) -> Any:
        errors = [
            {"index": at, "id": each.id, "field": "content", "reason": "is not to our liking"}
            for at, each in enumerate(documents)
            if "refuse me" in each.content
        ]
        if errors:
            raise Invalid("1 of them cannot be stored", extra={"errors": errors})
        return verb(self, documents, *given, **options)

    return push
