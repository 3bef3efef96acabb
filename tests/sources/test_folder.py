"""A folder as a source."""

import os
from pathlib import Path

import pytest
from larder_sources.changes import SourceUnavailable
from larder_sources.globs import Globs
from larder_sources.syncing import NothingReadable

from tests.sources.conftest import Keeper
from tests.sources.test_syncing import LONG_AGO, many, write


def test_front_matter_becomes_title_tags_and_metadata(keeper: Keeper, files: Path) -> None:
    keeper.options["tags"] = ["handbook", "area:{{ folder | tag }}"]
    keeper.options["link"] = "https://wiki.example.com/{{ path }}"
    front = "title: Travel\ntags: [HR, Q3 2024]\nowner: Ann\nsince: 2024-05-04\n"
    write(files / "rules" / "travel.md", f"---\n{front}---\nFlights are booked early.\n")
    keeper.sync()
    found = keeper.documents()["rules/travel.md"]
    assert found.content == "Travel\n\nFlights are booked early.\n"
    assert found.tags == ["hr", "q3_2024", "handbook", "area:rules"]
    assert found.metadata == {
        "title": "Travel",
        "owner": "Ann",
        "since": "2024-05-04",
        "path": "rules/travel.md",
        "url": "https://wiki.example.com/rules/travel.md",
    }


def test_a_heading_is_the_title_and_does_not_stand_twice(keeper: Keeper, files: Path) -> None:
    write(files / "a.md", "# Travel #\n\nFlights")
    keeper.sync()
    found = keeper.documents()["a.md"]
    assert (found.metadata["title"], found.content) == ("Travel", "# Travel #\n\nFlights")


@pytest.mark.parametrize("text", ["---\nno: [yaml\n---\nText", "---\n- a list\n---\n", "---\nwithout an end"])
def test_what_only_looks_like_front_matter_is_told_or_is_text(keeper: Keeper, files: Path, text: str) -> None:
    write(files / "good.md", "Good")
    write(files / "a.md", text)
    told = keeper.sync().state.get("passed_over")
    assert told == ({"count": 1, "first": {"a.md": "its front matter is no YAML (line 3)"}} if "yaml" in text else None)


def test_only_what_the_globs_fit_comes(keeper: Keeper, files: Path) -> None:
    for name in ("a.md", "b.txt", "c.png", "drafts/d.md", "deep/er/e.md"):
        write(files / name, f"File {name}")
    keeper.options["exclude"] = ["drafts/**"]
    keeper.sync()
    assert keeper.ids() == ["a.md", "b.txt", "deep/er/e.md"]


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        ("**/*.md", "a.md", True),
        ("**/*.md", "a/b/c.md", True),
        ("*.md", "a/b.md", False),
        ("docs/**", "docs/a/b.md", True),
        ("docs/**", "docs.md", False),
        ("a?.md", "ab.md", True),
        ("a?.md", "a/.md", False),
        ("a+b.md", "a+b.md", True),
    ],
)
def test_globs(glob: str, path: str, fits: bool) -> None:
    assert Globs([glob], []).fit(path) is fits


def test_links_out_of_the_folder_are_not_followed(keeper: Keeper, files: Path) -> None:
    write(files.parent / "outside" / "secret.md", "Secret")
    write(files / "a.md", "Inside")
    (files / "out.md").symlink_to(files.parent / "outside" / "secret.md")
    (files / "in.md").symlink_to(files / "a.md")
    (files / "out").symlink_to(files.parent / "outside")
    (files / "round").symlink_to(files)
    keeper.sync()
    assert keeper.ids() == ["a.md", "in.md"]


def test_a_file_that_moved_has_another_document(keeper: Keeper, files: Path) -> None:
    many(files, 12)
    keeper.sync()
    (files / "below").mkdir()
    (files / "003.md").rename(files / "below" / "003.md")
    synced = keeper.sync()
    assert (synced.pushed, synced.deleted) == (1, 1)
    assert "below/003.md" in keeper.ids()


def test_a_file_that_was_written_a_moment_ago_is_read_once_more(keeper: Keeper, files: Path) -> None:
    (files / "a.md").write_text("First")
    keeper.sync()
    stat = (files / "a.md").stat()
    (files / "a.md").write_text("Other")
    os.utime(files / "a.md", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    keeper.sync()
    assert keeper.documents()["a.md"].content.endswith("Other")


def test_a_folder_that_is_away_deletes_nothing(keeper: Keeper, files: Path) -> None:
    many(files, 3)
    keeper.sync()
    files.rename(files.parent / "elsewhere")
    with pytest.raises(SourceUnavailable, match="There is no folder"):
        keeper.sync()
    assert len(keeper.ids()) == 3


def test_a_folder_that_may_not_be_read_is_named_and_deletes_nothing(
    keeper: Keeper, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(files / "below", 3)
    write(files / "a.md", "Readable")
    keeper.sync()
    scandir = os.scandir

    def denied(path: Path) -> object:  # as for anybody but root
        if Path(path).name == "below":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    synced = keeper.sync()
    assert synced.state["passed_over"]["first"] == {"below": "Permission denied"}
    assert len(keeper.ids()) == 4


def test_a_file_that_is_too_large_is_named(keeper: Keeper, files: Path) -> None:
    keeper.options["max_bytes"] = 10
    write(files / "a.md", "Small")
    write(files / "b.md", "Much too large for that")
    assert keeper.sync().state["passed_over"]["first"] == {"b.md": "it has 23 bytes, more than max_bytes"}


def test_check_says_how_many_files_there_are(keeper: Keeper, files: Path) -> None:
    many(files, 3)
    assert keeper.configured().source.check() == f"3 files in {files}"


def test_a_name_that_is_no_utf_8_is_told(keeper: Keeper, files: Path) -> None:
    write(files / "a.md", "Good")
    Path(os.fsdecode(os.fsencode(str(files)) + b"/\xff.md")).write_text("Its name is no text")
    os.utime(os.fsdecode(os.fsencode(str(files)) + b"/\xff.md"), (LONG_AGO, LONG_AGO))
    assert keeper.sync().state["passed_over"]["first"] == {"\\udcff.md": "its name is no UTF-8"}
    assert keeper.ids() == ["a.md"]


@pytest.mark.parametrize(
    "front",
    [
        "a: &a [*a]",
        "a: " + "[" * 500 + "]" * 500,
        "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8]\n"
        + "\n".join(f"a{at + 1}: &a{at + 1} [{', '.join([f'*a{at}'] * 8)}]" for at in range(8)),
    ],
    ids=["within itself", "deep", "many"],
)
def test_front_matter_without_an_end_stops_no_other_file(keeper: Keeper, files: Path, front: str) -> None:
    write(files / "good.md", "Good")
    write(files / "a.md", f"---\n{front}\n---\nText")
    told = keeper.sync().state["passed_over"]["first"]
    assert told == {"a.md": "its front matter is too large or too deep, or stands within itself"}
    assert keeper.ids() == ["good.md"]


def test_a_link_to_itself_stops_no_other_file(keeper: Keeper, files: Path) -> None:
    write(files / "good.md", "Good")
    (files / "self.md").symlink_to("self.md")
    assert keeper.sync().state["passed_over"]["first"] == {"self.md": "Too many levels of symbolic links"}
    assert keeper.ids() == ["good.md"]


def test_a_template_that_calls_itself_is_told(keeper: Keeper, files: Path) -> None:
    write(files / "a.md", "Text")
    keeper.options["metadata"] = {"a": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}"}
    with pytest.raises(NothingReadable, match="cannot be filled: maximum recursion depth"):
        keeper.sync()
