"""Questions to a store of 100,000 documents: beside bare SQL, beside Chroma, and beside the exact answer."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import cycle, islice
from pathlib import Path
from statistics import mean, median
from typing import Any

from bench.compare.corpus import SELECTIVITIES, Corpus, key_of, make_corpus, nearest
from bench.compare.measure import Call, Client, client, interleave, rates
from bench.compare.memory import weighing
from bench.compare.peers.chroma import Chroma, chroma
from bench.compare.report import Row
from bench.compare.sizes import CLIENTS, MOST_S, TOP_K, TURNS, Sizes
from bench.compare.stack import Stack, larder, ready_embedder
from bench.compare.store import BareSql, HalfVector, connected, fill, is_filled
from bench.compare.wire import Line

SHOWN = {"half": "50 %", "hundredth": "1 %", "thousandth": "0.1 %"}
RECALLED = 300
EXPLAINED = 30
WARM_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Questions to one filled stack, by one analyzer's key."""

    stack: Stack
    corpus: Corpus
    key: str

    def requests(self, *, tag: str = "", explain: bool = False, mode: str = "semantic") -> Iterator[bytes]:
        rows = self.corpus.question_rows()
        return self.stack.questions(rows, key=self.key, top_k=TOP_K, tag=tag, explain=explain, mode=mode)

    def answers(self, count: int, **asked: Any) -> list[dict[str, Any]]:
        with Line(self.stack.port) as line:
            return [line.json(request) for request in islice(self.requests(**asked), count)]

    def warm(self) -> None:
        """Ask every question once, so that its vector is remembered; then all clients at once, to load the rest."""
        self.answers(self.corpus.questions)
        rates({"larder": self.clients()}, clients=CLIENTS, seconds=WARM_S, turns=1)

    def clients(self) -> Client:
        return partial(client, self.stack.port, self.requests())

    @contextmanager
    def bare_sql(self) -> Iterator[Call]:
        """The same questions without Larder in between: the floor that no answer can go below."""
        vectors = cycle([HalfVector(self.corpus.vectors[row]) for row in self.corpus.question_rows()])
        with connected(self.stack.data_dir) as connection:
            floor = BareSql(connection, count=TOP_K, ef_search=self.ef_search)
            yield lambda: floor.ask(next(vectors))

    @cached_property
    def ef_search(self) -> int:
        return self.stack.ef_search()

    def embed_ms(self, **asked: Any) -> float:
        """What an answer still spends on the question's vector; no store's merit and no store's fault."""
        answers = self.answers(EXPLAINED, explain=True, **asked)
        return float(median(answer["explanation"]["embed_ms"] for answer in answers))

    def plans(self, **asked: Any) -> str:
        answers = self.answers(EXPLAINED, explain=True, **asked)
        return "/".join(sorted({answer["explanation"]["plan"] for answer in answers}))


