"""Embedding models on the page: how far they are, built, switched, dropped."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from core.redis import remember
from knowledge import checks
from knowledge.embedding import vector_space
from knowledge.embedding.build_progress import note_pace, read_building
from knowledge.embedding.model_change import build_model
from knowledge.embedding.vector_space import active_model
from knowledge.models import EmbeddingModel, Passage
from knowledge.search.index import catching_up, recall, status
from knowledge.search.index.catching_up import catch_up
from knowledge.tasks import remove_dropped_models
from tests.embedding import HashingEmbedder

FIRST, SECOND = "test:hashing", "test:wider"


@pytest.fixture
def wider(monkeypatch: pytest.MonkeyPatch, embedder: HashingEmbedder) -> HashingEmbedder:
    """A second backend beside the first, with more dimensions."""
    second = HashingEmbedder()
    second.name, second.dimensions, second.refused_marker = SECOND, 96, "☠"
    monkeypatch.setattr(vector_space, "embedder_named", {FIRST: embedder, SECOND: second}.__getitem__)
    return second


def named(name: str) -> EmbeddingModel:
    return EmbeddingModel.objects.get(name=name)


def verbs() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(verb__startswith="model").order_by("pk").values_list("verb", "object"))


def test_the_active_model_is_shown_with_what_it_has(staff: Client, push: Callable[..., Any]) -> None:
    push("a", "b", "☠")
    page = staff.get("/models/").content.decode()
    assert "test:hashing" in page
    assert "2 of 3 vectors" in page
    assert "1 passage</a>, last:" in page
    assert "The text holds" in page
    assert "hx-trigger" not in page.partition('id="models-live"')[2].partition(">")[0]


@pytest.mark.django_db(transaction=True)
def test_how_this_machines_codes_stand_is_told_with_their_recall(
    staff: Client, push: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.SEARCH_INDEX, settings.SEARCH_INDEX_DIR = "codes", tmp_path / "index"
    monkeypatch.setattr(recall, "KEY", "larder:recall:models")

    def told() -> str:
        return staff.get("/models/").content.decode()

    push(*(f"amber {number}" for number in range(8)))
    assert "so few passages are searched exactly" in told()
    for module in (catching_up, status):
        monkeypatch.setattr(module, "LEAST", 5)
    assert "being made; queries are answered exactly meanwhile" in told()
    catch_up(named(FIRST))
    push("cedar")
    assert re.search(r"codes of 8 passages, [\d.]+ kB; 1 newer ones are read from the rows", told())
    assert "Recall" not in told()
    remember(recall.KEY, b"[[9, 10], [10, 10]]", live_s=60)
    assert "0.950" in told()
    assert "in the last 2 questions asked both ways" in " ".join(told().split())


def test_a_model_is_added_and_polled_while_it_is_built(
    staff: Client, push: Callable[..., Any], wider: HashingEmbedder
) -> None:
    push("a", "b")
    assert staff.post("/models/", {"name": SECOND})["Location"] == "/models/"
    live = staff.get("/models/live/").content.decode()
    assert "0 of about 2 vectors" in live
    assert 'hx-trigger="every 3s"' in live
    build_model(SECOND, clock=timezone.now, rest=lambda: None)
    assert "2 of 2 vectors" in staff.get("/models/").content.decode()
    assert verbs() == [("model.add", SECOND)]


def test_a_model_that_cannot_be_added_says_why_beside_its_name(
    staff: Client, push: Callable[..., Any], wider: HashingEmbedder
) -> None:
    push("a")
    taken = staff.post("/models/", {"name": FIRST})
    assert taken.status_code == 422
    assert "is the active model already" in taken.content.decode()
    alone = staff.post("/models/", {"name": SECOND, "passage_chars": "500"})
    assert alone.context["form"].errors.keys() == {"passage_overlap"}
    wide = staff.post("/models/", {"name": SECOND, "passage_chars": "500", "passage_overlap": "500"})
    assert wide.context["form"].errors.keys() == {"passage_overlap"}


@pytest.mark.django_db(transaction=True)
def test_switching_says_what_happens_and_leads_back(
    staff: Client, push: Callable[..., Any], wider: HashingEmbedder
) -> None:
    push("a", "b")
    staff.post("/models/", {"name": SECOND})
    url = f"/models/{named(SECOND).pk}/activate/"
    unfinished = staff.post(url)
    assert unfinished.status_code == 422
    assert "still lacks" in unfinished.content.decode()
    build_model(SECOND, clock=timezone.now, rest=lambda: None)
    asked = staff.get(url).content.decode()
    assert "EMBEDDING_MODEL names" in asked
    assert "is retired" in asked
    assert staff.post(url)["Location"] == "/models/"
    assert named(FIRST).state == "retired"
    page = staff.get("/models/").content.decode()
    assert "The configured model is not the one that answers" in page
    assert "Bring up to date" in page
    back = f"/models/{named(FIRST).pk}/activate/"
    assert "is retired; what has changed since is missing" in staff.post(back).content.decode()
    assert staff.post(back, {"force": "1"}).status_code == 302
    active = active_model()
    assert active is not None
    assert active.name == FIRST
    assert verbs() == [("model.add", SECOND), ("model.activate", SECOND), ("model.activate", FIRST)]


@pytest.mark.django_db(transaction=True)
def test_a_dropped_model_is_removed_by_a_worker(
    staff: Client, push: Callable[..., Any], wider: HashingEmbedder
) -> None:
    push("a")
    staff.post("/models/", {"name": SECOND})
    build_model(SECOND, clock=timezone.now, rest=lambda: None)
    active = f"/models/{named(FIRST).pk}/drop/"
    assert "It is the active model" in staff.get(active).content.decode()
    staff.post(active)
    assert named(FIRST).state == "active"
    staff.post(f"/models/{named(SECOND).pk}/drop/")
    assert "Workers remove its 1 passage" in staff.get("/models/").content.decode()
    remove_dropped_models()
    assert not EmbeddingModel.objects.filter(name=SECOND).exists()
    assert Passage.objects.count() == 1
    assert verbs() == [("model.add", SECOND), ("model.drop", SECOND)]


def test_a_backend_that_is_away_is_told(staff: Client, push: Callable[..., Any], embedder: HashingEmbedder) -> None:
    push("a")
    embedder.available = False
    checks._remembered.clear()
    assert "The backend does not answer" in staff.get("/models/").content.decode()


def test_the_pace_is_what_went_since_the_first_look(push: Callable[..., Any]) -> None:
    push("a")
    model, now = named(FIRST), timezone.now()
    model.pk = 987_654  # of no other test
    assert note_pace(model, left=1_000, now=now) is None
    assert note_pace(model, left=900, now=now + timedelta(seconds=10)) == pytest.approx(10)
    assert note_pace(model, left=800, now=now + timedelta(seconds=20)) == pytest.approx(10)
    assert note_pace(model, left=2_000, now=now + timedelta(seconds=30)) is None


def test_an_empty_store_has_no_model_and_says_so(staff: Client, db: None) -> None:
    assert read_building(now=timezone.now()) == []
    assert "No model yet" in staff.get("/models/").content.decode()


def test_the_page_asks_few_questions(
    staff: Client, push: Callable[..., Any], django_assert_max_num_queries: Any
) -> None:
    push("a", "☠")
    for number in range(5):
        EmbeddingModel.objects.create(
            name=f"old:{number}", dimensions=8, state="retired", created_at=timezone.now(), planned_to=0
        )
    with django_assert_max_num_queries(12):
        staff.get("/models/")
