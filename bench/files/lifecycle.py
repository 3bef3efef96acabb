"""All of the way, over real processes: from a folder or an upload to where a query finds it."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import httpx

from bench.compare.report import Row
from bench.files.samples import make_markdown, make_pdf, paragraph
from bench.scheduler.stacks import Stack

COLLECTION = "bench"
TIMES = 15
WITHIN_S = 900


def measure_ingest(stack: Stack, folder: Path, *, count: int) -> Iterator[Row]:
    """Small files by `manage.py ingest`, processed by the worker alone, and the same folder once more."""
    folder.mkdir()
    chance = random.Random(1)
    for number in range(count):
        (folder / f"{number}.txt").write_text(f"Note {number}. {paragraph(chance, 8)}")
    began = time.monotonic()
    submitted_s = _ingest(stack, folder)
    with client(stack) as asked:
        while _counts(asked)["done"] < count:
            if time.monotonic() - began > WITHIN_S:
                raise SystemExit(f"Not all is done: {_counts(asked)}")
            time.sleep(0.2)
        done_s, first = time.monotonic() - began, _counts(asked)
        again_s, second = _ingest(stack, folder), _counts(asked)
    rates = f"{count / submitted_s:,.0f}/s uploaded, {count / done_s:,.0f}/s until done"
    row = f"{count:,} files of {_bytes(folder) / count:,.0f} bytes"
    yield Row(work=row, ours=rates, theirs=f"{done_s:.1f} s in all", ratio=done_s / submitted_s)
    told = f"{second['total'] - first['total']} processed anew"
    yield Row(
        work="the same folder again", ours=f"{again_s:.1f} s, {told}", theirs=f"{done_s:.1f} s", ratio=again_s / done_s
    )


def _ingest(stack: Stack, folder: Path) -> float:
    """Seconds, a new process' start included."""
    began = time.monotonic()
    stack.manage("ingest", str(folder), "--collection", COLLECTION).check_returncode()
    return time.monotonic() - began


def _counts(asked: httpx.Client) -> dict[str, int]:
    found: dict[str, int] = asked.get(f"/api/documents/status-counts?collection={COLLECTION}").raise_for_status().json()
    return found


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def measure_first(stack: Stack) -> Iterator[Row]:
    """A word that stands nowhere else is uploaded and asked for, again and again, until a query finds it."""
    pages = {"one page of Markdown": _page, "PDF of 20 pages": _pdf}
    with client(stack) as asked:
        asked.post("/v1/collections", json={"name": COLLECTION}).raise_for_status()
        for work, make in pages.items():
            chance = random.Random(work)
            waits = [_first_found(asked, *make(chance)) for _ in range(TIMES + 1)][1:]
            ours, most = f"p50 {median(waits) * 1_000:,.0f} ms", f"at most {max(waits) * 1_000:,.0f} ms"
            yield Row(work=f"{work}, until it is found", ours=ours, theirs=most, ratio=median(waits) / max(waits))


def _page(chance: random.Random) -> tuple[str, bytes, str]:
    word = f"word{chance.getrandbits(48):x}"
    return f"{word}.md", make_markdown(chance, sections=1) + f"\n\nAnd {word}.".encode(), word


def _pdf(chance: random.Random) -> tuple[str, bytes, str]:
    word = f"word{chance.getrandbits(48):x}"
    return f"{word}.pdf", make_pdf(chance, said=word), word


def _first_found(asked: httpx.Client, name: str, body: bytes, word: str) -> float:
    question = {"text": word, "mode": "keyword", "top_k": 1}
    began = time.perf_counter()
    asked.post(f"/v1/collections/{COLLECTION}/documents", files={"files": (name, body)}).raise_for_status()
    while not asked.post("/api/v1/knowledge/query", json=question).raise_for_status().json()["documents"]:
        time.sleep(0.01)
        if time.perf_counter() - began > WITHIN_S:
            raise SystemExit(f"{name} is not found.")
    return time.perf_counter() - began


def client(stack: Stack) -> httpx.Client:
    headers = {"Authorization": f"Bearer {stack.key}"}
    return httpx.Client(base_url=stack.web_url, headers=headers, timeout=120, trust_env=False)
