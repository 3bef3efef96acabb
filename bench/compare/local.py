"""A first push that has to be embedded by the local model, beside that model alone on the same texts."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench.compare.corpus import batches, text_of
from bench.compare.programs import ROOT, clean_environment
from bench.compare.pushes import Pusher
from bench.compare.report import Row
from bench.compare.sizes import Sizes
from bench.compare.stack import PYTHON, larder
from bench.compare.wire import Line

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


def measure_local(sizes: Sizes, folder: Path) -> Iterator[Row]:
    rows = range(sizes.embedded)
    with ExitStack() as beside:
        stack = beside.enter_context(larder(folder / "local"))
        pusher = Pusher(stack, beside.enter_context(Line(stack.port)))
        alone = beside.enter_context(alone_embedder())
        warm = range(sizes.embedded, sizes.embedded + 50)
        pusher.seconds(batches(warm, size=50)[0], effect="created")
        ours, theirs = [], []
        for first in range(0, sizes.embedded, BATCH):
            part = rows[first : first + BATCH]
            theirs.append(alone.seconds([text_of(row) for row in part]) / len(part))
            ours.append(pusher.seconds(batches(part, size=BATCH)[0], effect="created") / len(part))
    yield Row(
        work="first push, local model, against the embedder alone",
        ours=f"{1 / median(ours):,.0f} docs/s",
        theirs=f"embedder {1 / median(theirs):,.0f} texts/s",
        ratio=median(theirs) / median(ours),
        at_least=0.9,
    )
