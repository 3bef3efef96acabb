"""Caches save time and nothing else: whatever was written, expired or broken, the answer is the one of now."""

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from pytest_django import Settings

import core.redis
from knowledge.deleting.trash import (
    delete_document,
    delete_rows,
    purge_trash,
    restore_rows,
    sweep_expired,
)
from knowledge.embedding.pending import embed_pending
from knowledge.embedding.vector_space import Space
from knowledge.models import Document, GenerationStep, Passage
from knowledge.run_counts import Counts
from knowledge.schemas import DocumentIn
from knowledge.search import Mode, Query, cache, search
from knowledge.search.pipeline import GENERATION
from knowledge.search.query import Answer
from knowledge.tagexpr import parse_tags
from knowledge.writing.upsert import upsert_documents
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(space: Space, now: datetime) -> Callable[..., Answer]:
    def run(text: str = "bread", *, tags: str | None = None, at: datetime | None = None, **options: Any) -> Answer:
        return search(Query(text=text, tags=parse_tags(tags), **options), now=at or now, space=space)

    return run


def keys(answer: Answer) -> set[str]:
    return {hit.document.key for hit in answer.hits}


def generation() -> Any:
    with connection.cursor() as cursor:
        cursor.execute(GENERATION)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("mode", list(Mode))
def test_the_same_question_is_neither_embedded_nor_searched_twice(
    push: Callable[..., Counts], ask: Callable[..., Answer], embedder: HashingEmbedder, mode: Mode
) -> None:
    push("bread is baked", "bread and butter")
    first = ask(mode=mode)
    calls = embedder.calls
    again = ask(mode=mode)
    assert (first.cached, again.cached) == (False, True)
    assert embedder.calls == calls
    assert again.hits == first.hits
    assert again.plan == first.plan


