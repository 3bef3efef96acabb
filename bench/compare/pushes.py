"""Pushes with ready vectors over HTTP: first, unchanged, renewed; beside LangChain's `index()` on the same server."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from bench.compare.corpus import batches, make_corpus
from bench.compare.measure import timed
from bench.compare.memory import weighing
from bench.compare.peers.langchain import LangChain, as_documents, langchain
from bench.compare.programs import BenchmarkFailed
from bench.compare.report import Row
from bench.compare.sizes import TURNS, Sizes
from bench.compare.stack import Stack, larder, ready_embedder
from bench.compare.store import database_url
from bench.compare.wire import Line


class Pusher:
    """One provider that pushes over one connection."""

    def __init__(self, stack: Stack, line: Line) -> None:
        self.stack, self.line = stack, line
        self.key = stack.key("provider", source="bench")

    def seconds(self, batch: bytes, *, effect: str) -> float:
        """How long one batch took, all of whose documents have to come out as the effect."""
        request, answers = self.stack.push(batch, key=self.key), []
        seconds = timed(lambda: answers.append(self.line.json(request)))
        counts = answers[0]
        if not counts[effect] == counts["upserted"] or counts["pending"]:
            raise BenchmarkFailed(f"A push that should have {effect} everything answered {counts}.")
        return seconds


def measure_pushes(sizes: Sizes, folder: Path) -> Iterator[Row]:
    corpus = make_corpus(sizes.pushed, questions=1, folder=folder)
    rows, data_dir = range(sizes.pushed), folder / "pushes"
    with ExitStack() as beside:
        stack = beside.enter_context(larder(data_dir, **beside.enter_context(ready_embedder(corpus))))
        weight = beside.enter_context(weighing(stack))
        pusher = Pusher(stack, beside.enter_context(Line(stack.port)))
        peer = beside.enter_context(langchain(database_url(data_dir), corpus))
        parts = [rows[first : first + sizes.batch] for first in range(0, len(rows), sizes.batch)]
        first = in_turns(pusher, peer, batches(rows, size=sizes.batch), parts, effect="created")
        yield speed("first push, ready vectors", sizes, *first)
        unchanged = [
            in_turns(pusher, peer, batches(rows, size=sizes.batch), parts, effect="unchanged") for _ in range(TURNS)
        ]
        yield speed("unchanged push", sizes, *joined(unchanged), at_least=8)
        weight.mark_warm()
        renewed = [second for turn in range(TURNS) for second in renew(pusher, rows, sizes, turn=turn)]
        yield Row(
            work="renewed push (only expires_at) against a first one",
            ours=f"{sizes.batch / median(renewed):,.0f} docs/s",
            theirs=f"first {sizes.batch / median(first[0]):,.0f} docs/s",
            ratio=median(first[0]) / median(renewed),
            at_least=8,
        )
        yield weight.row("memory of the web process, pushed to")


def in_turns(
    pusher: Pusher, peer: LangChain, bodies: Sequence[bytes], parts: Sequence[range], *, effect: str
) -> tuple[list[float], list[float]]:
    """Seconds a batch: one batch to Larder, the same to LangChain, the next."""
    ours, theirs = [], []
    for body, part in zip(bodies, parts, strict=True):
        push = partial(peer.push, as_documents(part))
        ours.append(pusher.seconds(body, effect=effect))
        theirs.append(timed(push))
    return ours, theirs


def joined(turns: Sequence[tuple[list[float], list[float]]]) -> tuple[list[float], list[float]]:
    return [each for ours, _ in turns for each in ours], [each for _, theirs in turns for each in theirs]


def renew(pusher: Pusher, rows: range, sizes: Sizes, *, turn: int) -> list[float]:
    expires_at = (datetime.now(UTC) + timedelta(days=30 + turn)).isoformat()
    bodies = batches(rows, size=sizes.batch, expires_at=expires_at)
    return [pusher.seconds(body, effect="renewed") for body in bodies]


def speed(
    work: str, sizes: Sizes, ours: Sequence[float], theirs: Sequence[float], *, at_least: float | None = None
) -> Row:
    return Row(
        work=work,
        ours=f"{sizes.batch / median(ours):,.0f} docs/s",
        theirs=f"LangChain {sizes.batch / median(theirs):,.0f} docs/s",
        ratio=median(theirs) / median(ours),
        at_least=at_least,
    )
