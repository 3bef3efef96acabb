"""A store that questions are asked of, and the peers that hold the same: running, filled, warm."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property

from bench.compare.asker import Asker, filled_stack
from bench.compare.corpus import Corpus, make_corpus
from bench.compare.measure import Timing, interleave
from bench.compare.memory import Weight, weighing
from bench.compare.modelled import model_corpus
from bench.compare.peers.bare_sql import bare_sql
from bench.compare.peers.chroma import chroma
from bench.compare.peers.contender import Contender, recall_of
from bench.compare.peers.lance import lance
from bench.compare.sizes import MOST_S, Asked

RECALLED = 300
RECALLED_FILTERED = 50
"""Fewer, as a peer may take long for each."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    asked: Asked
    asker: Asker
    peers: Mapping[str, Contender]
    weight: Weight

    @property
    def corpus(self) -> Corpus:
        return self.asker.corpus

    @property
    def contenders(self) -> list[Contender]:
        return [self.asker, *self.peers.values()]

    @cached_property
    def embed_ms(self) -> float:
        return self.asker.embed_ms()

    def timings(self, *, calls: int, tag: str = "") -> dict[str, Timing]:
        """Of all contenders in turns, by name; what Larder spends on the question's vector is taken off."""
        with ExitStack() as open_clients:
            turns = {
                each.name: (open_clients.enter_context(each.clients(tag=tag)()), each.processes)
                for each in self.contenders
            }
            found = interleave(turns, calls=calls, within_s=MOST_S * len(turns) / 2)
        ours = found[self.asker.name]
        return found | {self.asker.name: Timing(ms=ours.ms - self.embed_ms, cpu=ours.cpu)}

    def recalls(self, *, tag: str = "") -> dict[str, float]:
        questions = RECALLED_FILTERED if tag else RECALLED
        return {each.name: recall_of(each, self.corpus, questions=questions, tag=tag) for each in self.contenders}


@contextmanager
def scene_of(corpus: Corpus, asked: Asked, *, name: str) -> Iterator[Scene]:
    with ExitStack() as beside:
        data_dir = asked.folder / f"{name}-{corpus.name}{asked.store_name}"
        asker = filled_stack(corpus, data_dir, beside, **asked.variables)
        weight = beside.enter_context(weighing(asker.stack))
        asker.warm()
        peers = {peer: beside.enter_context(_PEERS[peer](asker, asked)) for peer in asked.peers}
        weight.mark_warm()
        yield Scene(asked=asked, asker=asker, peers=peers, weight=weight)


_PEERS: Mapping[str, Callable[[Asker, Asked], AbstractContextManager[Contender]]] = {
    "chroma": lambda asker, asked: chroma(asked.folder / f"chroma-{asker.corpus.name}", asker.corpus),
    "sql": lambda asker, asked: nullcontext(bare_sql(asker.stack, asker.corpus)),
    "lancedb": lambda asker, asked: nullcontext(lance(asked.folder / f"lancedb-{asker.corpus.name}", asker.corpus)),
}


@contextmanager
def made_up_scene(asked: Asked) -> Iterator[Scene]:
    sizes = asked.sizes
    corpus = make_corpus(sizes.store, questions=sizes.questions, folder=asked.folder, width=asked.width)
    with scene_of(corpus, asked, name="queries") as scene:
        yield scene


@contextmanager
def modelled_scene(asked: Asked) -> Iterator[Scene]:
    sizes = asked.sizes
    corpus = model_corpus(sizes.modelled, questions=sizes.questions, folder=asked.folder)
    with scene_of(corpus, asked, name="queries") as scene:
        yield scene
