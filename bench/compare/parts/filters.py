"""Filters of metadata, beside Chroma's `where`: equality by a boolean field, ranges by a key that is declared."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from bench.compare import goals
from bench.compare.corpus import SELECTIVITIES
from bench.compare.measure import Timing, interleave
from bench.compare.parts.scene import Scene
from bench.compare.peers.chroma import Chroma
from bench.compare.report import Row
from bench.compare.sizes import MOST_S

SHOWN = {"half": "50 %", "hundredth": "1 %", "thousandth": "0.1 %"}
DECLARED_WITHIN_S = 300

Filters = tuple[dict[str, Any], dict[str, Any]]
"""One and the same, ours and Chroma's."""


def measure_metadata(scene: Scene) -> Iterator[Row]:
    peer = scene.peers.get("chroma")
    if not isinstance(peer, Chroma):
        return
    _declare(scene)
    for tag, one_in in SELECTIVITIES.items():
        for kind, (ours, theirs) in _filters(tag, scene.corpus.documents, one_in).items():
            found = _timings(scene, peer, ours, theirs)
            yield Row(
                work=f"query, metadata {kind} of {SHOWN[tag]}, {scene.corpus.documents:,} documents, p50",
                ours=f"{found[scene.asker.name].ms:.2f} ms ({scene.asker.plans(filter=ours)})",
                theirs=f"{peer.name} {found[peer.name].ms:.2f} ms",
                ratio=found[peer.name].ms / found[scene.asker.name].ms,
                at_least=goals.METADATA_AGAINST_CHROMA,
                our_cpu=found[scene.asker.name].cpu,
                their_cpu=found[peer.name].cpu,
            )


def _filters(tag: str, documents: int, one_in: int) -> dict[str, Filters]:
    first = documents - documents // one_in
    return {
        "equality": ({"key": f"metadata.{tag}", "op": "eq", "value": True}, {tag: True}),
        "range": ({"key": "metadata.row", "op": "gte", "value": first}, {"row": {"$gte": first}}),
    }


def _declare(scene: Scene) -> None:
    scene.asker.stack.manage("filter_keys", "declare", "metadata.row")
    ends_at = time.monotonic() + DECLARED_WITHIN_S
    while "ready" not in scene.asker.stack.manage("filter_keys", "list") and time.monotonic() < ends_at:
        time.sleep(1)


def _timings(scene: Scene, peer: Chroma, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Timing]:
    """What Larder spends on the question's vector is taken off."""
    asker = scene.asker
    with ExitStack() as open_clients:
        turns = {
            asker.name: (open_clients.enter_context(asker.clients(filter=ours)()), asker.processes),
            peer.name: (open_clients.enter_context(peer.clients(where=theirs)()), peer.processes),
        }
        found = interleave(turns, calls=scene.asked.sizes.calls // 2, within_s=MOST_S * len(turns) / 2)
    mine = found[asker.name]
    return found | {asker.name: Timing(ms=mine.ms - scene.embed_ms, cpu=mine.cpu)}
