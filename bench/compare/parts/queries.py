"""Questions to one store: beside the exact answer and the peers; alone, filtered, and from many at once."""

from collections.abc import Callable, Iterator, Mapping

from bench.compare import goals
from bench.compare.corpus import SELECTIVITIES, WIDTH
from bench.compare.measure import Timing, rates
from bench.compare.parts.filters import measure_metadata
from bench.compare.parts.scene import Scene
from bench.compare.report import Row
from bench.compare.sizes import CLIENTS, TOP_K, TURNS

SHOWN = {"half": "50 %", "hundredth": "1 %", "thousandth": "0.1 %"}


def measure_recall(scene: Scene) -> Iterator[Row]:
    ours, *theirs = scene.recalls().items()
    work = f"recall@{TOP_K}, {described(scene)}"
    plans, goal = scene.asker.plans(), goals.recall_goal(scene.corpus.documents)
    yield Row(work=work, ours=plans, theirs="brute force", ratio=ours[1], at_least=goal)
    for name, found in theirs:
        yield Row(work=f"{work}, of {name}", ours="", theirs="brute force", ratio=found)


def measure_query(scene: Scene) -> Iterator[Row]:
    """The ratio of bare SQL is ours over theirs, as its goal is stated; of the others, theirs over ours."""
    found = scene.timings(calls=scene.asked.sizes.calls)
    documents = scene.corpus.documents
    for peer, theirs in theirs_of(found, scene):
        yield timing_row(
            f"query, {described(scene)}, p50",
            found[scene.asker.name],
            theirs,
            peer=peer,
            at_most=goals.sql_goal(documents) if peer == "bare SQL" else None,
            inverse=peer == "bare SQL",
        )


def measure_filtered(scene: Scene) -> Iterator[Row]:
    for tag, one_in in SELECTIVITIES.items():
        if scene.corpus.documents < one_in:
            continue
        found, recalls = scene.timings(calls=scene.asked.sizes.calls // 2, tag=tag), scene.recalls(tag=tag)
        for peer, theirs in theirs_of(found, scene):
            yield timing_row(
                f"query filtered to {SHOWN[tag]}, {described(scene)}, p50",
                found[scene.asker.name],
                theirs,
                peer=peer,
                note=f"{scene.asker.plans(tag=tag)}, recall {recalls[scene.asker.name]:.3f}",
                their_note=f"recall {recalls[peer]:.3f}",
                at_least=goals.FILTERED_AGAINST_CHROMA[tag] if peer == "Chroma" else None,
            )


def measure_clients(scene: Scene) -> Iterator[Row]:
    contenders = {each.name: (each.clients(), each.processes) for each in scene.contenders}
    found = rates(contenders, clients=CLIENTS, seconds=scene.asked.sizes.load_s, turns=TURNS)
    ours = found[scene.asker.name]
    for peer in scene.peers.values():
        theirs = found[peer.name]
        yield Row(
            work=f"queries a second, {CLIENTS} clients, {described(scene)}",
            ours=f"{ours.calls_s:,.0f}/s",
            theirs=f"{peer.name} {theirs.calls_s:,.0f}/s",
            ratio=ours.calls_s / theirs.calls_s,
            at_least=goals.AGAINST_CHROMA if peer.name == "Chroma" else None,
            our_cpu=ours.cpu,
            their_cpu=theirs.cpu,
        )


def measure_memory(scene: Scene) -> Iterator[Row]:
    yield scene.weight.row("memory of the web processes, asked")


def described(scene: Scene) -> str:
    """How many documents, and of which vectors where they are not the usual ones."""
    width, modelled = scene.corpus.width, scene.corpus.name.startswith("model")
    kind = ", the local model's vectors" if modelled else f" of {width} dimensions" if width != WIDTH else ""
    return f"{scene.corpus.documents:,} documents{kind}"


def theirs_of(found: Mapping[str, Timing], scene: Scene) -> Iterator[tuple[str, Timing]]:
    return ((peer.name, found[peer.name]) for peer in scene.peers.values())


def timing_row(
    work: str,
    ours: Timing,
    theirs: Timing,
    *,
    peer: str,
    note: str = "",
    their_note: str = "",
    at_least: float | None = None,
    at_most: float | None = None,
    inverse: bool = False,
) -> Row:
    """How often their time holds ours; `inverse`: ours over theirs."""
    ratio = theirs.ms / ours.ms
    return Row(
        work=work,
        ours=f"{ours.ms:.2f} ms{note and f' ({note})'}",
        theirs=f"{peer} {theirs.ms:.2f} ms{their_note and f' ({their_note})'}",
        ratio=1 / ratio if inverse else ratio,
        at_least=at_least,
        at_most=at_most,
        our_cpu=ours.cpu,
        their_cpu=theirs.cpu,
    )


LINES: Mapping[str, Callable[[Scene], Iterator[Row]]] = {
    "recall": measure_recall,
    "query": measure_query,
    "filtered": measure_filtered,
    "metadata": measure_metadata,
    "clients": measure_clients,
    "memory": measure_memory,
}
