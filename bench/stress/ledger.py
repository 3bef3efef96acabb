"""Is whatever Larder acknowledged still there, once, after its processes were killed and stopped for minutes?

    .venv/bin/python -m bench.stress.ledger [minutes]      # 4 unless said otherwise, and at most 6 more

All of `manage.py up` on a data directory of its own. Sources push new documents and change their latest, sending again
until they are acknowledged; texts are uploaded and syncs asked for. Web, worker, beat, Redis and PostgreSQL are killed,
or stopped for some seconds, at random. Then nothing is disturbed any more, and everything that was acknowledged is
counted. Exit code 1 where something is lost, doubled, unfinished, was answered 500, or where a rule of runs is broken.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.scheduler.stacks import Stack, stack
from bench.temperaments import Cast
from config.stack_record import read_stack

KNOWLEDGE = "/api/v1/knowledge"
SOURCES, BATCH = 4, 20
WEB = "config.web.serve"
HARMED = (WEB, "worker", "worker", "beat", "redis", "postgres")
BETWEEN_HARMS_S, STOPPED_S = (3.0, 12.0), (2.0, 15.0)
QUIET_S = 360.0
"""A file whose worker was killed is taken up again after its lease of five minutes."""

UNFINISHED = """
SELECT (SELECT count(*) FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id
        WHERE p.vector IS NULL AND d.deleted_at IS NULL),
    (SELECT count(*) FROM ingestion_file WHERE state NOT IN ('done', 'deleted')),
    (SELECT count(*) FROM providers_syncrun WHERE state IN ('queued', 'running'))
