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
from knowledge.models import Document
from tests.conftest import Api
from tests.knowledge.conftest import BASE, DOC, bulk

pytestmark = pytest.mark.django_db
MANY = bulk(*({**DOC, "id": f"note:{number}"} for number in range(push_turns.FEW + 1)))


@pytest.fixture(autouse=True)
def turns(monkeypatch: pytest.MonkeyPatch) -> Turns:
    monkeypatch.setattr(push_turns, "_turns", Turns(1, most_waiting=10))
    return push_turns._turns


@contextmanager
def somebody_pushes(turns: Turns, *, for_s: float = 60) -> Iterator[None]:
    over, begun = threading.Event(), threading.Event()

    def push() -> None:
        with turns.turn(patience_s=0):
            begun.set()
            over.wait(for_s)

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
    with somebody_pushes(turns, for_s=0.1):
        began = time.monotonic()
        counts = push(provider, MANY).json()
    assert time.monotonic() - began >= 0.1
    assert counts["pending"] == counts["created"] == len(MANY["documents"])


def test_a_refused_push_passes_its_turn_on(provider: Api) -> None:
    twice = bulk(*MANY["documents"], MANY["documents"][0])
    assert push(provider, twice).status_code == 422
    assert push(provider, MANY).status_code == 200
