"""Ready-made sources as processes of their own, called by a real Larder."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from tests import ROOT
from tests.e2e.conftest import Larder, free_port, wait_for
from tests.e2e.test_incremental import is_healthy
from tests.sources.git_servers import Repository, git_daemon
from tests.sources.web_server import web_site

SECRET = "shared with the sources"
COMMAND = (sys.executable, "-m", "larder_sources.cli")
PROVIDERS = "/api/v1/plugins/context_provider"

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_a_folder_is_synced_from_run_to_run(larder: Larder, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(12):
        (files / f"{number}.md").write_text(f"# Rule {number}\n\nFlights are booked {number} weeks in advance.")
    os.utime(files / "3.md", (1_700_000_000, 1_700_000_000))
    with served(larder, tmp_path, "rules", kind="folder", path=str(files), tags=["rules"], ttl="1d") as source:
        first = source.sync()
        (files / "2.md").unlink()
        (files / "12.md").write_text("---\ntags: [Fin Ance]\n---\nTrains are booked by anybody.")
        second = source.sync()
    assert (first["state"], first["mode"], first["created"]) == ("succeeded", "full_refresh", 12)
    assert (second["state"], second["mode"], second["created"], second["deleted"]) == ("succeeded", "incremental", 1, 1)
    documents = {each["id"]: each for each in source.documents()}
    assert sorted(documents) == sorted(f"{number}.md" for number in range(13) if number != 2)
    assert sorted(documents["12.md"]["tags"]) == ["fin_ance", "rules"]
    assert documents["3.md"]["expires_at"]


def test_a_source_that_empties_is_held_until_it_is_back(larder: Larder, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(12):
        (files / f"{number}.md").write_text(f"Rule {number}")
    with served(larder, tmp_path, "emptied", kind="folder", path=str(files)) as source:
        source.sync()
        elsewhere = files.rename(tmp_path / "elsewhere")
        files.mkdir()
        emptied = source.sync()
        files.rmdir()
        elsewhere.rename(files)
        back = source.sync()
    assert (emptied["state"], emptied["deleted"], emptied["held"]) == ("succeeded", 0, 12)
    assert (back["mode"], back["unchanged"], back["deleted"]) == ("full_refresh", 12, 0)
    assert len(source.documents()) == 12


def test_a_repository_is_synced_from_commit_to_commit(larder: Larder, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repositories" / "handbook")
    repository.commit(**{f"rule_{number}": f"# Rule {number}\n\nIt is so." for number in range(12)})
    with git_daemon(tmp_path / "repositories") as address:
        options = {"kind": "git", "url": f"{address}/handbook", "link": "https://git.example.com/{{ path }}"}
        with served(larder, tmp_path, "repository", **options) as source:
            first = source.sync()
            repository.commit(rule_1=None, rule_2="# Rule 2\n\nIt is otherwise.")
            second = source.sync()
            third = source.sync()
    assert (first["mode"], first["created"]) == ("full_refresh", 12)
    assert (second["mode"], second["updated"], second["deleted"]) == ("incremental", 1, 1)
    assert (third["mode"], third["upserted"]) == ("incremental", 0)
    assert {each["metadata"]["url"] for each in source.documents()} >= {"https://git.example.com/rule_2.md"}


def test_a_table_is_synced_by_its_stamps(larder: Larder, tmp_path: Path) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute(
            "CREATE TABLE e2e_tickets (id int PRIMARY KEY, subject text, changed timestamptz DEFAULT now())"
        )
        try:
            database.execute("INSERT INTO e2e_tickets SELECT n, 'Ticket ' || n FROM generate_series(1, 1200) n")
            options = {
                "url": os.environ["DATABASE_URL"],
                "query": "SELECT * FROM e2e_tickets",
                "updated_column": "changed",
            }
            with served(
                larder, tmp_path, "tickets", kind="sql", key="id", content="{{ subject }}", **options
            ) as source:
                first = source.sync()
                database.execute("UPDATE e2e_tickets SET subject = 'Solved', changed = now() WHERE id = 7")
                database.execute("DELETE FROM e2e_tickets WHERE id = 8")
                second = source.sync()
        finally:
            database.execute("DROP TABLE e2e_tickets")
    assert (first["mode"], first["created"]) == ("full_refresh", 1200)
    assert (second["mode"], second["updated"], second["upserted"], second["deleted"]) == ("incremental", 1, 1, 1)


def test_a_site_and_a_feed_are_synced(larder: Larder, tmp_path: Path) -> None:
    with web_site() as site:
        site.sitemap(**{f"page-{number}": "2024-05-04" for number in range(12)})
        for number in range(12):
            site.page(
                f"/page-{number}", f"Page {number} tells how flights are booked two weeks in advance by travellers."
            )
        site.file(
            "/feed",
            "<rss version='2.0'><channel><item><link>http://a/1</link><title>One</title></item></channel></rss>",
        )
        with served(larder, tmp_path, "site", kind="site", url=site.url, delay_ms=0) as pages:
            first = pages.sync()
            site.sitemap(**{f"page-{number}": "2024-05-04" for number in range(11)})
            second = pages.sync()
        with served(larder, tmp_path, "feed", kind="feed", url=f"{site.url}/feed") as feed:
            read = [feed.sync(), feed.sync()]
    assert (first["created"], second["deleted"], second["upserted"]) == (12, 1, 0)
    assert [(run["mode"], run["upserted"]) for run in read] == [("full_refresh", 1), ("incremental", 0)]


def test_a_source_is_synced_once_without_a_provider(larder: Larder, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    for number in range(12):
        (files / f"{number}.md").write_text(f"Rule {number}")
        os.utime(files / f"{number}.md", (1_700_000_000, 1_700_000_000))
    write_config(tmp_path, "once", kind="folder", path=str(files))
    environment = environment_of(larder, tmp_path, "once")

    def sync() -> str:
        done = subprocess.run(
            [*COMMAND, "once", "sources.yaml", "--once"], env=environment, cwd=tmp_path, capture_output=True
        )
        assert done.returncode == 0, done.stderr
        return done.stderr.decode().splitlines()[-1]

    assert sync() == "once: everything: 12 pushed, 0 unchanged, 0 deleted"
    (files / "3.md").unlink()
    assert sync() == "once: changes: 0 pushed, 11 unchanged, 1 deleted"
    admin = larder.client(larder.create_key("admin of once", role="admin"))
    assert len(admin.get("/api/v1/knowledge/documents", params={"source": "once"}).json()["documents"]) == 11


class Served:
    """A source that is served and registered."""

    def __init__(self, larder: Larder, name: str, port: int) -> None:
        self.name, self._larder = name, larder
        self._admin = larder.client(larder.create_key(f"admin of {name}", role="admin"))
        provider = {"id": name, "url": f"http://127.0.0.1:{port}", "secret": SECRET}
        assert self._admin.post(PROVIDERS, json=provider).status_code == 201

    def sync(self) -> dict[str, Any]:
        """One run, to its end."""
        begun = self._admin.post(f"{PROVIDERS}/{self.name}/sync").json()["id"]

        def ended() -> Any:
            run = self._admin.get(f"{PROVIDERS}/{self.name}/runs/{begun}").json()
            return run if run["state"] not in ("queued", "running") else None

        found: dict[str, Any] = wait_for(ended, within_s=60, what=self._larder.log)
        return found

    def documents(self) -> list[dict[str, Any]]:
        found = self._admin.get("/api/v1/knowledge/documents", params={"source": self.name, "limit": 500})
        documents: list[dict[str, Any]] = found.json()["documents"]
        return documents


def write_config(folder: Path, name: str, **options: Any) -> None:
    (folder / "sources.yaml").write_text(yaml.safe_dump({"sources": {name: options}}))


def environment_of(larder: Larder, folder: Path, name: str) -> dict[str, str]:
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, (f"{ROOT}/sdk:{ROOT}/sources", os.environ.get("PYTHONPATH")))),
        "LARDER_URL": larder.url,
        "LARDER_KEY": larder.create_key(name, role="provider", source=name),
        "LARDER_PROVIDER_SECRET": SECRET,
        "LARDER_SOURCES_DIR": str(folder / "state"),
    }


@contextmanager
def served(larder: Larder, folder: Path, name: str, **options: Any) -> Iterator[Served]:
    write_config(folder, name, **options)
    port = free_port()
    command = [*COMMAND, name, "sources.yaml", "--port", str(port)]
    process = subprocess.Popen(command, env=environment_of(larder, folder, name), cwd=folder)
    try:
        wait_for(lambda: is_healthy(f"http://127.0.0.1:{port}"), within_s=30)
        yield Served(larder, name, port)
    finally:
        process.terminate()
        assert process.wait(timeout=20) == 0
