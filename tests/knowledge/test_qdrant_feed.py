"""The outbox, and the cluster that is fed from it: at least once, in any order, and as the rows stand."""

import json
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("qdrant_client")

from django.db import connection

from core.sql import fetch
from knowledge.deleting.erasing import erase_documents
from knowledge.deleting.trash import delete_rows, purge_trash, restore_rows
from knowledge.models import ClusterChange, ClusterFeed, Document, EmbeddingModel
from knowledge.run_counts import Counts
from knowledge.search.qdrant.client import ClusterUnavailable
from knowledge.search.qdrant.draining import drain_outbox
from knowledge.search.qdrant.rebuild import begin_feed, end_feed, fill_collection
from knowledge.search.qdrant.status import breakers, cluster_status, end_forgotten_feed, vectors_of
from tests.qdrant.feeding import all_points, fill_cluster, in_cluster, in_rows
from tests.qdrant.server import Answered, Server

pytestmark = pytest.mark.django_db

Push = Callable[..., Counts]


def row(key: str) -> int:
    return Document.objects.get(key=key).pk


def test_without_a_feed_nothing_is_noted(push: Push, now: datetime) -> None:
    push("bread", "butter")
    delete_rows([row("bread")], now=now, actor="")
    assert not ClusterChange.objects.exists()
    assert cluster_status() is None


def test_each_kind_of_write_reaches_the_cluster(cluster: Server, push: Push, now: datetime) -> None:
    push("bread", "butter")
    fill_cluster()
    push({"id": "bread", "content": "bread", "tags": ["new"]}, "cheese")
    assert in_cluster(cluster) != in_rows()
    assert drain_outbox() == 2
    assert in_cluster(cluster) == in_rows()
    push(
        {"id": "bread", "content": "another bread"},
        {"id": "butter", "content": "butter", "expires_at": now + timedelta(1)},
    )
    drain_outbox()
    assert in_cluster(cluster) == in_rows()
    delete_rows([row("cheese")], now=now, actor="")
    drain_outbox()
    assert len(in_cluster(cluster)) == 2
    restore_rows([row("cheese")], now=now, actor="")
    drain_outbox()
    assert in_cluster(cluster) == in_rows()
    assert len(in_rows()) == 3
    assert not ClusterChange.objects.exists()


@pytest.mark.parametrize("seed", range(4))
def test_after_any_writes_drained_at_any_time_the_cluster_is_as_the_rows_are(
    cluster: Server, push: Push, now: datetime, seed: int
) -> None:
    chance = random.Random(seed)
    fill_cluster()

    def some(*, trashed: bool) -> list[int]:
        rows = list(Document.objects.filter(deleted_at__isnull=not trashed).order_by("pk").values_list("pk", flat=True))
        return chance.sample(rows, k=min(len(rows), 3))

    def write() -> None:
        push(
            *(
                {
                    "id": str(number),
                    "content": f"bread {number} {chance.randint(0, 2)}",
                    "tags": chance.sample(("a", "b", "flag:x"), k=chance.randint(0, 2)),
                    "expires_at": chance.choice((None, now + timedelta(days=chance.randint(1, 3)))),
                }
                for number in chance.sample(range(12), k=4)
            ),
            at=now + timedelta(seconds=chance.random()),
        )

    acts: list[Callable[[], Any]] = [
        write,
        write,
        lambda: delete_rows(some(trashed=False), now=now, actor=""),
        lambda: restore_rows(some(trashed=True), now=now, actor=""),
        lambda: erase_documents(some(trashed=False)[:1], now=now, actor=""),
        lambda: purge_trash(now=now + timedelta(days=30)),
        drain_outbox,
        fill_cluster,
    ]
    for act in chance.choices(acts, weights=(3, 3, 2, 2, 1, 0.3, 2, 0.5), k=40):
        act()
    drain_outbox()
    assert in_cluster(cluster) == in_rows()
    assert set(all_points(cluster)) == set(in_rows())


def test_a_renewal_sends_no_vector(cluster: Server, push: Push, now: datetime) -> None:
    push("bread", "butter", "cheese")
    fill_cluster()
    sent = watch_operations(cluster)
    push(
        *(
            {"id": each, "content": each, "expires_at": now + timedelta(days=2)}
            for each in ("bread", "butter", "cheese")
        )
    )
    drain_outbox()
    assert {name for each in sent for name in each} == {"set_payload"}  # once a block of rows
    assert in_cluster(cluster) == in_rows()


def watch_operations(cluster: Server) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    def note(path: str, body: dict[str, Any], honest: Callable[[], Answered]) -> Answered:
        sent.extend(body.get("operations", ()))
        return honest()

    cluster.answer = note
    return sent


