"""Workers send what the outbox names, oldest first, and take it off when the cluster has confirmed it."""

import random
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

from django.db import connection

from core.sql import fetch
from knowledge.models import ClusterCollection, ClusterFeed, EmbeddingModel
from knowledge.search.qdrant.client import feed
from knowledge.search.qdrant.collections import collection_name, make_collection
from knowledge.search.qdrant.lineage import LINEAGE
from knowledge.search.qdrant.points import BLOCK, PARTS, FeedEnded, send_passages, turn_for

BATCH = 500
"""Passages of a request: some 3 MB at 384 dimensions."""

WITHIN_S = 20.0

VISIT = f"UPDATE knowledge_clusterfeed SET seen_at = now() WHERE lineage = {LINEAGE}"  # noqa: S608 -- a constant
OLDEST = f"""
SELECT id, passage, model, extent FROM knowledge_clusterchange
WHERE passage / {BLOCK} %% {PARTS} = %(part)s ORDER BY id LIMIT {BATCH}
"""  # noqa: S608 -- numbers
DONE = "DELETE FROM knowledge_clusterchange WHERE id = ANY(%s)"


def drain_outbox(*, within_s: float = WITHIN_S) -> int:
    """Send what waits, part by part, those that others are at left out; how many changes were taken off.

    Any number of workers may do so at the same time. Raises ClusterUnavailable.
    """
    if not _note_visit():
        return 0
    ends_at, done = time.monotonic() + within_s, 0
    for part in random.sample(range(PARTS), PARTS):
        with suppress(FeedEnded), turn_for(part) as mine:
            while mine and time.monotonic() < ends_at and (taken := _drain_part(part)):
                done += taken
    return done


def _note_visit() -> bool:
    """Whether there is anything to be fed, from this very store."""
    with connection.cursor() as cursor:
        cursor.execute(VISIT)
        return bool(cursor.rowcount)


def _drain_part(part: int) -> int:
    """0, too, where all that is left has to wait."""
    rows = fetch(OLDEST, {"part": part})
    of_model: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for change, passage, model, extent in rows:
        of_model[model].append((change, passage, extent))
    done = [change for model, changes in of_model.items() for change in _send_changes(model, changes)]
    with connection.cursor() as cursor:
        cursor.execute(DONE, [done])
    return len(done)


def _send_changes(model_id: int, changes: Sequence[tuple[int, int, int]]) -> list[int]:
    """The changes that are done with."""
    model = EmbeddingModel.objects.filter(pk=model_id).exclude(state=EmbeddingModel.State.DROPPING).first()
    if model is None:
        _remove_collection(model_id)
        return [change for change, _, _ in changes]
    _know_collection(model)
    extents: dict[int, int] = {}
    for _, passage, extent in changes:
        extents[passage] = max(extent, extents.get(passage, 0))
    waiting = send_passages(model, extents)
    return [change for change, passage, _ in changes if passage not in waiting]


def _know_collection(model: EmbeddingModel) -> None:
    """A model that came after the feed began has all of its passages from the outbox."""
    if ClusterCollection.objects.filter(model=model.pk).exists():
        return
    name = collection_name(ClusterFeed.objects.get().name, model.pk)
    feed(lambda client: make_collection(client, name, model=model))
    ClusterCollection.objects.get_or_create(model=model.pk)


def _remove_collection(model_id: int) -> None:
    if ClusterCollection.objects.filter(model=model_id).exists():
        name = collection_name(ClusterFeed.objects.get().name, model_id)
        feed(lambda client: client.delete_collection(name))
        ClusterCollection.objects.filter(model=model_id).delete()