def measure_queries(sizes: Sizes, folder: Path) -> Iterator[Row]:
    corpus = make_corpus(sizes.store, questions=sizes.questions, folder=folder)
    with ExitStack() as beside:
        asker = filled_stack(corpus, folder / "queries", beside)
        weight = beside.enter_context(weighing(asker.stack))
        asker.warm()
        embed_ms = asker.embed_ms()
        yield recall(asker)
        yield against_sql(asker, embed_ms=embed_ms, calls=sizes.calls)
        peer = beside.enter_context(chroma(folder / "chroma", corpus))
        weight.mark_warm()
        yield chroma_recall(peer, corpus)
        yield against_chroma(asker, peer, embed_ms=embed_ms, calls=sizes.calls)
        for tag in SELECTIVITIES:
            yield against_chroma(asker, peer, embed_ms=embed_ms, calls=sizes.calls // 2, tag=tag)
        yield from at_full_load(asker, peer, sizes)
        yield weight.row("memory of the web process, asked")


def filled_stack(corpus: Corpus, data_dir: Path, beside: ExitStack) -> Asker:
    """A running stack that holds the corpus; what an earlier run has left in its data directory is kept."""
    variables = beside.enter_context(ready_embedder(corpus))
    stack = beside.enter_context(larder(data_dir, **variables))
    stack.make_model()
    with connected(data_dir) as connection:
        if not is_filled(connection):
            fill(connection, corpus, write_words=partial(stack.manage, "rewrite_fulltext"))
    return Asker(stack=stack, corpus=corpus, key=stack.key("analyzer"))


def recall(asker: Asker) -> Row:
    rows = asker.corpus.question_rows()[:RECALLED]
    found = [{document["id"] for document in answer["documents"]} for answer in asker.answers(len(rows))]
    return Row(
        work=f"recall@{TOP_K} of the index plan",
        ours=asker.plans(),
        theirs="brute force",
        ratio=share_found(found, asker.corpus, rows),
        at_least=0.98,
    )


def chroma_recall(peer: Chroma, corpus: Corpus) -> Row:
    rows = corpus.question_rows()[:RECALLED]
    with Line(peer.port) as line:
        answers = [line.json(peer.question(corpus.vectors[row], count=TOP_K))["ids"][0] for row in rows]
    found = share_found([set(answer) for answer in answers], corpus, rows)
    return Row(work=f"recall@{TOP_K} of Chroma, for comparison", ours="", theirs="brute force", ratio=found)


def share_found(found: Sequence[set[str]], corpus: Corpus, rows: range) -> float:
    exact = [{key_of(row) for row in line} for line in nearest(corpus, rows, count=TOP_K)]
    return mean(len(each & true) / TOP_K for each, true in zip(found, exact, strict=True))


def against_sql(asker: Asker, *, embed_ms: float, calls: int) -> Row:
    with client(asker.stack.port, asker.requests()) as larder, asker.bare_sql() as sql:
        found = interleave({"larder": larder, "sql": sql}, calls=calls, within_s=MOST_S)
    ours_ms = found["larder"] - embed_ms
    return Row(
        work=f"query, {asker.corpus.documents:,} documents, p50",
        ours=f"{ours_ms:.2f} ms",
        theirs=f"bare SQL {found['sql']:.2f} ms",
        ratio=ours_ms / found["sql"],
        at_most=4,
    )


def questions_to(peer: Chroma, corpus: Corpus, *, tag: str = "") -> Iterator[bytes]:
    return cycle([peer.question(corpus.vectors[row], count=TOP_K, tag=tag) for row in corpus.question_rows()])


def against_chroma(asker: Asker, peer: Chroma, *, embed_ms: float, calls: int, tag: str = "") -> Row:
    larder = client(asker.stack.port, asker.requests(tag=tag))
    with larder as ours, client(peer.port, questions_to(peer, asker.corpus, tag=tag)) as theirs:
        found = interleave({"larder": ours, "chroma": theirs}, calls=calls, within_s=MOST_S)
    ours_ms = found["larder"] - embed_ms
    return Row(
        work=f"query filtered to {SHOWN[tag]}, p50" if tag else "query beside Chroma, p50",
        ours=f"{ours_ms:.2f} ms ({asker.plans(tag=tag)})",
        theirs=f"Chroma {found['chroma']:.2f} ms",
        ratio=found["chroma"] / ours_ms,
        at_least=10 if tag else None,
    )


def at_full_load(asker: Asker, peer: Chroma, sizes: Sizes) -> Iterator[Row]:
    theirs = partial(client, peer.port, questions_to(peer, asker.corpus))
    contenders: dict[str, Client] = {"larder": asker.clients(), "chroma": theirs, "sql": asker.bare_sql}
    found = rates(contenders, clients=CLIENTS, seconds=sizes.load_s, turns=TURNS)
    work, ours = f"queries a second, {CLIENTS} clients", f"{found['larder']:,.0f}/s"
    yield Row(
        work=work,
        ours=ours,
        theirs=f"Chroma {found['chroma']:,.0f}/s",
        ratio=found["larder"] / found["chroma"],
        at_least=3,
    )
    yield Row(work=work, ours=ours, theirs=f"bare SQL {found['sql']:,.0f}/s", ratio=found["larder"] / found["sql"])
