"""Files survive what happens to the processes that file them: workers, readers and web processes are killed for real.

A trigger holds a filing whose title says so where it would leave a stage, inside that stage's transaction, until the
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

from tests.e2e.conftest import stop, wait_for
from tests.e2e.stack import Stack, command_of, descendants

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
STAGES = ("extracting", "chunking", "embedding", "indexing")
HOLD = """
CREATE FUNCTION hold_filing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> OLD.state AND NEW.title IN ('hold ' || OLD.state, 'hold ' || OLD.state || ' ' || NEW.state) THEN
        PERFORM pg_advisory_xact_lock_shared(4711);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER hold_filing BEFORE UPDATE ON ingestion_filing FOR EACH ROW EXECUTE FUNCTION hold_filing()
"""
HELD = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"
NO_WAITS = "UPDATE ingestion_filing SET lease_until = NULL, not_before = NULL"
SLOW = f"<p>A page that takes seconds to read.</p><table>{'<tr><td>a</td><td>b</td></tr>' * 40_000}</table>"


class Filings:
    """What a client and the database say of filings."""

    def __init__(self, stack: Stack, database: psycopg.Connection) -> None:
        self.stack, self.database = stack, database

    def hand_in(self, title: str, content: str, **fields: str) -> str:
        body = {"source_type": "text", "title": title, "content": content, **fields}
        answer = self.stack.admin.post("/api/documents", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])

    def row(self, filing_id: str) -> tuple[Any, ...]:
        """State, attempts, error code, whether its failure may pass."""
        asked = "SELECT state, attempts, error_code, temporary FROM ingestion_filing WHERE id = %s"
        found = self.database.execute(asked, [filing_id]).fetchone()
        assert found
        return found

    def is_in(self, filing_id: str, state: str) -> bool:
        return bool(self.row(filing_id)[0] == state)

    def documents(self, filing_id: str) -> list[str]:
        """Keys of its documents that live, each as often as it is there."""
        asked = "SELECT key FROM knowledge_document WHERE key LIKE %s AND deleted_at IS NULL ORDER BY id"
        return [key for (key,) in self.database.execute(asked, [f"{filing_id}/%"])]

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = self.stack.admin.get("/api/documents/status-counts").json()
        return found

    def wait(self, look: Callable[[], Any], *, within_s: float = 30) -> Any:
        return wait_for(look, within_s=within_s, what=self.told)

    def told(self) -> str:
        """What stands in the database, and the log: for whoever reads why a test failed."""
        rows = self.database.execute("SELECT title, state, attempts, error FROM ingestion_filing").fetchall()
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
def filings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filings]:
    stack = Stack(tmp_path_factory.mktemp("filing"), MAX_CONCURRENT_FILINGS="8", CHUNK_CHARS="2000")
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        database.execute(HOLD)
        yield Filings(stack, database)
    assert stop(stack.larder) == 0, stack.larder.log()
    stack.redis.down()
    stack.postgres.down()


def kill(pids: list[int]) -> None:
    assert pids
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def text_of(number: int) -> str:
    """Too long to share a claim, with a few chunks that no other text has: of equal ones the first is filed."""
    paragraphs = [(f"Note {number}, part {part}. " + "bread and " * 180)[:1_800] for part in range(4)]
    return "".join([*paragraphs, paragraphs[0] * 40])


def test_a_worker_killed_in_every_stage_at_once_loses_and_doubles_nothing(filings: Filings) -> None:
    with ThreadPoolExecutor(1) as beside, filings.holding():
        held = [filings.hand_in(f"hold {stage}", text_of(at)) for at, stage in enumerate(STAGES)]
        unwanted = filings.hand_in("hold embedding", text_of(9))
        filings.wait_until_held(5)
        assert [filings.row(each)[:2] for each in held] == [(stage, 1) for stage in STAGES]
        taken_back = beside.submit(filings.stack.admin.delete, f"/api/documents/{unwanted}?reason=in+flight")
        kill([filings.stack.process("celery", "worker")])
    filings.wait(lambda: taken_back.done() and filings.is_in(unwanted, "deleted"))
    assert taken_back.result().is_success
    filings.end_waits()
    filings.wait(lambda: all(filings.is_in(each, "done") for each in held))
    for each in held:
        assert filings.row(each) == ("done", 2, "", False)
        chunks = filings.stack.admin.get(f"/api/documents/{each}").json()["chunk_count"]
        assert sorted(filings.documents(each)) == sorted(f"{each}/{index}" for index in range(chunks))
        assert chunks > 3
    assert filings.documents(unwanted) == []
    assert filings.counts()["done"] == filings.counts()["total"] - 1 == len(held)


def test_a_web_process_killed_in_a_deletion_leaves_all_or_nothing(filings: Filings) -> None:
    kept = filings.hand_in("hold done deleted", text_of(20))
    filings.wait(lambda: filings.is_in(kept, "done"))
    before = filings.documents(kept)
    with ThreadPoolExecutor(1) as beside, filings.holding():
        asked = beside.submit(filings.stack.admin.delete, f"/api/documents/{kept}?reason=old")
        filings.wait_until_held(1)
        kill(filings.processes("config.web.wsgi"))
        with pytest.raises(httpx.TransportError):
            asked.result()
    assert filings.row(kept)[0] == "done"
    assert filings.documents(kept) == before
    filings.wait(lambda: _deleted(filings, kept))
    assert (filings.row(kept)[0], filings.documents(kept)) == ("deleted", [])


def is_extracted(filings: Filings, filing: str, attempt: int) -> bool:
    return filings.row(filing)[:2] == ("extracting", attempt)


def test_a_killed_reader_is_an_attempt_and_the_third_is_shown_and_can_be_tried_again(filings: Filings) -> None:
    slow = filings.hand_in("slow page", SLOW, content_type="text/html")
    for attempt in (1, 2, 3):
        filings.wait(partial(is_extracted, filings, slow, attempt))
        filings.wait(lambda: filings.processes("ingestion.extract.child"))
        kill(filings.processes("ingestion.extract.child"))
        filings.wait(lambda: filings.row(slow)[2] == "interrupted")
        if attempt < 3:
            filings.database.execute("UPDATE ingestion_filing SET error_code = '' WHERE id = %s", [slow])
            filings.end_waits()
    assert filings.row(slow) == ("failed", 3, "interrupted", True)
    shown = filings.stack.admin.get(f"/api/documents/{slow}").json()
    assert "broken off from outside" in str(shown)
    assert (filings.counts()["failed"], filings.counts()["temporary"]) == (1, 1)
    assert filings.stack.admin.post(f"/api/documents/{slow}/retry").is_success
    filings.wait(lambda: filings.is_in(slow, "done"))
    assert filings.row(slow) == ("done", 1, "", False)


def _deleted(filings: Filings, filing_id: str) -> bool:
    try:
        return filings.stack.admin.delete(f"/api/documents/{filing_id}?reason=old").is_success
    except httpx.TransportError:
        return False
