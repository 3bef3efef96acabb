"""Asking the cluster for candidates: what is not sent yet, and a cluster that is away, slow, empty or lies."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

pytest.importorskip("qdrant_client")

from knowledge.embedding.vector_space import Space
from knowledge.models import ClusterCollection, ClusterFeed, EmbeddingModel, Passage
from knowledge.run_counts import Counts
from knowledge.search.qdrant import client, hints
from knowledge.search.qdrant.draining import drain_outbox
from knowledge.search.qdrant.hints import find_candidates
from knowledge.search.qdrant.status import cluster_status
from knowledge.search.scope import Scope
from knowledge.tagexpr import parse_tags
from tests.qdrant.feeding import fill_cluster
from tests.qdrant.server import Answered, Server

pytestmark = pytest.mark.django_db

Push = Callable[..., Counts]
Ask = Callable[..., list[int] | None]


@pytest.fixture
def ask(space: Space, now: datetime) -> Ask:
    vector = space.embedder.embed(["bread"])[0]

    def run(*, tags: str | None = None, wanted: int = 100) -> list[int] | None:
        scope = Scope(now=now, source=None, tags=parse_tags(tags))
        found = find_candidates(scope, model=space.model, vector=vector, wanted=wanted)
        return None if found is None else found.ids

    return run


def passages(*keys: str) -> set[int]:
    return set(Passage.objects.filter(document__key__in=keys).values_list("pk", flat=True))


def test_nobody_is_asked_where_nothing_is_fed_or_it_is_not_whole(cluster: Server, push: Push, ask: Ask) -> None:
    push("bread")
    assert ask() is None
    fill_cluster()
    assert ask() is not None
    before = cluster.asked("points/query")
    ClusterCollection.objects.update(walked_to=0)
    assert ask() is None
    ClusterCollection.objects.update(walked_to=None)
    ClusterFeed.objects.update(lineage="another")
    assert ask() is None
    assert cluster.asked("points/query") == before


def test_whatever_was_committed_is_named_whether_it_was_sent_or_not(cluster: Server, push: Push, ask: Ask) -> None:
    push("bread", {"id": "butter", "content": "butter", "tags": ["a"]})
    fill_cluster()
    push("more bread", {"id": "bread", "content": "bread", "tags": ["a"]})
    assert passages("bread", "butter") <= set(ask(tags="a") or ())
    assert passages("bread", "butter", "more bread") == set(ask() or ())
    drain_outbox()
    assert passages("bread", "butter") == set(ask(tags="a") or ())
    assert passages("bread", "butter", "more bread") == set(ask() or ())


def test_what_is_sent_while_the_cluster_is_asked_is_named_too(
    cluster: Server, push: Push, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cluster answers what it knew before; a worker sends and takes off the outbox before the answer is here."""
    push("bread")
    fill_cluster()
    push("more bread")

    asked = client.ask

    def overtaken(work: Callable[[Any], Any]) -> Any:
        found = asked(work)
        assert drain_outbox() == 1
        return found

    monkeypatch.setattr(hints, "ask", overtaken)
    assert passages("bread", "more bread") == set(ask() or ())


def test_too_much_that_was_not_sent_means_no_hint(
    cluster: Server, push: Push, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "MOST_UNSENT", 3)
    fill_cluster()
    push(*(f"bread {number}" for number in range(3)))
    assert len(ask() or ()) == 3
    push("one more")
    assert ask() is None
    drain_outbox()
    assert len(ask() or ()) == 4


def test_a_cluster_that_lost_everything_names_nothing(cluster: Server, push: Push, ask: Ask) -> None:
    push("bread")
    known, model = fill_cluster(), EmbeddingModel.objects.get()
    cluster.engine.drop(f"{known.name}-{model.pk}")
    assert ask() is None


NAMELESS = {"result": {"points": [{"score": 1}]}, "status": "ok", "time": 0}
NONSENSE = {
    "an error": (500, b"{}"),
    "a web page": (200, b"<html>Welcome</html>"),
    "nothing": (200, b""),
    "an empty object": (200, b"{}"),
    "no result": (200, json.dumps({"result": None, "status": "ok", "time": 0}).encode()),
    "a list": (200, b"[1, 2]"),
    "points without an id": (200, json.dumps(NAMELESS).encode()),
    "a redirect": (302, b""),
    "forbidden": (403, json.dumps({"status": {"error": "forbidden"}, "time": 0}).encode()),
    "too many": (429, b"{}"),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=list(NONSENSE))
def test_nonsense_is_no_hint_and_nobody_asks_for_a_while(
    cluster: Server, push: Push, ask: Ask, answer: Answered
) -> None:
    push("bread")
    fill_cluster()
    cluster.answer = lambda path, body, honest: answer
    for _ in range(5):
        assert ask() is None
    assert cluster.asked("points/query") == 3
    assert list(cluster_status().pauses) == ["asking"]
    assert not cluster_status().is_usable


def test_ids_that_no_row_can_have_are_passed_over(cluster: Server, push: Push, ask: Ask) -> None:
    push("bread")
    fill_cluster()
    ids = [2**63, 2**64 - 1, 0, "5c56c793-69f3-4fbf-87e6-c4bf54c28c26", 999_999_999]
    points = [{"id": each, "version": 0, "score": 0.5} for each in ids]
    told = json.dumps({"result": {"points": points}, "status": "ok", "time": 0}).encode()
    cluster.answer = lambda path, body, honest: (200, told)
    assert ask() == [999_999_999]


def test_a_silent_cluster_costs_its_budget_and_no_more(cluster: Server, push: Push, ask: Ask, settings: Any) -> None:
    push("bread")
    fill_cluster()
    settings.QDRANT_BUDGET_MS = 50
    answered = []

    def late(path: str, body: dict[str, Any], honest: Callable[[], Answered]) -> Answered:
        time.sleep(1)
        answered.append(path)
        return honest()

    cluster.answer = late
    assert ask() is None
    assert not answered
    for _ in range(4):
        assert ask() is None
    assert cluster.asked("points/query") == 3


def test_a_cluster_that_is_not_there_is_no_hint(cluster: Server, push: Push, ask: Ask, settings: Any) -> None:
    push("bread")
    fill_cluster()
    settings.QDRANT_URL = "http://127.0.0.1:9"
    assert ask() is None