def test_a_request_that_comes_late_changes_nothing(cluster: Server, push: Push, now: datetime) -> None:
    """Its answer was given up, so it was sent again, newer, and only then it arrives."""
    push({"id": "bread", "content": "bread", "tags": ["old"]}, {"id": "butter", "content": "butter", "tags": ["old"]})
    late = []

    def keep_back(path: str, body: dict[str, Any], honest: Callable[[], Answered]) -> Answered:
        if not path.endswith("batch"):
            return honest()
        late.append(honest)
        return 500, b"{}"

    known = begin_feed(now=now)
    cluster.answer = keep_back
    with pytest.raises(ClusterUnavailable):
        list(fill_collection(known, EmbeddingModel.objects.get()))
    cluster.answer = None
    fill_cluster()
    cluster.answer = keep_back
    push({"id": "bread", "content": "bread", "tags": ["middle"]})
    with pytest.raises(ClusterUnavailable):
        drain_outbox()
    cluster.answer = None
    push({"id": "bread", "content": "bread", "tags": ["new"]})
    drain_outbox()
    assert len(late) == 2
    for honest in late:
        assert honest()[0] == 200
    assert in_cluster(cluster) == in_rows()
    assert {tuple(labels["tags"]) for labels in in_rows().values()} == {("new",), ("old",)}


def test_what_was_not_confirmed_is_sent_again(cluster: Server, push: Push) -> None:
    fill_cluster()
    push("bread", "butter")
    cluster.answer = lambda path, body, honest: (honest(), (500, b"{}"))[1]
    with pytest.raises(ClusterUnavailable):
        drain_outbox()
    assert ClusterChange.objects.count() == 2
    cluster.answer = None
    assert drain_outbox() == 2
    assert in_cluster(cluster) == in_rows()


def test_an_operation_that_is_only_acknowledged_is_not_done(cluster: Server, push: Push) -> None:
    fill_cluster()
    push("bread")
    acknowledged = {"result": [{"operation_id": 1, "status": "acknowledged"}], "status": "ok", "time": 0}
    cluster.answer = lambda path, body, honest: (200, json.dumps(acknowledged).encode())
    with pytest.raises(ClusterUnavailable, match="did not confirm"):
        drain_outbox()
    assert ClusterChange.objects.count() == 1


def test_nothing_is_sent_to_a_cluster_of_another_store(cluster: Server, push: Push, now: datetime) -> None:
    """This one came by its rows from a copy: what it would send could overwrite what the first one's cluster holds."""
    push("bread")
    first = fill_cluster()
    ClusterFeed.objects.update(lineage="another")
    push("butter")
    before = len(cluster.requests)
    assert drain_outbox() == 0
    assert len(cluster.requests) == before
    assert not cluster_status().is_of_this_store
    assert fill_cluster().name != first.name
    assert in_cluster(cluster) == in_rows()
    assert cluster.engine.exists(f"{first.name}-{EmbeddingModel.objects.get().pk}")


def test_emptying_the_tables_ends_the_feed(cluster: Server, push: Push) -> None:
    push("bread")
    fill_cluster()
    push("butter")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE knowledge_passage")
    assert cluster_status() is None
    assert not ClusterChange.objects.exists()


def test_a_feed_that_nobody_takes_from_is_ended_after_a_day(cluster: Server, push: Push, now: datetime) -> None:
    fill_cluster()
    push("bread")
    assert not end_forgotten_feed(now=now + timedelta(hours=23))
    assert end_forgotten_feed(now=now + timedelta(hours=25))
    assert not ClusterChange.objects.exists()
    push("butter")
    assert not ClusterChange.objects.exists()


def test_who_ends_the_feed_is_told_what_the_cluster_still_holds(cluster: Server, push: Push) -> None:
    push("bread")
    known, model = fill_cluster(), EmbeddingModel.objects.get()
    assert end_feed() == [f"{known.name}-{model.pk}"]
    push("butter")
    assert drain_outbox() == 0
    assert not ClusterChange.objects.exists()


def test_the_lag_is_told(cluster: Server, push: Push) -> None:
    fill_cluster()
    assert (cluster_status().waiting, cluster_status().lag_s) == (0, 0.0)
    push("bread", "butter")
    ClusterChange.objects.update(noted_at=fetch("SELECT now() - interval '1 hour'", {})[0][0])
    assert cluster_status().waiting == 2
    assert 3_600 <= cluster_status().lag_s < 4_200
    assert vectors_of(EmbeddingModel.objects.get().pk) == 2


def test_a_cluster_that_fails_is_left_alone_for_a_while(cluster: Server, push: Push) -> None:
    fill_cluster()
    push("bread")
    cluster.answer = lambda path, body, honest: (500, b"{}")
    for _ in range(5):
        with pytest.raises(ClusterUnavailable):
            drain_outbox()
    assert cluster.asked("points/batch") == 3
    assert list(cluster_status().pauses) == ["feeding"]
    breakers["feeding"].note_success()
    cluster.answer = None
    assert drain_outbox() == 1
