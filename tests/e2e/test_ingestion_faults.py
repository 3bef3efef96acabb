"""Files survive what happens to the processes that file them: workers, readers and web processes are killed for real.

A trigger holds a file whose title says so where it would leave a stage, inside that stage's transaction, until the
test lets go. Waits of minutes (a lease, a pause before the next attempt) are ended in the database.
"""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest

from tests.e2e.conftest import wait_for
from tests.e2e.stack import Stack, command_of, descendants

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
STAGES = ("extracting", "chunking", "embedding", "indexing")
HOLD = """
CREATE FUNCTION hold_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NEW.title IN ('hold ' || OLD.state, 'hold ' || OLD.state || ' ' || NEW.state) THEN
        PERFORM pg_advisory_xact_lock_shared(4711);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_file BEFORE UPDATE ON ingestion_file FOR EACH ROW EXECUTE FUNCTION hold_file()
"""
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"
NO_WAITS = "UPDATE ingestion_file SET lease_until = NULL, not_before = NULL"
READS_SLOWLY = "<tr><td></td><td></td></tr>" * 40_000
SLOW = f"<p>A page that takes seconds to read, and says no more than this.</p><table>{READS_SLOWLY}</table>"


class Files:
    """What a client and the database say of files."""

    def __init__(self, stack: Stack, database: psycopg.Connection) -> None:
        self.stack, self.database = stack, database

    def submit(self, title: str, content: str, **fields: str) -> str:
        body = {"source_type": "text", "title": title, "content": content, **fields}
        answer = self.stack.admin.post("/api/documents", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    def row(self, file_id: str) -> tuple[Any, ...]:
        """State, attempts, error code, whether its failure may pass."""
        asked = "SELECT state, attempts, error_code, temporary FROM ingestion_file WHERE id = %s"
        found = self.database.execute(asked, [file_id]).fetchone()
        assert found
        return found

    def is_in(self, file_id: str, state: str) -> bool:
        return bool(self.row(file_id)[0] == state)

    def documents(self, file_id: str) -> list[str]:
        """Keys of its documents that live, each as often as it is there."""
        asked = "SELECT key FROM knowledge_document WHERE key LIKE %s AND deleted_at IS NULL ORDER BY id"
        return [key for (key,) in self.database.execute(asked, [f"{file_id}/%"])]

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = self.stack.admin.get("/api/documents/status-counts").json()
        return found

    def wait(self, look: Callable[[], Any]) -> Any:
        return wait_for(look, what=self.told)

    def told(self) -> str:
        """What stands in the database, and the log: for whoever reads why a test failed."""
        rows = self.database.execute("SELECT title, state, attempts, error FROM ingestion_file").fetchall()
        return f"{rows}\n{self.stack.larder.log()}"

    @contextmanager
    def holding(self) -> Iterator[None]:
        with psycopg.connect(self.stack.database_url, autocommit=True) as holder:
            holder.execute("SELECT pg_advisory_lock(4711)")
            yield

    def wait_until_held(self, count: int) -> None:
        self.wait(lambda: self.database.execute(HELD).fetchone() == (count,))

    def end_waits(self) -> None:
        self.database.execute(NO_WAITS)

    def processes(self, word: str) -> list[int]:
        return [pid for pid in descendants(self.stack.larder.process.pid) if word in command_of(pid)]


@pytest.fixture(scope="module")
def files(stack: Stack) -> Iterator[Files]:
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        database.execute(HOLD)
        yield Files(stack, database)


def kill(pids: list[int]) -> None:
    assert pids
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def text_of(number: int) -> str:
    """Too long to share a lease, with a few chunks that no other text has: of equal ones the first is stored."""
    paragraphs = [(f"Note {number}, part {part}. " + "bread and " * 180)[:1_800] for part in range(4)]
    return "".join([*paragraphs, paragraphs[0] * 40])


def test_a_worker_killed_in_every_stage_at_once_loses_and_doubles_nothing(files: Files) -> None:
    before = files.counts()
    with ThreadPoolExecutor(1) as beside, files.holding():
        held = [files.submit(f"hold {stage}", text_of(at)) for at, stage in enumerate(STAGES)]
        unwanted = files.submit("hold embedding", text_of(9))
        files.wait_until_held(5)
        assert [files.row(each)[:2] for each in held] == [(stage, 1) for stage in STAGES]
        deleted = beside.submit(files.stack.admin.delete, f"/api/documents/{unwanted}?reason=in+flight")
        kill([files.stack.process("celery", "worker")])
    files.wait(lambda: deleted.done() and files.is_in(unwanted, "deleted"))
    assert deleted.result().is_success
    files.end_waits()
    files.wait(lambda: all(files.is_in(each, "done") for each in held))
    for each in held:
        assert files.row(each) == ("done", 2, "", False)
        chunks = files.stack.admin.get(f"/api/documents/{each}").json()["chunk_count"]
        assert sorted(files.documents(each)) == sorted(f"{each}/{index}" for index in range(chunks))
        assert chunks > 3
    assert files.documents(unwanted) == []
    after = files.counts()
    assert (after["done"] - before["done"], after["total"] - before["total"]) == (len(held), len(held) + 1)


def test_a_web_process_killed_in_a_deletion_leaves_all_or_nothing(files: Files) -> None:
    kept = files.submit("hold done deleted", text_of(20))
    files.wait(lambda: files.is_in(kept, "done"))
    before = files.documents(kept)
    with ThreadPoolExecutor(1) as beside, files.holding():
        asked = beside.submit(files.stack.admin.delete, f"/api/documents/{kept}?reason=old")
        files.wait_until_held(1)
        kill(files.processes("config.web.serve"))
        with pytest.raises(httpx.TransportError):
            asked.result()
    assert files.row(kept)[0] == "done"
    assert files.documents(kept) == before
    files.wait(lambda: _deleted(files, kept))
    assert (files.row(kept)[0], files.documents(kept)) == ("deleted", [])


def is_extracted(files: Files, file: str, attempt: int) -> bool:
    return files.row(file)[:2] == ("extracting", attempt)


def test_a_killed_reader_is_an_attempt_and_the_third_is_shown_and_can_be_tried_again(files: Files) -> None:
    slow = files.submit("slow page", SLOW, content_type="text/html")
    for attempt in (1, 2, 3):
        files.wait(partial(is_extracted, files, slow, attempt))
        files.wait(lambda: files.processes("ingestion.extract.child"))
        kill(files.processes("ingestion.extract.child"))
        files.wait(lambda: files.row(slow)[2] == "interrupted")
        if attempt < 3:
            files.database.execute("UPDATE ingestion_file SET error_code = '' WHERE id = %s", [slow])
            files.end_waits()
    assert files.row(slow) == ("failed", 3, "interrupted", True)
    shown = files.stack.admin.get(f"/api/documents/{slow}").json()
    assert "broken off from outside" in str(shown)
    assert (files.counts()["failed"], files.counts()["temporary"]) == (1, 1)
    assert files.stack.admin.post(f"/api/documents/{slow}/retry").is_success
    files.wait(lambda: files.is_in(slow, "done"))
    assert files.row(slow) == ("done", 1, "", False)


def _deleted(files: Files, file_id: str) -> bool:
    try:
        return files.stack.admin.delete(f"/api/documents/{file_id}?reason=old").is_success
    except httpx.TransportError:
        return False
