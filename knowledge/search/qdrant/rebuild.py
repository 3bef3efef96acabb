"""The cluster from the rows: begin to note changes, walk over all passages, then remove what no row knows.

A walk that is broken off goes on where it was. Where the collections are whole it goes over them once more while they
serve, which mends what was lost in the cluster.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import takewhile
from uuid import uuid4

from django.db import connection, transaction
from qdrant_client import QdrantClient
from qdrant_client.conversions.common_types import PointId

from core.sql import fetch, without_limits
from knowledge.models import ClusterChange, ClusterCollection, ClusterFeed, EmbeddingModel
from knowledge.search.qdrant.client import feed
from knowledge.search.qdrant.collections import collection_name, make_collection
from knowledge.search.qdrant.lineage import LINEAGE
from knowledge.search.qdrant.points import BLOCK, Extent, part_of, send_passages, turn_for

BATCH = 500
PAGE = 2_000
"""Points that are looked at together for whether their rows are there."""

POLL_S = 0.05

# Whoever is writing began before there was a feed, and notes nothing: it has to be at its end.
ALONE = "LOCK TABLE knowledge_document, knowledge_passage IN SHARE MODE"
NEXT = f"""
SELECT id FROM knowledge_passage WHERE model_id = %(model)s AND vector IS NOT NULL AND id > %(after)s
ORDER BY id LIMIT {BATCH}
"""  # noqa: S608 -- a number
UNKNOWN = """
SELECT point FROM unnest(%(points)s::bigint[]) AS point
WHERE NOT EXISTS (
    SELECT FROM knowledge_passage p JOIN knowledge_document d ON d.id = p.document_id
    WHERE p.id = point AND p.model_id = %(model)s AND p.vector IS NOT NULL AND d.deleted_at IS NULL
)
"""


def begin_feed(*, now: datetime, anew: bool = False) -> ClusterFeed:
    """From now on changes are noted. Other collections are begun where this store fed none, or `anew`.

    Waits for pushes that are writing.
    """
    with without_limits(), transaction.atomic():
        lineage = fetch(f"SELECT {LINEAGE}", {})[0][0]
        known = ClusterFeed.objects.filter(lineage=lineage).first()
        if known and not anew:
            return known
        with connection.cursor() as cursor:
            cursor.execute(ALONE)
        ClusterCollection.objects.all().delete()
        models = EmbeddingModel.objects.values_list("pk", flat=True)
        ClusterCollection.objects.bulk_create(ClusterCollection(model=model, walked_to=0) for model in models)
        fields = {"name": f"larder-{uuid4().hex[:12]}", "lineage": lineage, "begun_at": now, "seen_at": now}
        return ClusterFeed.objects.update_or_create(pk=1, defaults=fields)[0]


def end_feed() -> list[str]:
    """Nothing is noted any more; the names of the collections, which the cluster still holds."""
    with transaction.atomic():
        known = ClusterFeed.objects.first()
        models = list(ClusterCollection.objects.order_by("model").values_list("model", flat=True))
        for each in (ClusterFeed, ClusterCollection, ClusterChange):
            each.objects.all().delete()
    return [collection_name(known.name, model) for model in models] if known else []


def fed_models() -> list[EmbeddingModel]:
    return list(EmbeddingModel.objects.exclude(state=EmbeddingModel.State.DROPPING).order_by("state", "id"))


def fill_collection(known: ClusterFeed, model: EmbeddingModel) -> Iterator[int]:
    """Send all passages of the model, in the order of their rows; yields how many of them at each step.

    Raises ClusterUnavailable, FeedEnded.
    """
    name = collection_name(known.name, model.pk)
    if not feed(lambda client: client.collection_exists(name)):
        ClusterCollection.objects.update_or_create(model=model.pk, defaults={"walked_to": 0})
    feed(lambda client: make_collection(client, name, model=model))
    reached = ClusterCollection.objects.get(model=model.pk).walked_to or 0
    while passages := _next_passages(model, after=reached):
        _send_now(model, passages)
        reached = passages[-1]
        ClusterCollection.objects.filter(model=model.pk, walked_to__isnull=False).update(walked_to=reached)
        yield len(passages)
    ClusterCollection.objects.filter(model=model.pk).update(walked_to=None)


def remove_unknown(known: ClusterFeed, model: EmbeddingModel) -> Iterator[int]:
    """Remove points whose passages are gone; yields how many points were looked at at each step."""
    scroll = partial(_scroll, name=collection_name(known.name, model.pk))
    points, after = feed(scroll)
    while points:
        for (passage,) in fetch(UNKNOWN, {"points": points, "model": model.pk}):
            _send_now(model, [passage])
        yield len(points)
        points, after = feed(partial(scroll, after=after)) if after is not None else ([], None)


def _scroll(client: QdrantClient, name: str, after: PointId | None = None) -> tuple[list[int], PointId | None]:
    """The next points in the order of their ids, and where those after them begin."""
    found, following = client.scroll(name, limit=PAGE, offset=after, with_payload=False, with_vectors=False)
    return [int(each.id) for each in found if isinstance(each.id, int)], following


def _next_passages(model: EmbeddingModel, *, after: int) -> list[int]:
    """Those of one block at most, as a turn is for one part."""
    found = [row[0] for row in fetch(NEXT, {"model": model.pk, "after": after})]
    return list(takewhile(lambda passage: passage // BLOCK == found[0] // BLOCK, found))


def _send_now(model: EmbeddingModel, passages: list[int]) -> None:
    """When the part's turn comes; what has to wait for a writer is left to the outbox."""
    while True:
        with turn_for(part_of(passages[0])) as mine:
            if mine:
                waiting = send_passages(model, dict.fromkeys(passages, Extent.VECTOR))
                break
        time.sleep(POLL_S)
    now = fetch("SELECT now()", {})[0][0]
    ClusterChange.objects.bulk_create(
        ClusterChange(passage=passage, model=model.pk, extent=Extent.VECTOR, noted_at=now) for passage in waiting
    )
