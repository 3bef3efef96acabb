"""`manage.py qdrant`, and the task that sends what waits."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

pytest.importorskip("qdrant_client")

from django.core.management import CommandError, call_command

from knowledge.models import ClusterChange, ClusterFeed
from knowledge.run_counts import Counts
from knowledge.tasks import feed_cluster
from tests.qdrant.feeding import in_cluster, in_rows
from tests.qdrant.server import Server

pytestmark = pytest.mark.django_db

Push = Callable[..., Counts]


def run(*words: str) -> str:
    out = StringIO()
    call_command("qdrant", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_it_fills_tells_and_ends(cluster: Server, push: Push) -> None:
    assert "is not fed" in run("status")
    push("bread", "butter")
    assert "holds every passage" in run("rebuild")
    assert in_cluster(cluster) == in_rows()
    push("cheese")
    assert "1 changes wait" in run("status")
    name = ClusterFeed.objects.get().name
    assert name in run("off")
    assert "nothing" in run("off")


def test_new_collections_take_the_place_of_the_old_ones(cluster: Server, push: Push) -> None:
    push("bread")
    run("rebuild")
    before = ClusterFeed.objects.get().name
    run("rebuild")
    assert ClusterFeed.objects.get().name == before
    run("rebuild", "--anew")
    assert ClusterFeed.objects.get().name != before
    assert in_cluster(cluster) == in_rows()


def test_a_cluster_that_fails_ends_it_with_a_sentence(cluster: Server, push: Push) -> None:
    push("bread")
    cluster.answer = lambda path, body, honest: (500, b"{}")
    with pytest.raises(CommandError, match="goes on here"):
        run("rebuild")
    cluster.answer = None
    run("rebuild")
    assert in_cluster(cluster) == in_rows()


def test_the_task_sends_what_waits_and_survives_a_cluster_that_does_not_answer(
    cluster: Server, push: Push, settings: Any
) -> None:
    run("rebuild")
    push("bread")
    cluster.answer = lambda path, body, honest: (500, b"{}")
    feed_cluster()
    assert ClusterChange.objects.count() == 1
    cluster.answer = None
    feed_cluster()
    assert in_cluster(cluster) == in_rows()
    push("butter")
    settings.QDRANT_URL = ""
    feed_cluster()
    assert ClusterChange.objects.count() == 1
