"""A first push that has to be embedded by the local model, beside that model alone on the same texts."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from statistics import median

from bench.compare import goals
from bench.compare.corpus import batches, text_of
from bench.compare.cpu import Processes, medians
from bench.compare.measure import spending
from bench.compare.parts.pushes import Pusher
from bench.compare.programs import ROOT, clean_environment
from bench.compare.report import Row
from bench.compare.sizes import Asked
from bench.compare.stack import PYTHON, larder

BATCH = 50
"""Documents that a client sends at a time: few enough to be embedded before its push is answered."""

ALONE = """
import json, sys, time
from knowledge.embedding.embedders.minilm import MiniLMEmbedder
model = MiniLMEmbedder(int8=True)  # as a new store has it
model.embed(["warm"] * 32)
for line in sys.stdin:
    texts = json.loads(line)
    began = time.perf_counter()
    model.embed(texts)
    print(time.perf_counter() - began, flush=True)
"""


class Alone:
    """The product's embedder in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    @property
    def processes(self) -> Processes:
        return Processes(roots=(self.process.pid,), rest="embedder")

    def seconds(self, texts: list[str]) -> float:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(texts) + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


@contextmanager
def alone_embedder() -> Iterator[Alone]:
    pipe = subprocess.PIPE
    command = [str(PYTHON), "-c", ALONE]
    process = subprocess.Popen(command, cwd=ROOT, env=clean_environment(), stdin=pipe, stdout=pipe, text=True)
    with process:  # leaving closes its input, and with that it ends
        yield Alone(process)


@contextmanager
def local_scene(asked: Asked) -> Iterator[tuple[Pusher, Alone, range]]:
    """A store that embeds by itself, the embedder alone, both warm, and the rows to embed."""
    rows = range(asked.sizes.embedded)
    with ExitStack() as beside:
        data_dir = beside.enter_context(asked.fresh_folder("local"))
        stack = beside.enter_context(larder(data_dir, **asked.variables))
        pusher = Pusher(stack)
        warm = range(len(rows), len(rows) + BATCH)
        pusher.push(batches(warm, size=BATCH)[0], effect="created")
        yield pusher, beside.enter_context(alone_embedder()), rows


def measure_local(scene: tuple[Pusher, Alone, range]) -> Iterator[Row]:
    pusher, alone, rows = scene
    ours, theirs = [], []
    for first in range(0, len(rows), BATCH):
        part = rows[first : first + BATCH]
        embed = partial(alone.seconds, [text_of(row) for row in part])
        theirs.append(spending(embed, alone.processes).per(len(part)))
        ours.append(pusher.push(batches(part, size=BATCH)[0], effect="created").per(len(part)))
    our_ms, their_ms = (median(each.ms for each in took) for took in (ours, theirs))
    yield Row(
        work="first push, local model, against the embedder alone",
        ours=f"{1_000 / our_ms:,.0f} docs/s",
        theirs=f"embedder {1_000 / their_ms:,.0f} texts/s",
        ratio=their_ms / our_ms,
        at_least=goals.LOCAL_AGAINST_EMBEDDER,
        our_cpu=medians(each.cpu for each in ours),
        their_cpu=medians(each.cpu for each in theirs),
    )
