"""The same work on a small store and on one of a million documents."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from itertools import repeat
from pathlib import Path
from statistics import median
from typing import Any

from bench.compare.corpus import batches, make_corpus
from bench.compare.measure import client, interleave, timed
from bench.compare.queries import Asker, filled_stack, recall
from bench.compare.report import Row
from bench.compare.sizes import MOST_S, Sizes
from bench.compare.stack import API
from bench.compare.store import connected
from bench.compare.wire import Line, get_request

QUESTIONS: dict[str, dict[str, str]] = {
    "query": {},
    "query filtered to 50 %": {"tag": "half"},
    "query filtered to 1 %": {"tag": "hundredth"},
    "query filtered to 0.1 %": {"tag": "thousandth"},
    "query by keyword": {"mode": "keyword"},
    "query by both": {"mode": "hybrid"},
}
READINGS = {"/stats": f"{API}/stats", "/health": "/health"}
AT_MOST = 3
PUSHED = "bench-pushed"
PUSHES = 3

# Filed under passages, words and document, in this order.
FORGET = (
    "DELETE FROM knowledge_passage p USING knowledge_document d WHERE d.id = p.document_id AND d.source = %s",
    "DELETE FROM knowledge_fulltextrow w USING knowledge_document d WHERE d.id = w.document_id AND d.source = %s",
    "DELETE FROM knowledge_document WHERE source = %s",
)


def measure_scale(sizes: Sizes, folder: Path) -> Iterator[Row]:
    with ExitStack() as beside:
        small, large = (store_of(documents, sizes, folder, beside) for documents in (sizes.small, sizes.large))
        for asker in (small, large):
            asker.warm()
            asker.answers(sizes.questions, mode="hybrid")
        yield recall(large)
        for work, asked in QUESTIONS.items():
            yield asked_of(work, small, large, calls=sizes.calls, goal=AT_MOST if not asked else None, **asked)
        for work, path in READINGS.items():
            yield read_of(work, path, small, large, calls=sizes.calls // 5)
        yield pushed_to(small, large, size=sizes.batch)


def store_of(documents: int, sizes: Sizes, folder: Path, beside: ExitStack) -> Asker:
    corpus = make_corpus(documents, questions=sizes.questions, folder=folder)
    return filled_stack(corpus, folder / f"scale-{documents}", beside)


def asked_of(work: str, small: Asker, large: Asker, *, calls: int, goal: float | None, **asked: Any) -> Row:
    with ExitStack() as beside:
        clients = {
            name: beside.enter_context(client(asker.stack.port, asker.requests(**asked)))
            for name, asker in (("small", small), ("large", large))
        }
        found = interleave(clients, calls=calls, within_s=MOST_S)
    small_ms, large_ms = found["small"] - _embed_ms(small, asked), found["large"] - _embed_ms(large, asked)
    plans = f" ({large.plans(**asked)})"
    return _row(f"{work}, {{:,}} documents, p50", small, large, small_ms, large_ms, note=plans, goal=goal)


def read_of(work: str, path: str, small: Asker, large: Asker, *, calls: int) -> Row:
    with ExitStack() as beside:
        clients = {
            name: beside.enter_context(client(asker.stack.port, repeat(get_request(path, key=asker.key))))
            for name, asker in (("small", small), ("large", large))
        }
        found = interleave(clients, calls=calls, within_s=MOST_S)
    return _row(f"{work}, {{:,}} documents, p50", small, large, found["small"], found["large"])


def pushed_to(small: Asker, large: Asker, *, size: int) -> Row:
    """A batch of new documents, again and again; they are taken out afterwards."""
    took: dict[str, list[float]] = {"small": [], "large": []}
    with ExitStack() as beside:
        pushes = {}
        for name, asker in (("small", small), ("large", large)):
            beside.callback(forget_pushed, asker)
            pushes[name] = beside.enter_context(Line(asker.stack.port)), _new_batches(asker, size=size)
        for _ in range(PUSHES):
            for name, (line, batch) in pushes.items():
                took[name].append(timed(partial(line.send, next(batch))) * 1_000)
    return _row(f"push of {size:,} new documents to {{:,}}", small, large, median(took["small"]), median(took["large"]))


def _new_batches(asker: Asker, *, size: int) -> Iterator[bytes]:
    first = int(time.time()) * size
    key = asker.stack.key("provider", source=PUSHED)
    made = batches(range(first, first + PUSHES * size), size=size)
    return iter([asker.stack.push(batch, key=key) for batch in made])


def forget_pushed(asker: Asker) -> None:
    with connected(asker.stack.data_dir) as connection:
        for statement in FORGET:
            connection.execute(statement, [PUSHED])


def _embed_ms(asker: Asker, asked: dict[str, Any]) -> float:
    return 0 if asked.get("mode") == "keyword" else asker.embed_ms(**asked)


def _row(
    work: str,
    small: Asker,
    large: Asker,
    small_ms: float,
    large_ms: float,
    *,
    note: str = "",
    goal: float | None = None,
) -> Row:
    return Row(
        work=work.format(large.corpus.documents),
        ours=f"{large_ms:.2f} ms{note}",
        theirs=f"{small.corpus.documents:,} documents {small_ms:.2f} ms",
        ratio=large_ms / small_ms,
        at_most=goal,
    )
