"""Pushes wait for each other, for so long as clients do."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pytest_django import Settings

from core.waiting.turns import Turns
from knowledge.api import push_turns
from knowledge.api.push_turns import push_turn
from knowledge.errors import PushesWaiting
from knowledge.models import Document
from tests.conftest import Api
from tests.embedding import HashingEmbedder
from tests.knowledge.conftest import BASE, DOC, bulk

pytestmark = pytest.mark.django_db
MANY = bulk(*({**DOC, "id": f"note:{number}"} for number in range(push_turns.FEW + 1)))


@pytest.fixture(autouse=True)
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    monkeypatch.setattr(push_turns, "_embedding", Turns(1, most_waiting=10))
    monkeypatch.setattr(push_turns, "_storing", Turns(1, most_waiting=10))
    return push_turns._embedding


@contextmanager
def somebody_pushes(turns: Turns, *, waited_for_s: float | None = None) -> Iterator[None]:
    """Until the end, or until somebody has waited for so long."""
    over, begun = threading.Event(), threading.Event()

    def push() -> None:
        with turns.turn(patience_s=0):
            begun.set()
            while waited_for_s is not None and not turns._waiting:
                time.sleep(0.001)
            over.wait(waited_for_s)

    other = threading.Thread(target=push)
    other.start()
    begun.wait()
    try:
        yield
    finally:
        over.set()
        other.join()


def push(provider: Api, body: Any) -> Any:
    return provider("post", f"{BASE}/bulk-upsert", body)


def test_a_push_whose_turn_does_not_come_is_told_to_come_back(provider: Api, turns: Turns, settings: Settings) -> None:
    settings.PUSH_PATIENCE_S = 0.05
    with somebody_pushes(turns):
        answer = push(provider, MANY)
    assert (answer.status_code, answer.json()["code"]) == (503, "too_many_pushes")
    assert answer["Retry-After"] == "5"
    assert "nothing of this one was stored" in answer.json()["detail"]
    assert not Document.objects.exists()
    assert push(provider, MANY).status_code == 200


def test_a_few_documents_wait_for_nobody(provider: Api, turns: Turns, settings: Settings) -> None:
    settings.PUSH_PATIENCE_S = 0
    with somebody_pushes(turns):
        assert push(provider, bulk(DOC)).json()["created"] == 1


def test_what_a_push_has_waited_it_does_not_embed(provider: Api, turns: Turns, settings: Settings) -> None:
    settings.EMBED_BUDGET_MS = 50
    with somebody_pushes(turns, waited_for_s=0.1):
        began = time.monotonic()
        counts = push(provider, MANY).json()
    assert time.monotonic() - began >= 0.1
    assert counts["pending"] == counts["created"] == len(MANY["documents"])


def test_a_refused_push_passes_its_turn_on(provider: Api) -> None:
    twice = bulk(*MANY["documents"], MANY["documents"][0])
    assert push(provider, twice).status_code == 422
    assert push(provider, MANY).status_code == 200
    assert push(provider, bulk(*({**each, "content": "new"} for each in MANY["documents"]))).status_code == 200


def test_while_one_is_stored_the_next_is_embedded(provider: Api, embedder: HashingEmbedder, settings: Settings) -> None:
    settings.PUSH_PATIENCE_S = 0.05
    with somebody_pushes(push_turns._storing):
        assert push(provider, MANY).json()["code"] == "too_many_pushes"
    assert embedder.embedded == [DOC["content"]]
    assert not Document.objects.exists()


def test_one_is_stored_and_one_embedded_at_a_time(settings: Settings) -> None:
    settings.PUSH_PATIENCE_S = 0
    with push_turn(many=True) as first, first.storing(), push_turn(many=True) as second:
        with pytest.raises(PushesWaiting), push_turn(many=True):
            pass
        with pytest.raises(PushesWaiting), second.storing():
            pass
    with push_turn(many=True) as third, third.storing():
        pass
