"""An earlier checkout of Larder beside this one: the same calls to both in turns, so that neither became slower.

    git clone . ../before && git -C ../before checkout COMMIT && make -C ../before install
    .venv/bin/python -m bench.compare.peers.earlier ../before

Both run on data directories of their own with the local model. A ratio is this checkout's speed over the other's; the
processor time of a call stands beside it, since on a busy machine that alone tells.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

from bench.compare.measure import Timing, client, interleave, timed
from bench.compare.programs import ROOT
from bench.compare.report import Row, table
from bench.compare.stack import API, Stack, larder
from bench.compare.wire import Line, post_request

STARTS, CALLS, MOST_S = 5, 600, 180
DOCUMENTS, QUESTIONS = 100, 50
AT_LEAST = 0.98

TOPICS = ("flights", "invoices", "holidays", "passwords", "visitors", "printers", "contracts")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("other", type=Path, help="the checkout to compare with, installed in its .venv")
    parser.add_argument("--calls", action="store_true", help="leave out the starts, which take half of the time")
    asked = parser.parse_args()
    roots = {"this": ROOT, "other": asked.other.resolve()}
    with tempfile.TemporaryDirectory(prefix="larder-versions-", ignore_cleanup_errors=True) as folder:
        starts = () if asked.calls else measure_starts(roots, Path(folder))
        rows = [*starts, *measure_calls(roots, Path(folder))]
    print(table(rows))


def measure_starts(roots: dict[str, Path], folder: Path) -> Iterator[Row]:
    """`manage.py up` until it answers: on an empty data directory, and on the one that is there then."""
    seconds: dict[tuple[str, str], list[float]] = {}
    for turn in range(STARTS):
        for name, root in sorted(roots.items(), reverse=bool(turn % 2)):
            data_dir = folder / f"start-{name}-{turn}"
            for kind in ("first", "second"):
                with ExitStack() as running:
                    start = partial(running.enter_context, larder(data_dir, root))
                    seconds.setdefault((kind, name), []).append(timed(start))
    for kind in ("first", "second"):
        took = {name: Timing(ms=median(seconds[kind, name]) * 1_000, cpu={}) for name in roots}
        yield _row(f"up, {kind} start", took)


def measure_calls(roots: dict[str, Path], folder: Path) -> Iterator[Row]:
    with ExitStack() as running:
        stacks = {name: running.enter_context(larder(folder / name, root)) for name, root in roots.items()}
        keys = {name: stack.key("provider", source="bench") for name, stack in stacks.items()}
        for name, stack in stacks.items():
            with Line(stack.port) as line:
                line.send(_push(keys[name]))
        for work, requests_of in WORK.items():
            requests = {name: requests_of(stack, keys[name]) for name, stack in stacks.items()}
            with ExitStack() as connected:
                calls = {
                    name: (connected.enter_context(client(stack.port, requests[name])), stack.processes)
                    for name, stack in stacks.items()
                }
                yield _row(work, interleave(calls, calls=CALLS, within_s=MOST_S))


def _push(key: str, *, expires_at: str | None = None, number: int = 0) -> bytes:
    documents = [
        {"id": f"{number}-{row}", "content": _text(row, number), "tags": ["bench"], "expires_at": expires_at}
        for row in range(DOCUMENTS)
    ]
    return post_request(f"{API}/bulk-upsert", {"documents": documents}, key=key)


def _text(row: int, number: int = 0) -> str:
    return f"Note {number} about {TOPICS[row % len(TOPICS)]}: line {row} of what everybody has to know about them."


def _unchanged(stack: Stack, key: str) -> Iterator[bytes]:
    request = _push(key)
    return (request for _ in count())


def _renewed(stack: Stack, key: str) -> Iterator[bytes]:
    return (_push(key, expires_at=f"20{30 + year % 60}-01-01T00:00:00Z") for year in count())


def _query(mode: str, stack: Stack, key: str) -> Iterator[bytes]:
    """Questions whose vectors are remembered soon, and whose answers are not: no two have the same `min_score`."""
    for number in count(1):
        asked = {"text": _text(number % QUESTIONS), "mode": mode, "top_k": 10, "min_score": number / 1e9}
        yield post_request(f"{API}/query", asked, key=key)


WORK: dict[str, Callable[[Stack, str], Iterator[bytes]]] = {
    "query, fast path": partial(_query, "semantic"),
    "query, hybrid": partial(_query, "hybrid"),
    f"push of {DOCUMENTS}, unchanged": _unchanged,
    f"push of {DOCUMENTS}, renewed": _renewed,
}


def _row(work: str, found: dict[str, Timing]) -> Row:
    ours, theirs = found["this"], found["other"]
    return Row(
        work=work,
        ours=f"{ours.ms:,.2f} ms",
        theirs=f"other {theirs.ms:,.2f} ms",
        ratio=theirs.ms / ours.ms,
        at_least=AT_LEAST,
        our_cpu=ours.cpu,
        their_cpu=theirs.cpu,
    )


if __name__ == "__main__":
    main()
