"""Search with `SEARCH_INDEX=qdrant`: what comes back is what the rows say, whatever the cluster does."""

import json
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("qdrant_client")

from config import checks
from knowledge.browsing.neighbours import find_neighbours
from knowledge.deleting.trash import delete_rows, restore_rows
from knowledge.embedding.vector_space import Space
from knowledge.models import Document, EmbeddingModel, Passage
from knowledge.run_counts import Counts
from knowledge.search import Mode, Query, search
from knowledge.search.qdrant.draining import drain_outbox
from knowledge.search.qdrant.status import breakers
from knowledge.search.query import Plan
from knowledge.search.scope import Scope
from knowledge.search.vector import VectorSearch
from knowledge.tagexpr import parse_tags
from tests.conftest import Api
from tests.knowledge.conftest import BASE
from tests.qdrant.feeding import fill_cluster
from tests.qdrant.server import Answered, Server

pytestmark = pytest.mark.django_db

Push = Callable[..., Counts]
Act = Callable[[], Any]
Answer = Callable[[str, dict[str, Any], Callable[[], Answered]], Answered]


@pytest.fixture(autouse=True)
def index_is_the_cluster(settings: Any) -> None:
    settings.SEARCH_INDEX = "qdrant"


def named(*ids: int) -> Answer:
    """A cluster that names these whatever is asked."""
    points = [{"id": each, "version": 0, "score": 0.9} for each in ids]
    told = json.dumps({"result": {"points": points}, "status": "ok", "time": 0}).encode()
    return lambda path, body, honest: (200, told) if path.endswith("query") else honest()


def moods(chance: random.Random) -> Answer | None:
    """Mostly honest."""
    some = [chance.randint(1, 400) for _ in range(60)]
    return chance.choice((None, None, None, named(), named(*some), lambda path, body, honest: (500, b"{}")))


@pytest.mark.parametrize("seed", range(4))
def test_every_answer_is_the_one_of_the_rows(
    cluster: Server, push: Push, space: Space, now: datetime, seed: int
) -> None:
    """In the same order, with the same scores, and min(wanted, matching) of them: unless a cluster that lies makes up
    for it with documents that are in the scope but not the nearest."""
    chance = random.Random(seed)
    fill_cluster()
    other = EmbeddingModel.objects.create(name="test:other", dimensions=64, state="building", created_at=now)

    def some(*, trashed: bool) -> list[int]:
        rows = list(Document.objects.filter(deleted_at__isnull=not trashed).order_by("pk").values_list("pk", flat=True))
        return chance.sample(rows, k=min(len(rows), 5))

    def write() -> None:
        push(
            *(
                {
                    "id": str(number),
                    "content": " ".join(chance.choices(("bread", "butter", "cheese", "jam", "tea"), k=4)),
                    "tags": chance.sample(("a", "b", "c"), k=chance.randint(0, 2)),
                    "source": "memory.x" if number % 9 == 0 else "wiki",
                    "expires_at": chance.choice((None, now + timedelta(days=chance.randint(1, 3)))),
                }
                for number in chance.sample(range(80), k=25)
            ),
            at=now + timedelta(seconds=chance.random()),
        )

    def another_model() -> None:
        found = Passage.objects.filter(model=space.model).order_by("?").first()
        if found and not Passage.objects.filter(document=found.document, model=other).exists():
            Passage.objects.create(
                document=found.document, model=other, ordinal=0, start=0, end=1, text_hash=b"x", vector=found.vector
            )

    acts: list[Act] = [
        write,
        lambda: delete_rows(some(trashed=False), now=now, actor=""),
        lambda: restore_rows(some(trashed=True), now=now, actor=""),
        another_model,
        drain_outbox,
    ]
    write()
    plans = set()
    for _ in range(25):
        cluster.answer = None
        chance.choices(acts, weights=(3, 2, 2, 1, 3))[0]()
        is_honest = (mood := moods(chance)) is None
        cluster.answer = mood
        for breaker in breakers.values():
            breaker.note_success()
        scope = Scope(
            now=now + timedelta(days=chance.choice((0, 0, 2))),
            source=chance.choice((None, None, "wiki", "memory.x")),
            tags=parse_tags(chance.choice((None, "a", "a+b|c", "nobody"))),
        )
        asked = VectorSearch(
            scope=scope,
            model=space.model,
            vector=space.embedder.embed([chance.choice(("bread butter", "tea", "jam cheese"))])[0],
            wanted=chance.choice((1, 5, 100)),
        )
        plan, found = asked.find()
        truth = asked._exact(bound=None) or []
        plans.add(plan)
        assert len(found) == len(truth)
        everything = {
            each.document_id: each.score
            for each in VectorSearch(scope=scope, model=space.model, vector=asked.vector, wanted=1_000)._exact(
                bound=None
            )
            or []
        }
        assert [each.score for each in found] == [everything[each.document_id] for each in found]
        assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
        if is_honest:
            assert [each.score for each in found] == [each.score for each in truth]
    assert plans == {Plan.EXACT, Plan.INDEX}


