"""The same work on a small store and on one of a million documents, and on an earlier checkout's of the same size."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from statistics import median

from bench.compare import goals
from bench.compare.asker import Asker, filled_stack
from bench.compare.corpus import batches, make_corpus
from bench.compare.cpu import medians
from bench.compare.measure import Client, Timing, client, interleave
from bench.compare.memory import further_web_process_mib
from bench.compare.parts import queries
from bench.compare.parts.pushes import push_once
from bench.compare.parts.scene import Scene, scene_of
from bench.compare.report import Row
from bench.compare.sizes import MOST_S, Asked
from bench.compare.stack import API
from bench.compare.store import connected
from bench.compare.wire import get_request

PEERS = ("sql", "lancedb")
"""Of those that are asked for; the others take an hour to fill."""

READINGS = {"/stats": f"{API}/stats", "/health": "/health"}
PUSHED = "bench-pushed"
PUSHES = 5

# Filed under passages, words and document, in this order.
FORGET = (
    "DELETE FROM knowledge_passage p USING knowledge_document d WHERE d.id = p.document_id AND d.source = %s",
    "DELETE FROM knowledge_fulltextrow w USING knowledge_document d WHERE d.id = w.document_id AND d.source = %s",
    "DELETE FROM knowledge_document WHERE source = %s",
)


@dataclass(frozen=True, kw_only=True)
class ScaleScene:
    """`earlier` holds what `large` does, where another checkout is asked for."""

    large: Scene
    small: Asker
    earlier: Asker | None

    @property
    def calls(self) -> int:
        return self.large.asked.sizes.calls

    @property
    def askers(self) -> dict[str, Asker]:
        """By what a row calls them; ours is the first."""
        found = {"": self.large.asker, f"{self.small.corpus.documents:,} documents": self.small}
        return found | ({"earlier": self.earlier} if self.earlier else {})


@contextmanager
def scale_scene(asked: Asked) -> Iterator[ScaleScene]:
    sizes = asked.sizes
    with ExitStack() as beside:
        corpora = [
            make_corpus(documents, questions=sizes.questions, folder=asked.folder, width=asked.width)
            for documents in (sizes.small, sizes.large)
        ]
        peers = tuple(peer for peer in asked.peers if peer in PEERS)
        large = beside.enter_context(scene_of(corpora[1], replace(asked, peers=peers), name="scale"))
        small_dir = asked.folder / f"scale-{corpora[0].name}{asked.store_name}"
        small = filled_stack(corpora[0], small_dir, beside, **asked.variables)
        earlier = None
        if asked.earlier:
            earlier_dir = asked.folder / f"scale-{corpora[1].name}-earlier"
            earlier = filled_stack(corpora[1], earlier_dir, beside, asked.earlier)
            earlier.warm()
        small.warm()
        yield ScaleScene(large=large, small=small, earlier=earlier)


def measure_recall(scene: ScaleScene) -> Iterator[Row]:
    yield from queries.measure_recall(scene.large)


def measure_query(scene: ScaleScene) -> Iterator[Row]:
    yield from queries.measure_query(scene.large)
    yield from asked_of("query", scene, at_most=goals.LARGE_AGAINST_SMALL)


def measure_filtered(scene: ScaleScene) -> Iterator[Row]:
    yield from queries.measure_filtered(scene.large)
    for tag, shown in queries.SHOWN.items():
        goal = goals.FILTERED_AGAINST_EARLIER if tag == "hundredth" else None
        yield from asked_of(f"query filtered to {shown}", scene, tag=tag, at_least=goal)


def measure_words(scene: ScaleScene) -> Iterator[Row]:
    for asker in scene.askers.values():
        asker.answers(asker.corpus.questions, mode="hybrid")
    yield from asked_of("query by keyword", scene, mode="keyword")
    yield from asked_of("query by both", scene, mode="hybrid")


def measure_readings(scene: ScaleScene) -> Iterator[Row]:
    for work, path in READINGS.items():
        clients = {
            name: partial(client, asker.stack.port, repeat(get_request(path, key=asker.key)))
            for name, asker in scene.askers.items()
        }
        yield from rows_of(work, scene, timings(scene, clients, calls=scene.calls // 5))


def measure_push(scene: ScaleScene) -> Iterator[Row]:
    """A batch of new documents, again and again; they are taken out afterwards."""
    size = scene.large.asked.sizes.batch
    took: dict[str, list[Timing]] = {name: [] for name in scene.askers}
    with ExitStack() as afterwards:
        for asker in scene.askers.values():
            afterwards.callback(forget_pushed, asker)
        pushes = {name: _new_batches(asker, size=size) for name, asker in scene.askers.items()}
        for _ in range(PUSHES):
            for name, batch in pushes.items():
                took[name].append(push_once(scene.askers[name].stack, next(batch))[0])
    found = {
        name: Timing(ms=median(each.ms for each in turns), cpu=medians(each.cpu for each in turns))
        for name, turns in took.items()
    }
    yield from rows_of(f"push of {size:,} new documents", scene, found, at_most=goals.PUSH_INTO_LARGE_AGAINST_SMALL)


def measure_memory(scene: ScaleScene) -> Iterator[Row]:
    """What a store of this size adds to what each web process has for itself."""
    weights = {name: further_web_process_mib(asker.stack) for name, asker in scene.askers.items()}
    ours, *others = weights.items()
    for name, mib in others:
        yield Row(
            work=f"memory of a further web process, {scene.large.corpus.documents:,} documents, MiB more",
            ours=f"{ours[1]:.0f} MiB of its own",
            theirs=f"{name} {mib:.0f} MiB",
            ratio=ours[1] - mib,
            at_most=goals.FURTHER_WEB_PROCESS_MIB,
        )


def asked_of(
    work: str,
    scene: ScaleScene,
    *,
    tag: str = "",
    mode: str = "semantic",
    at_most: float | None = None,
    at_least: float | None = None,
) -> Iterator[Row]:
    clients = {name: asker.clients(tag=tag, mode=mode) for name, asker in scene.askers.items()}
    found = timings(scene, clients, calls=scene.calls)
    for name, asker in scene.askers.items():
        found[name] = replace(found[name], ms=found[name].ms - asker.embed_ms(tag=tag, mode=mode))
    plans = scene.large.asker.plans(tag=tag, mode=mode)
    yield from rows_of(f"{work}, p50", scene, found, note=plans, at_most=at_most, at_least=at_least)


def timings(scene: ScaleScene, clients: Mapping[str, Client], *, calls: int) -> dict[str, Timing]:
    with ExitStack() as beside:
        turns = {
            name: (beside.enter_context(make_client()), scene.askers[name].processes)
            for name, make_client in clients.items()
        }
        return interleave(turns, calls=calls, within_s=MOST_S)


def rows_of(
    work: str,
    scene: ScaleScene,
    found: Mapping[str, Timing],
    *,
    note: str = "",
    at_most: float | None = None,
    at_least: float | None = None,
) -> Iterator[Row]:
    """The large store's time over the small one's, with `at_most`; an earlier one's over ours, with `at_least`."""
    ours, small, *earlier = found.items()
    work = f"{work}, {scene.large.corpus.documents:,} documents"
    row = partial(queries.timing_row, work, ours[1], note=note)
    yield row(small[1], peer=small[0], inverse=True, at_most=at_most)
    for name, theirs in earlier:
        yield row(theirs, peer=name, at_least=at_least)


def _new_batches(asker: Asker, *, size: int) -> Iterator[bytes]:
    first = int(time.time()) * size
    key = asker.stack.key("provider", source=PUSHED)
    made = batches(range(first, first + PUSHES * size), size=size)
    return iter([asker.stack.push(batch, key=key) for batch in made])


def forget_pushed(asker: Asker) -> None:
    with connected(asker.stack.data_dir) as connection:
        for statement in FORGET:
            connection.execute(statement, [PUSHED])


LINES: Mapping[str, Callable[[ScaleScene], Iterator[Row]]] = {
    "recall": measure_recall,
    "query": measure_query,
    "filtered": measure_filtered,
    "words": measure_words,
    "readings": measure_readings,
    "push": measure_push,
    "memory": measure_memory,
}
