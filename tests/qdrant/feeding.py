"""Feeding the cluster, as workers and the command do it."""

from django.utils import timezone

from knowledge.models import ClusterFeed
from knowledge.search.qdrant.rebuild import begin_feed, fed_models, fill_collection, remove_unknown


def fill_cluster(*, anew: bool = False) -> ClusterFeed:
    known = begin_feed(now=timezone.now(), anew=anew)
    for model in fed_models():
        sum(fill_collection(known, model))
        sum(remove_unknown(known, model))
    return known