def test_what_is_deleted_expired_or_of_another_scope_does_not_come_back_though_the_cluster_names_it(
    cluster: Server, push: Push, space: Space, now: datetime
) -> None:
    push(
        {"id": "deleted", "content": "bread"},
        {"id": "expired", "content": "bread", "expires_at": now + timedelta(hours=1)},
        {"id": "private", "content": "bread", "source": "memory.x"},
        {"id": "other", "content": "bread", "tags": ["other"]},
        {"id": "mine", "content": "bread and butter", "tags": ["mine"]},
    )
    fill_cluster()
    delete_rows([Document.objects.get(key="deleted").pk], now=now, actor="")
    cluster.answer = named(*Passage.objects.values_list("pk", flat=True), 10**15)
    asked = Query(text="bread", tags=parse_tags("mine"), top_k=5)
    answer = search(asked, now=now + timedelta(hours=2), space=space)
    assert [hit.document.key for hit in answer.hits] == ["mine"]


def test_a_question_is_answered_while_the_cluster_is_away(
    cluster: Server, push: Push, api: Callable[..., Api], settings: Any
) -> None:
    push("bread", "butter")
    fill_cluster()
    ask = api("analyzer")
    settings.QDRANT_URL = "http://127.0.0.1:9"
    for number in range(6):
        for mode in Mode:
            answer = ask("post", f"{BASE}/query", {"text": f"bread {number}", "mode": mode.value})
            assert answer.status_code == 200
            assert answer.json()["documents"][0]["id"] == "bread"


def test_a_budget_for_the_cluster_that_is_larger_than_the_query_has_leaves_time_for_the_rows(
    cluster: Server, push: Push, space: Space, now: datetime, settings: Any
) -> None:
    push("bread", "butter")
    fill_cluster()
    settings.QDRANT_BUDGET_MS, settings.QUERY_BUDGET_MS = 60_000, 4_000
    over = threading.Event()
    cluster.answer = lambda path, body, honest: (over.wait(30), honest())[1]
    answer = search(Query(text="bread", top_k=1), now=now, space=space)
    over.set()
    assert [hit.document.key for hit in answer.hits] == ["bread"]
    assert answer.plan is Plan.EXACT


def test_a_write_is_in_the_next_answer_also_when_it_was_remembered(
    cluster: Server, push: Push, api: Callable[..., Api]
) -> None:
    push("bread", {"id": "butter", "content": "butter", "tags": ["a"]})
    fill_cluster()
    ask = api("analyzer")

    def found() -> set[str]:
        body = {"text": "bread", "tags": "a"}
        return {each["id"] for each in ask("post", f"{BASE}/query", body).json()["documents"]}

    assert found() == found() == {"butter"}
    push({"id": "bread", "content": "bread", "tags": ["a"]})
    assert found() == found() == {"bread", "butter"}
    drain_outbox()
    assert found() == {"bread", "butter"}


def test_the_cluster_is_asked_once_for_a_question(cluster: Server, push: Push, space: Space, now: datetime) -> None:
    push(*(f"bread {number}" for number in range(60)))
    fill_cluster()
    before = cluster.asked("points/query")
    answer = search(Query(text="bread", top_k=10), now=now, space=space)
    assert (answer.plan, len(answer.hits)) == (Plan.INDEX, 10)
    assert cluster.asked("points/query") == before + 1


def test_few_that_match_are_found_by_the_rows_without_asking_again(
    cluster: Server, push: Push, space: Space, now: datetime
) -> None:
    push(*(f"bread {number}" for number in range(60)), {"id": "rare", "content": "bread", "tags": ["rare"]})
    fill_cluster()
    before = cluster.asked("points/query")
    answer = search(Query(text="bread", tags=parse_tags("rare"), top_k=10), now=now, space=space)
    assert [hit.document.key for hit in answer.hits] == ["rare"]
    assert cluster.asked("points/query") == before + 1


def test_neighbours_are_found_through_it(cluster: Server, push: Push, now: datetime) -> None:
    push(*(f"bread {number}" for number in range(60)), {"id": "near", "content": "bread 1", "source": "memory.x"})
    fill_cluster()
    found = find_neighbours(Document.objects.get(key="bread 1"), now=now, count=1)
    assert [each.document.key for each in found] == ["near"]


def test_no_graph_is_kept_beside_it(cluster: Server, push: Push, space: Space) -> None:
    from knowledge.embedding.index_build import IndexState, graph_is_left, index_state

    assert index_state(space.model) is IndexState.READY
    assert not graph_is_left(space.model)


def test_an_index_without_an_address_ends_the_start(settings: Any) -> None:
    settings.QDRANT_URL = ""
    assert [each.id for each in checks.check_qdrant(None)] == ["larder.E016"]
