"""Sections for which a part has to be played or stopped: a stack of their own, whose embedder this process plays."""

import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.scheduler.stacks import Stack, stack
from bench.stress.embedders import embedder_flaky, embedder_silent
from bench.stress.measuring import API, COLLECTION, WATCHED, Report, client_of, measure, some_words
from bench.stress.played import PlayedEmbedder
from bench.stress.redis_stopped import redis_stopped

Section = Callable[[Stack, PlayedEmbedder, Report], None]

FAULTS: dict[str, Section] = {
    "embedder-silent": embedder_silent,
    "embedder-flaky": embedder_flaky,
    "redis-stopped": redis_stopped,
}
DOCUMENTS = 2_000
IDLE_S = 8.0


def run_faults(names: Sequence[str]) -> list[str]:
    """The goals that were missed."""
    sys.setswitchinterval(0.0005)  # who measures shares Python's lock with all who ask, and with the embedder
    embedder = PlayedEmbedder()
    threading.Thread(target=embedder.serve_forever, daemon=True).start()
    with (
        tempfile.TemporaryDirectory(prefix="larder-stress-") as directory,
        stack(None, Path(directory), **embedder.variables) as running,
    ):
        _stock(running)
        report = Report(idle=measure(running, WATCHED, seconds=IDLE_S))
        report.table("idle", report.idle)
        for name in names:
            FAULTS[name](running, embedder, report)
        audit = running.manage("audit_runs")
        report.goal("audit_runs finds nothing", audit.returncode == 0, (audit.stdout or audit.stderr).strip()[-200:])
    return report.missed


def _stock(running: Stack) -> None:
    with client_of(running) as client:
        client.post("/v1/collections", json={"name": COLLECTION}).raise_for_status()
        for first in range(0, DOCUMENTS, 500):
            documents = [
                {"id": f"s{number}", "content": some_words(), "source": "stock"} for number in range(first, first + 500)
            ]
            client.post(f"{API}/bulk-upsert", json={"documents": documents}).raise_for_status()
