"""Section: Redis is stopped (SIGSTOP), so that it accepts connections and says nothing."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.scheduler.stacks import Stack
from bench.stress.measuring import COLLECTION, WATCHED, Report, client_of, measure, push, query, upload
from bench.stress.played import PlayedEmbedder

SECONDS = 20.0
SLOWER_BY_S = 0.3
FILED_WITHIN_S = 60
ASKED = {**WATCHED, "query by meaning": query("semantic"), "push": push, "upload": upload}


def redis_stopped(stack: Stack, embedder: PlayedEmbedder, report: Report) -> None:
    before = measure(stack, {name: ASKED[name] for name in ("query by meaning", "push", "upload")}, seconds=5)
    report.idle |= before
    with stopped(stack.process("valkey") or stack.process("redis")):
        samples = measure(stack, ASKED, seconds=SECONDS)
    report.table("Redis stopped", samples)
    report.health("Redis stopped", samples["/health"].p99_s)
    for name in ("query by words", "query by meaning", "push", "upload"):
        slower = samples[name].p50_s - report.idle[name].p50_s
        worst = samples[name].p99_s - report.idle[name].p99_s
        reached = slower <= SLOWER_BY_S and worst <= 2 * SLOWER_BY_S
        figure = f"p50 {slower:+.3f} s, p99 {worst:+.3f} s"
        report.goal(f"Redis stopped: {name} p50 within {SLOWER_BY_S} s of idle", reached, figure)
    wrong = {name: dict(each.answers) for name, each in samples.items() if set(each.answers) - {"200", "202"}}
    report.goal("Redis stopped: everything is answered", not wrong, str(wrong or "all"))
    _wait_until_filed(stack, report, samples["upload"].answers["202"] + before["upload"].answers["202"])


@contextmanager
def stopped(pid: int | None) -> Iterator[None]:
    if pid is None:
        raise SystemExit("Redis is not a child of this stack.")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _wait_until_filed(stack: Stack, report: Report, uploaded: int) -> None:
    """What was acknowledged is there, and done."""
    began, files = time.monotonic(), []
    with client_of(stack) as client:
        while time.monotonic() - began < FILED_WITHIN_S:
            files = client.get(f"/v1/collections/{COLLECTION}/documents").json()
            if len(files) >= uploaded and all(each["status"] == "success" for each in files):
                break
            time.sleep(0.5)
    done = sum(each["status"] == "success" for each in files)
    figure = f"{done} of {uploaded} after {time.monotonic() - began:.1f} s"
    report.goal("Redis stopped: every upload is filed afterwards", done == uploaded, figure)
