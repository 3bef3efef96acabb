"""Pushes with ready vectors over HTTP: first, unchanged, renewed; beside LangChain's `index()` on the same server."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from statistics import median

from bench.compare import goals
from bench.compare.corpus import batches, make_corpus
from bench.compare.cpu import CpuMs, Processes, medians
from bench.compare.measure import Timing, spending
from bench.compare.memory import Weight, weighing
from bench.compare.peers.langchain import LangChain, as_documents, langchain
from bench.compare.programs import ROOT, BenchmarkFailed
from bench.compare.report import Row
from bench.compare.sizes import TURNS, Asked
from bench.compare.stack import Stack, larder, ready_embedder
from bench.compare.store import database_url
from bench.compare.wire import Line

Batches = Sequence[Timing]
"""Of one contender, a batch each."""

OURS, THEIRS, EARLIER = "Larder", "LangChain", "earlier"


def push_once(stack: Stack, request: bytes) -> tuple[Timing, dict[str, int]]:
    """What one push took, and its answer; on a connection of its own, as an idle one is closed while others push."""
    answers: list[dict[str, int]] = []
    with Line(stack.port) as line:
        took = spending(lambda: answers.append(line.json(request)), stack.everything)
    return took, answers[0]


class Pusher:
    """One provider."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.key = stack.key("provider", source="bench")

    def push(self, batch: bytes, *, effect: str) -> Timing:
        """What one batch took, all of whose documents have to come out as the effect."""
        took, counts = push_once(self.stack, self.stack.push(batch, key=self.key))
        if not counts[effect] == counts["upserted"] or counts["pending"]:
            raise BenchmarkFailed(f"A push that should have {effect} everything answered {counts}.")
        return took


@dataclass(frozen=True, kw_only=True)
class PushScene:
    """Stores of the same documents, empty until one of them is asked for the `first` push."""

    asked: Asked
    pushers: Mapping[str, Pusher]
    peer: LangChain
    peer_processes: Processes
    weight: Weight

    @property
    def rows(self) -> range:
        return range(self.asked.sizes.pushed)

    @cached_property
    def first(self) -> dict[str, Batches]:
        return self.in_turns(effect="created")

    def in_turns(self, *, effect: str) -> dict[str, Batches]:
        """One batch to Larder, the same to the others, the next."""
        size = self.asked.sizes.batch
        parts = [self.rows[first : first + size] for first in range(0, len(self.rows), size)]
        took: dict[str, list[Timing]] = {name: [] for name in (*self.pushers, THEIRS)}
        for body, part in zip(batches(self.rows, size=size), parts, strict=True):
            push = partial(self.peer.push, as_documents(part))
            for name, pusher in self.pushers.items():
                took[name].append(pusher.push(body, effect=effect))
            took[THEIRS].append(spending(push, self.peer_processes))
        return dict(took)

    def per_second(self, took: Batches) -> float:
        return self.asked.sizes.batch / median(each.ms for each in took) * 1_000

    def per_document(self, took: Batches) -> CpuMs:
        return medians(each.per(self.asked.sizes.batch).cpu for each in took)


@contextmanager
def push_scene(asked: Asked) -> Iterator[PushScene]:
    corpus = make_corpus(asked.sizes.pushed, questions=1, folder=asked.folder, width=asked.width)
    checkouts = {OURS: ROOT} | ({EARLIER: asked.earlier} if asked.earlier else {})
    with ExitStack() as beside:
        ready = beside.enter_context(ready_embedder(corpus))
        stacks = {}
        for name, root in checkouts.items():
            data_dir = beside.enter_context(asked.fresh_folder("pushes"))
            variables = ready | dict(asked.variables if name == OURS else {})
            stacks[name] = beside.enter_context(larder(data_dir, root, **variables))
        url = database_url(stacks[OURS].data_dir)
        yield PushScene(
            asked=asked,
            pushers={name: Pusher(stack) for name, stack in stacks.items()},
            peer=beside.enter_context(langchain(url, corpus)),
            peer_processes=stacks[OURS].database.owned(THEIRS.lower()),
            weight=beside.enter_context(weighing(stacks[OURS])),
        )


def measure_first(scene: PushScene) -> Iterator[Row]:
    wanted = {THEIRS: goals.FIRST_PUSH_AGAINST_LANGCHAIN, EARLIER: goals.FIRST_PUSH_AGAINST_EARLIER}
    yield from rows_of("first push, ready vectors", scene, scene.first, at_least=wanted)


def measure_unchanged(scene: PushScene) -> Iterator[Row]:
    names = tuple(scene.first)  # all of it is there then
    turns = [scene.in_turns(effect="unchanged") for _ in range(TURNS)]
    took = {name: [each for turn in turns for each in turn[name]] for name in names}
    yield from rows_of("unchanged push", scene, took, at_least={THEIRS: goals.UNCHANGED_AGAINST_LANGCHAIN})


def measure_renewed(scene: PushScene) -> Iterator[Row]:
    first = scene.first[OURS]
    scene.weight.mark_warm()
    renewed = [each for turn in range(TURNS) for each in renew(scene, turn=turn)]
    yield Row(
        work="renewed push (only expires_at) against a first one",
        ours=f"{scene.per_second(renewed):,.0f} docs/s",
        theirs=f"first {scene.per_second(first):,.0f} docs/s",
        ratio=scene.per_second(renewed) / scene.per_second(first),
        at_least=goals.RENEWED_AGAINST_FIRST,
        our_cpu=scene.per_document(renewed),
        their_cpu=scene.per_document(first),
    )
    yield scene.weight.row("memory of the web processes, pushed to")


def renew(scene: PushScene, *, turn: int) -> list[Timing]:
    expires_at = (datetime.now(UTC) + timedelta(days=30 + turn)).isoformat()
    bodies = batches(scene.rows, size=scene.asked.sizes.batch, expires_at=expires_at)
    return [scene.pushers[OURS].push(body, effect="renewed") for body in bodies]


def rows_of(
    work: str, scene: PushScene, took: Mapping[str, Batches], *, at_least: Mapping[str, float]
) -> Iterator[Row]:
    """Larder beside each of the others; processors' time of a document."""
    for name, theirs in took.items():
        if name != OURS:
            ratio = scene.per_second(took[OURS]) / scene.per_second(theirs)
            yield Row(
                work=work,
                ours=f"{scene.per_second(took[OURS]):,.0f} docs/s",
                theirs=f"{name} {scene.per_second(theirs):,.0f} docs/s",
                ratio=ratio,
                at_least=at_least.get(name),
                our_cpu=scene.per_document(took[OURS]),
                their_cpu=scene.per_document(theirs),
            )


LINES: Mapping[str, Callable[[PushScene], Iterator[Row]]] = {
    "first": measure_first,
    "unchanged": measure_unchanged,
    "renewed": measure_renewed,
}
