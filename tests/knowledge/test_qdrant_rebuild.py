"""Collections that are filled, filled again, lost, and made for models that come later."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

pytest.importorskip("qdrant_client")

from knowledge.embedding.vector_space import Space
from knowledge.models import ClusterChange, ClusterCollection, Document, EmbeddingModel, Passage
from knowledge.run_counts import Counts
from knowledge.search.qdrant import rebuild
from knowledge.search.qdrant.client import CollectionMissing
from knowledge.search.qdrant.draining import drain_outbox
from knowledge.search.qdrant.rebuild import begin_feed, fill_collection
from knowledge.search.qdrant.status import cluster_status
from tests.qdrant.feeding import all_points, collection, fill_cluster, in_cluster, in_rows
from tests.qdrant.server import Server

pytestmark = pytest.mark.django_db

Push = Callable[..., Counts]


def test_a_filling_that_is_broken_off_goes_on_where_it_was(
    cluster: Server, push: Push, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(*(f"bread {number}" for number in range(20)))
    monkeypatch.setattr(rebuild, "NEXT", rebuild.NEXT.replace(f"LIMIT {rebuild.BATCH}", "LIMIT 5"))
    known, model = begin_feed(now=now), EmbeddingModel.objects.get()
    steps = fill_collection(known, model)
    sent = next(steps) + next(steps)  # fewer than 10 where the rows' numbers come to the end of a block
    del steps
    assert cluster_status().unfilled == (model.name,)
    assert sum(fill_collection(begin_feed(now=now), model)) == 20 - sent
    assert cluster_status().unfilled == ()
    assert in_cluster(cluster) == in_rows()


def test_a_filling_brings_back_what_the_cluster_lost_and_removes_what_no_row_knows(
    cluster: Server, push: Push, now: datetime
) -> None:
    push("bread", "butter", "cheese")
    fill_cluster()
    Passage.objects.filter(document=Document.objects.get(key="butter")).delete()
    ClusterChange.objects.all().delete()
    cluster.engine.update(collection(), removal_of(Passage.objects.get(document=Document.objects.get(key="bread")).pk))
    fill_cluster()
    points = all_points(cluster)
    assert set(points) == set(in_rows())
    assert len(points) == 2


def removal_of(point: int) -> Any:
    from qdrant_client.models import DeleteOperation, FilterSelector

    from knowledge.search.qdrant.filters import older_than

    return DeleteOperation(delete=FilterSelector(filter=older_than(2**40, [point])))


def test_a_collection_that_is_gone_is_made_again_and_not_used_before_it_is_whole(
    cluster: Server, push: Push, now: datetime
) -> None:
    push("bread")
    known, model = fill_cluster(), EmbeddingModel.objects.get()
    cluster.engine.drop(collection())
    push("butter")
    with pytest.raises(CollectionMissing):
        drain_outbox()
    assert ClusterChange.objects.count() == 1
    steps = fill_collection(known, model)
    next(steps)
    assert cluster_status().unfilled == (model.name,)
    list(steps)
    drain_outbox()
    assert in_cluster(cluster) == in_rows()


def test_a_model_that_comes_later_has_a_collection_of_its_own(
    cluster: Server, push: Push, space: Space, now: datetime
) -> None:
    push("bread")
    known = fill_cluster()
    other = EmbeddingModel.objects.create(name="test:other", dimensions=64, state="building", created_at=now)
    found = Passage.objects.get()
    mine = Passage.objects.create(
        document=found.document, model=other, ordinal=0, start=0, end=5, text_hash=found.text_hash, vector=found.vector
    )
    drain_outbox()
    assert cluster.engine.retrieve(f"{known.name}-{other.pk}", [found.pk, mine.pk]).keys() == {mine.pk}
    assert cluster_status().unfilled == ()
    Passage.objects.filter(model=other).delete()
    other.delete()
    drain_outbox()
    assert not cluster.engine.exists(f"{known.name}-{other.pk}")
    assert ClusterCollection.objects.count() == 1
