"""What large uploads weigh in the processes that take them and read them."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from bench.compare.report import Row
from bench.files.lifecycle import COLLECTION, client
from bench.files.samples import make_pdf
from bench.sampling import sampled
from bench.scheduler.stacks import Stack

UPLOADS, BODY_BYTES = 10, 30 * 1000 * 1000
VARIABLES = {"MAX_FILING_BYTES": str(32 * 1024 * 1024)}
EVERY_S = 0.05
PROGRAMS = {"web": "config.web.", "worker": "celery", "reading": "ingestion.extract.child"}


def measure_uploads(stack: Stack) -> Iterator[Row]:
    bodies = [make_pdf(random.Random(number), ballast_bytes=BODY_BYTES) for number in range(UPLOADS)]
    with client(stack) as asked:
        asked.post("/v1/collections", json={"name": COLLECTION}).raise_for_status()
        before = weights(stack.pid)
        with heaviest(stack.pid) as most, ThreadPoolExecutor(UPLOADS) as pool:
            sent = [pool.submit(_upload, stack, number, body) for number, body in enumerate(bodies)]
            statuses = [each.result() for each in sent]
            _wait_until_done(asked)
    for name, mib in most.items():
        yield Row(
            work=f"{UPLOADS} uploads of {BODY_BYTES // 10**6} MB at once ({set(statuses)}), {name}",
            ours=f"{mib:,.0f} MiB at most",
            theirs=f"{before[name]:,.0f} MiB before",
            ratio=mib / before[name] if before[name] else 0,
        )


def _upload(stack: Stack, number: int, body: bytes) -> int:
    with client(stack) as asked:
        files = {"files": (f"{number}.pdf", body)}
        return asked.post(f"/v1/collections/{COLLECTION}/documents", files=files).status_code


def _wait_until_done(asked: httpx.Client) -> None:
    for _ in range(600):
        counts = asked.get(f"/api/documents/status-counts?collection={COLLECTION}").json()
        if counts["done"] + counts["failed"] == counts["total"]:
            return
        time.sleep(0.2)
    raise SystemExit(f"Not all is done: {counts}")


@contextmanager
def heaviest(pid: int) -> Iterator[dict[str, float]]:
    """The most that each program's processes together held while this was open."""
    most = weights(pid)

    def weigh() -> None:
        for name, mib in weights(pid).items():
            most[name] = max(most[name], mib)

    with sampled(weigh, every_s=EVERY_S):
        yield most


def weights(pid: int) -> dict[str, float]:
    """Resident MiB of the processes below this one, by program."""
    found = dict.fromkeys(PROGRAMS, 0.0)
    for each in descendants(pid):
        try:
            command = Path(f"/proc/{each}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            pages = int(Path(f"/proc/{each}/statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue
        for name, word in PROGRAMS.items():
            if word in command and (name != "worker" or " worker " in command):
                found[name] += pages * 4_096 / 2**20
    return found


def descendants(pid: int) -> list[int]:
    try:
        threads = Path(f"/proc/{pid}/task").iterdir()
        children = [int(word) for thread in threads for word in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []
    return children + [each for child in children for each in descendants(child)]
