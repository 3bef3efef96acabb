"""The registry of file kinds: what each says of itself, and that nothing else has to name it."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from core.registry import Misregistered
from ingestion import kinds
from ingestion.kinds import KINDS, Kind, kinds_by_media_type, kinds_by_suffix, kinds_in_order, readable_kinds
from tests import REFERENCE, ROOT


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    for cached in (kinds_in_order, kinds_by_suffix, kinds_by_media_type):
        cached.cache_clear()


@pytest.mark.parametrize("kind", kinds_in_order(), ids=lambda kind: kind.name)
def test_every_kind_stands_in_the_documentation(kind: Kind) -> None:
    page = (REFERENCE / "files.md").read_text()
    assert [suffix for suffix in kind.suffixes if f"`{suffix}`" not in page] == []


def test_lists_for_people_are_made_of_the_kinds() -> None:
    told = readable_kinds().split(", ")
    shipped = ["PDF", "Office", "HTML", "Markdown", "CSV", "JSON", "mail", "text"]
    assert [title for title in told if title in shipped] == shipped
    assert len(told) == len(set(told))


def test_an_unknown_kind_is_told_the_nearest() -> None:
    assert KINDS.missing("docs").startswith("There is no kind of file 'docs'. Did you mean docx? There are: csv, ")


@pytest.mark.parametrize(
    ("changed", "table", "claimed"),
    [
        ({"suffixes": (".pdf",)}, kinds_by_suffix, r"\.pdf"),
        ({"media_type": "text/json"}, kinds_by_media_type, "text/json"),
    ],
)
def test_two_kinds_that_want_the_same_are_refused(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], table: Any, claimed: str
) -> None:
    own = {"name": "twin", "suffixes": (".twin",), "media_type": "text/x-twin", "more_media_types": ()}
    twin = replace(KINDS["text"], **{**own, **changed})
    monkeypatch.setattr(kinds, "KINDS", {**KINDS, "twin": twin})
    kinds_in_order.cache_clear()
    table.cache_clear()
    with pytest.raises(Misregistered, match=rf"twin\.py and \w+\.py both claim {claimed}"):
        table()


def test_recognising_imports_no_reader() -> None:
    read = "import sys; from ingestion import kinds; kinds.recognise(b'<html>', kinds.DeclaredType(name='a.md'));"
    told = subprocess.run(
        [sys.executable, "-c", f"{read} print([name for name in sys.modules if '.readers' in name or name == 'lxml'])"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    assert told.stdout.strip() == "[]"