def test_another_question_is_another_answer(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push({"id": "1", "content": "bread", "tags": ["a"]}, {"id": "2", "content": "bread", "source": "hr"})
    ask()
    others: list[dict[str, Any]] = [
        {"tags": "a"},
        {"source": "hr"},
        {"top_k": 1},
        {"min_score": 0.5},
        {"diverse": True},
        {"mode": Mode.HYBRID},
    ]
    assert not any(ask(**options).cached for options in others)


def test_a_vector_is_remembered_exactly(
    space: Space, ask: Callable[..., Answer], push: Callable[..., Counts], embedder: HashingEmbedder
) -> None:
    push("bread")
    ask()
    packed = core.redis.recall([cache.vector_key("bread", space=space)])[0]
    assert cache.unpack_vector(packed, dimensions=64).tolist() == embedder.embed(["bread"])[0].tolist()
    assert cache.unpack_vector(packed, dimensions=63) is None


def test_a_remembered_text_is_answered_while_the_embedder_is_away(
    push: Callable[..., Counts], ask: Callable[..., Answer], embedder: HashingEmbedder
) -> None:
    push("bread")
    ask()
    embedder.available = False
    push({"id": "bread", "content": "bread", "tags": ["new"]})
    assert keys(ask()) == {"bread"}


WRITES: dict[str, Callable[[Callable[..., Counts], datetime], object]] = {
    "create": lambda push, now: push("another bread"),
    "content": lambda push, now: push({"id": "bread", "content": "bread is baked"}),
    "tag": lambda push, now: push({"id": "bread", "content": "bread", "tags": ["new"]}),
    "renewal": lambda push, now: push({"id": "bread", "content": "bread", "expires_at": now + timedelta(days=9)}),
    "delete": lambda push, now: delete_document("bread", source="wiki", now=now, actor="test"),
    "restore": lambda push, now: restore_rows([Document.objects.get(key="trashed").pk], now=now, actor="test"),
    "sweep": lambda push, now: sweep_expired(now=now + timedelta(days=2)),
    "purge": lambda push, now: purge_trash(now=now + timedelta(days=30)),
    "vector": lambda push, now: embed_pending(now=now),
    "by hand": lambda push, now: Document.objects.filter(key="bread").delete(),
}


@pytest.mark.parametrize("write", WRITES)
def test_every_write_advances_the_generation(
    push: Callable[..., Counts], ask: Callable[..., Answer], now: datetime, write: str
) -> None:
    push({"id": "bread", "content": "bread", "expires_at": now + timedelta(days=1)}, "trashed")
    push("bread that waits", budget_s=0)
    delete_document("trashed", source="wiki", now=now, actor="test")
    ask()
    before = generation()
    WRITES[write](push, now)
    assert generation() > before
    assert not ask().cached


def test_what_changes_nothing_leaves_the_generation(
    push: Callable[..., Counts], ask: Callable[..., Answer], now: datetime
) -> None:
    push("bread")
    before = generation()
    push("bread")
    Passage.objects.update(not_before=now)
    ask()
    assert generation() == before


def test_advances_are_folded_and_their_sum_only_grows(push: Callable[..., Counts], now: datetime) -> None:
    push("bread")
    seen = [generation()]
    for number in range(150):
        push({"id": "bread", "content": "bread", "expires_at": now + timedelta(days=number + 1)})
        seen.append(generation())
    assert GenerationStep.objects.count() <= 65
    assert all(later > earlier for earlier, later in pairwise(seen))


@pytest.mark.parametrize("mode", list(Mode))
def test_a_remembered_answer_never_shows_what_has_expired(
    push: Callable[..., Counts], ask: Callable[..., Answer], now: datetime, mode: Mode
) -> None:
    push({"id": "brief", "content": "bread", "expires_at": now + timedelta(seconds=30)}, "bread and butter")
    assert len(keys(ask(mode=mode))) == 2
    assert ask(mode=mode, at=now + timedelta(seconds=29)).cached
    late = ask(mode=mode, at=now + timedelta(seconds=30))
    assert not late.cached
    assert keys(late) == {"bread and butter"}


def test_a_remembered_answer_ends_with_what_it_left_out_too(
    push: Callable[..., Counts], ask: Callable[..., Answer], now: datetime
) -> None:
    push("bread", {"id": "brief", "content": "bread butter salt", "expires_at": now + timedelta(seconds=30)})
    ask(mode=Mode.HYBRID, top_k=1)
    assert not ask(mode=Mode.HYBRID, top_k=1, at=now + timedelta(seconds=31)).cached


def test_a_clock_that_goes_back_does_not_lose_what_has_not_expired_yet(
    push: Callable[..., Counts], ask: Callable[..., Answer], now: datetime
) -> None:
    push({"id": "brief", "content": "bread", "expires_at": now + timedelta(seconds=30)})
    assert keys(ask(at=now + timedelta(seconds=60))) == set()
    assert keys(ask()) == {"brief"}


def test_a_remembered_answer_is_looked_at_again_before_it_is_given(
    push: Callable[..., Counts], ask: Callable[..., Answer], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    push("bread", "bread and butter")
    monkeypatch.setattr("knowledge.search.pipeline.GENERATION", "SELECT 7")
    ask()
    delete_rows([Document.objects.get(key="bread").pk], now=now, actor="test")
    assert keys(ask()) == {"bread and butter"}


@pytest.mark.parametrize("nonsense", [b"", b"{", b"[1,2]", b"null", b'["exact","x",null,[]]', b"\xff" * 64])
def test_nonsense_in_redis_is_not_remembered(
    push: Callable[..., Counts], ask: Callable[..., Answer], nonsense: bytes
) -> None:
    push("bread")
    ask()
    known = core.redis.client(settings.REDIS_URL)
    for key in [*known.scan_iter("larder:answer:*"), *known.scan_iter("larder:vector:*")]:
        known.set(key, nonsense)
    assert keys(ask()) == {"bread"}


def test_a_flushed_redis_costs_a_search(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push("bread")
    ask()
    cache.forget_all()
    assert not ask().cached


def test_a_redis_that_is_down_makes_nothing_wrong(
    push: Callable[..., Counts], ask: Callable[..., Answer], settings: Settings
) -> None:
    push("bread")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.REDIS_URL = f"redis://127.0.0.1:{closed.getsockname()[1]}/0"
        assert keys(ask()) == {"bread"}
        assert not ask().cached


def test_a_redis_that_never_answers_is_waited_for_once(
    push: Callable[..., Counts], ask: Callable[..., Answer], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.redis, "TIMEOUT_S", 0.05)
    push("bread")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        began = time.perf_counter()
        assert keys(ask()) == {"bread"}
        assert time.perf_counter() - began < 2  # once, not once a question
        assert not core.redis.breaker.allows()
        assert core.redis.recall(["larder:answer:any"]) == [None]


def test_a_redis_that_is_merely_late_is_waited_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.redis, "TIMEOUT_S", 0.25)
    with socket.create_server(("127.0.0.1", 0)) as late, ThreadPoolExecutor(1) as pool:
        settings.REDIS_URL = f"redis://127.0.0.1:{late.getsockname()[1]}/0?protocol=2"
        speaking = pool.submit(answer_late, late, after_s=0.1)
        assert core.redis.recall(["larder:answer:any"]) == [b"late"]
        speaking.result()
    assert core.redis.breaker.allows()


def answer_late(server: socket.socket, *, after_s: float) -> None:
    """Play a Redis that keeps each caller waiting, until it was asked for a value."""
    speaker, _ = server.accept()
    with speaker:
        while asked := speaker.recv(4_096):
            time.sleep(after_s)
            wanted = b"MGET" in asked
            speaker.sendall(b"*1\r\n$4\r\nlate\r\n" if wanted else b"+OK\r\n" * asked.count(b"*"))
            if wanted:
                return


def test_a_single_late_answer_costs_a_short_pause_and_each_further_one_a_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = [1_000.0]
    monkeypatch.setattr(time, "monotonic", lambda: at[0])
    breaker = core.redis.Breaker()
    pauses = []
    for _ in range(4):
        breaker.note_failure(TimeoutError("late"))
        began = at[0]
        while not breaker.allows():
            at[0] += 0.125
        pauses.append(at[0] - began)
    assert pauses == [0.5, 1.0, 2.0, 2.0]
    breaker.note_success()
    breaker.note_failure(TimeoutError("late"))
    at[0] += 0.5
    assert breaker.allows()


def test_a_restarted_redis_is_spoken_to_again_at_once(
    push: Callable[..., Counts], ask: Callable[..., Answer], settings: Settings
) -> None:
    push("bread")
    ask()
    core.redis._line()._connection._sock.close()
    assert ask().cached
    assert core.redis.breaker.allows()


def test_after_a_pause_one_caller_tries_redis_again(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = core.redis.Breaker()
    breaker.note_failure(OSError("gone"))
    assert not breaker.allows()
    monkeypatch.setattr(time, "monotonic", lambda: time.perf_counter() + 1e9)
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.note_success()
    assert breaker.allows()


@pytest.mark.django_db(transaction=True)
def test_a_write_is_seen_when_it_commits_and_not_before(
    push: Callable[..., Counts], ask: Callable[..., Answer], space: Space, now: datetime
) -> None:
    push("bread")
    ask()
    written, seen = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                upsert_documents([DocumentIn(id="2", content="bread two", source="hr")], now=now, space=space)
                written.set()
                seen.wait(5)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        assert written.wait(5)
        assert ask().cached
        push("bread three")  # another source's writer is not waited for
        assert keys(ask()) == {"bread", "bread three"}
        seen.set()
        writing.result()
    assert keys(ask()) == {"bread", "bread three", "2"}


@pytest.mark.django_db(transaction=True)
def test_each_of_many_writers_finds_its_own_write_at_once(space: Space, now: datetime) -> None:
    def write_and_ask(writer: int) -> int:
        missed = 0
        try:
            for number in range(15):
                key = f"{writer}:{number}"
                item = DocumentIn(id=key, content=f"bread {key}", source=f"s{writer}")
                upsert_documents([item], now=now, space=space)
                for mode in (Mode.SEMANTIC, Mode.KEYWORD):
                    missed += key not in keys(search(Query(text="bread", top_k=1_000, mode=mode), now=now, space=space))
                delete_document(key, source=f"s{writer}", now=now, actor="test")
                missed += key in keys(search(Query(text="bread", top_k=1_000), now=now, space=space))
        finally:
            connections.close_all()
        return missed

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(write_and_ask, range(6))) == 0
