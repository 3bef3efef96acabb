"""The worker's half: what a push left waiting is finished, once, and failures stay alone."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from knowledge.checks import embedding_state
from knowledge.deleting.trash import delete_document, purge_trash, sweep_expired
from knowledge.embedding.embedders import minilm_names as local
from knowledge.embedding.embedders.base import EmbedderUnavailable, Vector
from knowledge.embedding.pending import embed_pending
from knowledge.embedding.vector_space import Space, active_space
from knowledge.models import Document, EmbeddingModel, Passage
from knowledge.run_counts import Counts
from knowledge.search import Query, search
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db


def test_what_waits_is_embedded_by_the_worker(push: Callable[..., Counts], now: datetime) -> None:
    push("one text", "another text", budget_s=0)
    assert embed_pending(now=now) == 2
    assert not Passage.objects.waiting().exists()
    assert embed_pending(now=now) == 0


def test_the_worker_makes_the_same_vector_as_a_push(push: Callable[..., Counts], now: datetime) -> None:
    push("one text", budget_s=0)
    embed_pending(now=now)
    late = Passage.objects.get().vector
    Passage.objects.all().delete()
    push({"id": "one text", "content": "other"})
    push("one text")
    assert Passage.objects.get().vector == late


def test_a_claimed_passage_is_left_alone_until_the_claim_runs_out(
    push: Callable[..., Counts], now: datetime, embedder: HashingEmbedder
) -> None:
    push("one text", budget_s=0)
    Passage.objects.update(not_before=now + timedelta(minutes=1))
    assert embed_pending(now=now) == 0
    assert embed_pending(now=now + timedelta(minutes=2)) == 1


def test_an_unreachable_backend_gives_the_claim_back(
    push: Callable[..., Counts], now: datetime, embedder: HashingEmbedder
) -> None:
    push("one text", budget_s=0)
    embedder.available = False
    with pytest.raises(EmbedderUnavailable):
        embed_pending(now=now)
    embedder.available = True
    assert embed_pending(now=now) == 1


def test_a_refused_text_waits_ever_longer_with_its_error(
    push: Callable[..., Counts], now: datetime, embedder: HashingEmbedder
) -> None:
    push("bad ☠", "good text", budget_s=0)
    assert embed_pending(now=now) == 1
    waits = []
    for _ in range(3):
        passage = Passage.objects.quarantined().get()
        assert passage.not_before is not None
        waits.append(passage.not_before - now)
        assert passage.error
        now = passage.not_before
        embed_pending(now=now)
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]


def test_an_empty_store_takes_over_the_configured_model(
    space: Space, now: datetime, settings: Settings, embedder: HashingEmbedder
) -> None:
    embedder.name = settings.EMBEDDING_MODEL = "test:other"
    assert active_space(now=now).model.name == "test:other"
    assert EmbeddingModel.objects.filter(state="active").count() == 1


def test_a_filled_store_keeps_its_model_whatever_is_configured(
    push: Callable[..., Counts], now: datetime, settings: Settings
) -> None:
    push("one text")
    settings.EMBEDDING_MODEL = "test:other"
    assert active_space(now=now).model.name != "test:other"


@pytest.mark.parametrize("chosen", [True, False])
def test_a_store_keeps_its_local_model_unless_another_is_asked_for(
    space: Space, settings: Settings, chosen: bool
) -> None:
    EmbeddingModel.objects.filter(state="active").update(name=local.NAME)
    settings.EMBEDDING_MODEL, settings.EMBEDDING_MODEL_IS_CHOSEN = local.INT8_NAME, chosen
    assert embedding_state().mismatch is chosen


@pytest.mark.parametrize("ends", ["deleted", "purged", "expired"])
def test_a_document_that_goes_while_its_text_is_embedded_stays_gone(
    push: Callable[..., Counts],
    now: datetime,
    embedder: HashingEmbedder,
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    ends: str,
) -> None:
    settings.TRASH_DAYS = 0
    push({"id": "a", "content": "a", "expires_at": now + timedelta(hours=1)}, budget_s=0)
    real = embedder.embed

    def meanwhile(texts: Sequence[str], **options: Any) -> list[Vector]:
        if ends == "expired":
            sweep_expired(now=now + timedelta(hours=2))
        else:
            delete_document("a", source="wiki", now=now, actor="ada")
        if ends == "purged":
            purge_trash(now=now + timedelta(days=1))
        return real(texts, **options)

    with monkeypatch.context() as patch:
        patch.setattr(embedder, "embed", meanwhile)
        embed_pending(now=now)
    assert embedder.embedded == ["a"]
    assert not Document.objects.live(now + timedelta(hours=2)).exists()
    assert Document.objects.count() == Passage.objects.count() == (0 if ends == "purged" else 1)
    question = Query(text="a")
    assert search(question, now=now + timedelta(hours=2), space=active_space(now=now)).hits == []


def test_what_was_claimed_before_the_clock_was_set_back_is_waited_for_no_longer(
    push: Callable[..., Counts], now: datetime, embedder: HashingEmbedder
) -> None:
    push("one text", budget_s=0)
    Passage.objects.update(not_before=now + timedelta(hours=2))
    assert embed_pending(now=now) == 1
