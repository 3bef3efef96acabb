"""Feeding the cluster, as workers and the command do it, and what it then holds beside what it should hold."""

from typing import Any

from django.utils import timezone
from qdrant_client.models import ScrollRequest

from knowledge.models import ClusterFeed, EmbeddingModel, Passage
from knowledge.search.qdrant.filters import VERSION, labels_of
from knowledge.search.qdrant.rebuild import begin_feed, fed_models, fill_collection, remove_unknown
from tests.qdrant.server import Server


def fill_cluster(*, anew: bool = False) -> ClusterFeed:
    known = begin_feed(now=timezone.now(), anew=anew)
    for model in fed_models():
        sum(fill_collection(known, model))
        sum(remove_unknown(known, model))
    return known


def collection() -> str:
    model = EmbeddingModel.objects.get(state="active")
    return f"{ClusterFeed.objects.get().name}-{model.pk}"


def in_cluster(cluster: Server) -> dict[int, dict[str, Any]]:
    """The labels of each point, by the passage's row."""
    with cluster.one_at_a_time:
        found = cluster.engine.retrieve(collection(), list(Passage.objects.values_list("pk", flat=True)))
    return {
        point: {name: value for name, value in labels.items() if name != VERSION} for point, labels in found.items()
    }


def in_rows() -> dict[int, dict[str, Any]]:
    live = Passage.objects.filter(document__deleted_at=None, vector__isnull=False).select_related("document")
    return {
        passage.pk: labels_of(source=each.source, tags=each.tags, expires_at=each.expires_at)
        for passage in live
        for each in [passage.document]
    }


def all_points(cluster: Server) -> list[int]:
    """Those that no row knows, too."""
    with cluster.one_at_a_time:
        points, _ = cluster.engine.scroll(collection(), ScrollRequest(limit=10_000))
    return points