"""
LIVE = "SELECT source || '/' || key, content FROM knowledge_document WHERE deleted_at IS NULL AND key LIKE 'entry:%'"
DOUBLED = """
SELECT count(*) FROM (
    SELECT source, key FROM knowledge_change WHERE kind = 'created' AND key LIKE 'entry:%' GROUP BY source, key
    HAVING count(*) > 1
    UNION ALL
    SELECT d.source, d.key FROM knowledge_document d JOIN knowledge_passage p ON p.document_id = d.id
    WHERE d.key LIKE 'entry:%' GROUP BY d.source, d.key, p.model_id, p.ordinal HAVING count(*) > 1
) AS twice
"""
DONE_FILES = "SELECT id::text FROM ingestion_file WHERE state = 'done'"
RUNS = "SELECT id::text FROM providers_syncrun"


@dataclass
class Ledger:
    """What was acknowledged: texts by source and id, files, runs; and how requests were answered."""

    stack: Stack
    texts: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    harms: Counter[str] = field(default_factory=Counter)
    ended: threading.Event = field(default_factory=threading.Event)

    def insist(self, client: httpx.Client, path: str, body: Any) -> httpx.Response | None:
        """The answer that acknowledges it, however often it has to be sent; None where all ends before."""
        while True:
            with suppress(httpx.TransportError):
                answer = client.post(path, json=body)
                self.answers[f"{path.rpartition('/')[2]} {answer.status_code}"] += 1
                if answer.is_success or answer.status_code == 409:
                    return answer
            if self.ended.wait(0.5):
                return None

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.stack.key}"}
        return httpx.Client(base_url=self.stack.web_url, headers=headers, timeout=30, trust_env=False)

    def push(self, source: str) -> None:
        with self.client() as client:
            number = 0
            while not self.ended.is_set():
                ids = [f"entry:{number - BATCH // 4 + index}" for index in range(BATCH)]  # a quarter are changed ones
                number += BATCH - BATCH // 4
                texts = {each: f"Entry {each} of {source}, written {time.time_ns()}." for each in ids}
                stamp = datetime.now(UTC).isoformat()  # a request that a stopped process answers late changes nothing
                documents = [
                    {"id": each, "source": source, "content": text, "updated_at": stamp} for each, text in texts.items()
                ]
                if self.insist(client, f"{KNOWLEDGE}/bulk-upsert", {"documents": documents}):
                    self.texts |= {f"{source}/{each}": text for each, text in texts.items()}
                self.ended.wait(0.1)

    def upload(self) -> None:
        with self.client() as client:
            while not self.ended.wait(1):
                body = {"source_type": "text", "title": "note", "content": f"A note of {time.time_ns()}."}
                if answer := self.insist(client, "/api/documents", body):
                    self.files.append(answer.json()["id"])

    def sync(self, providers: list[str]) -> None:
        with self.client() as client:
            while not self.ended.wait(1):
                path = f"/api/v1/plugins/context_provider/{random.choice(providers)}/sync"
                answer = self.insist(client, path, None)
                if answer and answer.is_success:
                    self.runs.append(answer.json()["id"])

    def harm(self) -> None:
        """One process after the other: killed, or stopped for a while."""
        while not self.ended.wait(random.uniform(*BETWEEN_HARMS_S)):
            name = random.choice(HARMED)
            if pid := self.stack.process(name):
                with suppress(ProcessLookupError, FileNotFoundError):
                    self._harm(name, _one_of(pid) if name == WEB else pid)

    def _harm(self, name: str, pid: int) -> None:
        if random.random() < 0.5:
            os.kill(pid, signal.SIGKILL)
            self.harms[f"{name} killed"] += 1
            return
        os.kill(pid, signal.SIGSTOP)
        self.harms[f"{name} stopped"] += 1
        self.ended.wait(random.uniform(*STOPPED_S))
        os.kill(pid, signal.SIGCONT)


def _one_of(pid: int) -> int:
    """This process of the web server, or one of those that work for it."""
    return int(random.choice([str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", type=float, nargs="?", default=4)
    minutes = parser.parse_args().minutes
    with tempfile.TemporaryDirectory(prefix="larder-ledger-") as directory, stack(None, Path(directory)) as running:
        ledger = keep(running, seconds=minutes * 60)
        faults = judge(ledger)
        log = (Path(directory) / "up.log").read_text(errors="replace")
        print(f"{log.count('Traceback')} tracebacks in the log", flush=True)
        if faults or "Traceback" in log:
            Path("ledger.log").write_text(log)
    for fault in faults:
        print(f"FAULT: {fault}", flush=True)
    sys.exit(1 if faults else 0)


def keep(running: Stack, *, seconds: float) -> Ledger:
    cast, ledger = Cast(running.web_url), Ledger(running)
    providers = [cast.register("fast", number) for number in range(3)]
    work: list[Callable[[], None]] = [ledger.harm, ledger.upload, lambda: ledger.sync(providers)]
    work += [lambda source=f"ledger-{number}": ledger.push(source) for number in range(SOURCES)]  # type: ignore[misc]
    threads = [threading.Thread(target=each, daemon=True) for each in work]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    ledger.ended.set()
    for thread in threads:
        thread.join(90)
    print(f"{dict(sorted(ledger.harms.items()))}; answers {dict(sorted(ledger.answers.items()))}", flush=True)
    return ledger


def judge(ledger: Ledger) -> list[str]:
    """Sentences about what was found wrong."""
    ask = partial(_ask, ledger.stack)
    left = _wait_until_quiet(ask)
    live = dict(ask(LIVE))
    lost = [each for each in ledger.texts if each not in live]
    old = [each for each, text in ledger.texts.items() if each in live and live[each] != text]
    doubled = ask(DOUBLED)[0][0]
    files = set(ledger.files) - {file for (file,) in ask(DONE_FILES)}
    runs = set(ledger.runs) - {run for (run,) in ask(RUNS)}
    said = f"{len(ledger.texts):,} documents acknowledged: {len(lost)} lost, {len(old)} older than acknowledged"
    said += f", {doubled} doubled; {len(ledger.files)} files: {len(files)} lost or unfinished"
    print(f"{said}; {len(ledger.runs)} runs: {len(runs)} lost; unfinished at the end {left}", flush=True)
    audit = ledger.stack.manage("audit_runs")
    print(audit.stdout.strip() or audit.stderr.strip()[-2_000], flush=True)
    faults = [said] if lost or old or doubled or files or runs else []
    faults += [f"unfinished: {left} passages, files, runs"] if any(left) else []
    faults += [f"audit_runs ended with {audit.returncode}"] if audit.returncode else []
    return faults + [f"answered {each}" for each in ledger.answers if each.endswith(" 500")]


def _wait_until_quiet(ask: Callable[[str], list[tuple[Any, ...]]]) -> tuple[int, ...]:
    """How many passages, files and runs are unfinished once nothing is, or after `QUIET_S`."""
    ends_at = time.monotonic() + QUIET_S
    left: tuple[int, ...] = (-1,)
    while any(left) and time.monotonic() < ends_at:
        time.sleep(1)
        with suppress(psycopg.OperationalError):  # it may be on its way back
            left = ask(UNFINISHED)[0]
    return left


def _ask(stack: Stack, statement: str) -> list[tuple[Any, ...]]:
    """By a connection of its own each time: PostgreSQL was killed meanwhile."""
    record = read_stack(stack.data_dir)
    assert record
    with psycopg.connect(record.database_url) as database:
        return database.execute(statement).fetchall()


if __name__ == "__main__":
    main()
