"""Candidates for a query: what the cluster names, and every passage that it does not know yet as it is."""

from collections.abc import Sequence

from django.conf import settings
from qdrant_client import QdrantClient
from qdrant_client.models import QuantizationSearchParams, ReadConsistencyType, SearchParams

from core.sql import Statement, fetch_at_primary
from knowledge.embedding.embedders.base import Vector
from knowledge.models import EmbeddingModel
from knowledge.search.index.candidates import Named
from knowledge.search.index.mark import read_mark
from knowledge.search.qdrant.client import ClusterUnavailable, ask
from knowledge.search.qdrant.collections import collection_name
from knowledge.search.qdrant.filters import filter_of
from knowledge.search.qdrant.lineage import LINEAGE
from knowledge.search.scope import Scope

MOST_UNSENT = 10_000
"""Passages that the rows order in some 10 ms. More wait only while the cluster is away or a great deal is pushed."""

LEAST_EF = 128
LARGEST_ROW = 2**63 - 1

# One row, or none where no candidate may be asked for.
STANDING = f"""
SELECT f.name, pg_current_snapshot()::text,
       ARRAY(SELECT passage FROM knowledge_clusterchange WHERE model = %(model)s LIMIT {MOST_UNSENT + 1})
FROM knowledge_clusterfeed f JOIN knowledge_clustercollection c ON c.model = %(model)s AND c.walked_to IS NULL
WHERE f.lineage = {LINEAGE}
"""  # noqa: S608 -- constants


def find_candidates(scope: Scope, *, model: EmbeddingModel, vector: Vector, wanted: int) -> Named | None:
    """Passages among which the nearest are; None where the cluster cannot say, and only the rows can.

    The outbox is read before the cluster is asked: what is not in it any more, the cluster knows by then. So whatever
    was committed before this call is named.
    """
    if not settings.QDRANT_URL:
        return None
    [standing] = fetch_at_primary([Statement(text=STANDING, parameters={"model": model.pk})])
    if not standing or len(standing[0][2]) > MOST_UNSENT:
        return None
    name, snapshot, unsent = standing[0]
    try:
        named = ask(lambda client: _query(client, collection_name(name, model.pk), scope, vector, wanted))
    except ClusterUnavailable:
        return None
    return Named(ids=list(dict.fromkeys([*named, *unsent])), mark=read_mark(snapshot), ran_out=len(named) < wanted)


def _query(client: QdrantClient, name: str, scope: Scope, vector: Vector, wanted: int) -> Sequence[int]:
    """Ids as a row may have them, whatever came: a cluster that is not ours may name anything."""
    found = client.query_points(
        name,
        query=list(map(float, vector)),
        query_filter=filter_of(scope),
        search_params=SearchParams(hnsw_ef=max(LEAST_EF, wanted), quantization=QuantizationSearchParams(rescore=False)),
        limit=wanted,
        with_payload=False,
        with_vectors=False,
        consistency=ReadConsistencyType.QUORUM if settings.QDRANT_REPLICAS > 1 else None,
    )
    return [each.id for each in found.points if isinstance(each.id, int) and 0 < each.id <= LARGEST_ROW]
