"""A Git repository as a source, from `git daemon` and by http."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from larder_sources.changes import SourceUnavailable
from larder_sources.config import ConfigRefused

from tests.sources.conftest import Keeper
from tests.sources.git_servers import Repository, git, git_daemon, git_over_http

PASSWORD = "s3cret % \\n token"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("repositories")


@pytest.fixture(scope="module")
def address(base: Path) -> Iterator[str]:
    with git_daemon(base) as address:
        yield address


@pytest.fixture
def repository(base: Path, request: pytest.FixtureRequest) -> Repository:
    made = Repository(base / request.node.name.replace("[", "-").replace("]", ""))
    made.commit(travel="# Travel\n\nFlights", docs__leave="---\ntags: [HR]\n---\nLeave", docs__deep__pay="Pay")
    return made


@pytest.fixture
def handbook(tmp_path: Path, address: str, repository: Repository) -> Keeper:
    options = {"kind": "git", "url": f"{address}/{repository.folder.name}"}
    return Keeper(folder=tmp_path, options=options)


def test_each_commit_brings_what_it_changed(handbook: Keeper, repository: Repository) -> None:
    first = handbook.sync()
    unchanged = handbook.sync()
    repository.commit(travel="Trains", docs__leave=None, new="New")
    second = handbook.sync()
    assert (first.full, first.pushed) == (True, 3)
    assert (unchanged.full, unchanged.pushed, unchanged.unchanged) == (False, 0, 0)
    assert (second.full, second.pushed, second.unchanged, second.deleted) == (False, 2, 1, 1)
    assert handbook.ids() == ["docs/deep/pay.md", "new.md", "travel.md"]
    assert handbook.documents()["travel.md"].content.endswith("Trains")


def test_a_history_that_was_forced_is_no_other_than_any(handbook: Keeper, repository: Repository) -> None:
    base = repository.commit(kept="Kept")
    repository.commit(taken_back="Taken back")
    handbook.sync()
    git(repository.folder, "reset", "--quiet", "--hard", base)
    repository.commit(instead="Instead")
    synced = handbook.sync()
    assert (synced.full, synced.pushed, synced.deleted) == (False, 1, 1)
    assert "taken_back.md" not in handbook.ids()


def test_a_branch_a_folder_and_a_link(handbook: Keeper, repository: Repository) -> None:
    git(repository.folder, "checkout", "--quiet", "-b", "next")
    commit = repository.commit(docs__next="Next")
    git(repository.folder, "checkout", "--quiet", "main")
    link = "https://git.example.com/handbook/blob/{{ branch }}/{{ path }}"
    handbook.options |= {"branch": "next", "folder": "docs", "link": link, "metadata": {"commit": "{{ commit }}"}}
    handbook.sync()
    assert handbook.ids() == ["docs/deep/pay.md", "docs/leave.md", "docs/next.md"]
    found = handbook.documents()["docs/next.md"].metadata
    assert found["url"] == "https://git.example.com/handbook/blob/next/docs/next.md"
    assert found["commit"] == commit


def test_links_and_what_is_no_text_stay_out(handbook: Keeper, repository: Repository) -> None:
    (repository.folder / "link.md").symlink_to("/etc/passwd")
    (repository.folder / "raw.md").write_bytes(b"\xff\xfe")
    (repository.folder / "picture.png").write_bytes(b"\x89PNG")
    repository.commit()
    assert handbook.sync().state["passed_over"]["first"] == {"raw.md": "it is no UTF-8 text (byte 1)"}
    assert handbook.ids() == ["docs/deep/pay.md", "docs/leave.md", "travel.md"]


def test_the_copy_may_be_lost_or_broken(handbook: Keeper, repository: Repository) -> None:
    handbook.sync()
    (handbook.folder / "state" / "handbook" / "git" / "HEAD").write_text("nonsense")
    repository.commit(new="New")
    synced = handbook.sync()
    assert (synced.full, synced.pushed) == (False, 1)


def test_a_branch_that_is_not_there_is_told_with_the_nearest(handbook: Keeper) -> None:
    handbook.options["branch"] = "mein"
    with pytest.raises(SourceUnavailable, match=r"there is no branch 'mein'; did you mean 'main'\?"):
        handbook.configured().source.check()


def test_a_repository_that_is_away_deletes_nothing(handbook: Keeper, repository: Repository) -> None:
    handbook.sync()
    repository.folder.rename(repository.folder.parent / "elsewhere")
    with pytest.raises(SourceUnavailable):
        handbook.sync()
    assert len(handbook.ids()) == 3


def test_check_says_how_many_files_there_are(handbook: Keeper, repository: Repository) -> None:
    commit = git(repository.folder, "rev-parse", "HEAD")
    assert handbook.configured().source.check() == f"3 files in commit {commit[:12]} of the default branch"


def test_a_password_is_sent_and_stands_nowhere_else(
    tmp_path: Path, base: Path, repository: Repository, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with git_over_http(base, username="ann", password=PASSWORD) as address:
        options = {"kind": "git", "url": f"{address}/{repository.folder.name}/.git", "username": "ann"}
        keeper = Keeper(folder=tmp_path, options=options | {"password": "${TOKEN}"}, environment={"TOKEN": PASSWORD})
        assert keeper.sync().pushed == 3
        wrong = Keeper(folder=tmp_path, options=keeper.options, environment={"TOKEN": "wrong-token"})
        with pytest.raises(SourceUnavailable) as refused:
            wrong.sync()
    assert "wrong-token" not in str(refused.value)
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in data or b"wrong-token" in data for data in written)
    assert PASSWORD not in caplog.text


def test_a_credential_of_the_machine_is_not_used(tmp_path: Path, base: Path, repository: Repository) -> None:
    with git_over_http(base, username="ann", password=PASSWORD) as address:
        keeper = Keeper(folder=tmp_path, options={"kind": "git", "url": f"{address}/{repository.folder.name}/.git"})
        with pytest.raises(SourceUnavailable, match=r"Authentication failed|could not read"):
            keeper.sync()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"url": "https://ann:secret@git.example.com/a"}, "it holds a name or a password; put them into `username`"),
        ({"url": "https://secret@git.example.com/a"}, "it holds a name or a password; put them into `username`"),
        ({"url": ""}, "url: String should have at least 1 character"),
        ({"url": "/srv/a", "folder": "../.."}, "folder: it leads out of the repository"),
        ({"url": "ext::sh -c id"}, "it is no address of a repository"),
        ({"url": "--upload-pack=id"}, "it is no address of a repository"),
        ({"url": "/srv/a", "branch": "-x"}, "'-x' is no name of a branch"),
    ],
)
def test_what_would_have_git_run_something_is_refused(tmp_path: Path, options: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigRefused, match=told) as refused:
        Keeper(folder=tmp_path, options={"kind": "git", **options}).configured()
    assert "secret" not in str(refused.value)


def test_git_that_is_not_there_is_told(handbook: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/none")
    with pytest.raises(SourceUnavailable, match="The program git is not there; install it"):
        handbook.configured().source.check()
