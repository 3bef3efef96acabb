"""The same questions to a small store and to one of a million documents."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.compare.corpus import make_corpus
from bench.compare.measure import client, interleave
from bench.compare.queries import Asker, filled_stack
from bench.compare.report import Row
from bench.compare.sizes import MOST_S, Sizes


def measure_scale(sizes: Sizes, folder: Path) -> Iterator[Row]:
    with ExitStack() as beside:
        small, large = (store_of(documents, sizes, folder, beside) for documents in (sizes.small, sizes.large))
        contenders = {}
        for name, asker in (("small", small), ("large", large)):
            asker.warm()
            contenders[name] = beside.enter_context(client(asker.stack.port, asker.requests()))
        found = interleave(contenders, calls=sizes.calls, within_s=MOST_S)
        small_ms, large_ms = found["small"] - small.embed_ms(), found["large"] - large.embed_ms()
    yield Row(
        work=f"query, {sizes.large:,} documents, p50",
        ours=f"{large_ms:.2f} ms",
        theirs=f"{sizes.small:,} documents {small_ms:.2f} ms",
        ratio=large_ms / small_ms,
        at_most=3,
    )


def store_of(documents: int, sizes: Sizes, folder: Path, beside: ExitStack) -> Asker:
    corpus = make_corpus(documents, questions=sizes.questions, folder=folder)
    return filled_stack(corpus, folder / f"scale-{documents}", beside)
