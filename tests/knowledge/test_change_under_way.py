"""The whole change with its indexes, outside of a test's transaction, while others push and ask."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from knowledge.embedding import backfill, model_change, vector_space
from knowledge.embedding.index_build import IndexState, index_state
from knowledge.embedding.model_change import ModelRefused, add_model, drop_model, progress_of
from knowledge.embedding.pending import embed_pending
from knowledge.embedding.vector_space import active_model, active_space
from knowledge.models import Document, EmbeddingModel, Passage
from knowledge.run_counts import Counts
from knowledge.search import Query, search
from tests.embedding import HashingEmbedder
from tests.knowledge.models_in_use import FIRST, SECOND, build, vectors

pytestmark = pytest.mark.django_db


CLIENTS = 4


@contextmanager
def asking(text: str, expected: list[str]) -> Iterator[tuple[list[Any], list[int]]]:
    """Several threads that query all the time; what was wrong with any answer, and how many each has had."""
    faults: list[Any] = []
    answers, stop = [0] * CLIENTS, threading.Event()

    def client(number: int) -> None:
        try:
            while not stop.is_set():
                moment = timezone.now()
                answer = search(Query(text=text, top_k=5), now=moment, space=active_space(now=moment))
                answers[number] += 1
                if [hit.document.key for hit in answer.hits] != expected:
                    faults.append((answer.model, [hit.document.key for hit in answer.hits]))
        except Exception as error:  # noqa: BLE001
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=[number]) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield faults, answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_queries_answer_whole_while_a_model_is_built_switched_taken_back_and_dropped(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime, embedder: HashingEmbedder
) -> None:
    push(*({"id": str(n), "content": "common words" + " more" * n} for n in range(300)))
    push(*({"id": f"wanted{n}", "content": "quince jelly" + " quince" * n} for n in range(5)))
    expected = [f"wanted{n}" for n in range(5)]
    with asking("quince jelly", expected) as (faults, answers):
        call_command("embedding_model", "add", SECOND, "--now")
        call_command("embedding_model", "activate", SECOND)
        assert active_model().name == SECOND
        push({"id": "x", "content": "common words again"}, space=active_space(now=now))
        call_command("embedding_model", "activate", FIRST)
        assert active_model().name == FIRST
        seen = answers[0]
        while answers[0] < seen + 10 and not faults:
            time.sleep(0.01)
        call_command("embedding_model", "drop", SECOND)
    assert not faults
    assert not EmbeddingModel.objects.filter(name=SECOND).exists()
    assert Passage.objects.count() == 306


@pytest.mark.django_db(transaction=True)
def test_pushes_during_the_change_lose_nothing(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push(*({"id": str(n), "content": f"first version {n}"} for n in range(200)))
    errors = []

    def pusher() -> None:
        try:
            for turn in range(6):
                moment = timezone.now()
                items = [{"id": str(n), "content": f"version {turn} of {n}"} for n in range(turn, 220, 7)]
                push(*items, space=active_space(now=moment), at=moment)
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=pusher)
    thread.start()
    call_command("embedding_model", "add", SECOND, "--now")
    call_command("embedding_model", "activate", SECOND, "--force")
    thread.join()
    assert not errors
    while embed_pending(now=timezone.now() + timedelta(hours=1)):
        pass
    assert not progress_of(EmbeddingModel.objects.get(name=SECOND)).missing
    assert Passage.objects.filter(model__name=SECOND).values("document").distinct().count() == Document.objects.count()


def leave_broken(model: EmbeddingModel) -> None:
    """Cut a concurrent build short, as a killed worker does: it waits for a writer, and runs out of time."""
    writer = psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None})
    writer.execute("DELETE FROM knowledge_passage WHERE false")
    writer.execute("LOCK TABLE knowledge_passage IN ROW EXCLUSIVE MODE")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '1500ms'")
        with pytest.raises(OperationalError):
            cursor.execute(vector_space.index_statement(model, concurrently=True))
        cursor.execute("RESET statement_timeout")
    writer.close()


@pytest.mark.django_db(transaction=True)
def test_the_walk_waits_for_a_push_and_then_sees_what_it_wrote(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("one")
    model = add_model(SECOND, now=now)
    written = threading.Event()

    def pusher() -> None:
        with transaction.atomic():
            push({"id": "one", "content": "changed"})
            written.set()
            time.sleep(0.3)
        connection.close()

    thread = threading.Thread(target=pusher)
    thread.start()
    written.wait()
    assert backfill.plan_passages(model, now=now) == 0
    thread.join()
    assert Passage.objects.filter(model=model).count() == 1


@pytest.mark.usefixtures("graph")
@pytest.mark.django_db(transaction=True)
def test_the_index_is_built_before_the_switch_and_a_broken_one_is_built_again(
    settings: Any, push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("one", "two")
    model = add_model(SECOND, now=now)
    build()
    assert index_state(model) is IndexState.MISSING
    leave_broken(model)
    assert index_state(model) is IndexState.BROKEN
    model_change.activate_model(SECOND)
    assert index_state(model) is IndexState.READY


@pytest.mark.django_db(transaction=True)
def test_a_drop_that_broke_off_can_only_be_finished(
    push: Callable[..., Counts], wider: HashingEmbedder, now: datetime
) -> None:
    push("one")
    add_model(SECOND, now=now)
    build()

    def break_off(deleted: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drop_model(SECOND, rest=break_off)
    with pytest.raises(ModelRefused, match="is being dropped"):
        add_model(SECOND, now=now)
    with pytest.raises(CommandError, match="is being dropped"):
        call_command("embedding_model", "activate", SECOND, "--force")
    push("two")
    assert not Passage.objects.filter(model__name=SECOND, document__key="two").exists()
    drop_model(SECOND)
    assert not EmbeddingModel.objects.filter(name=SECOND).exists()


def test_a_window_is_given_once(push: Callable[..., Counts], wider: HashingEmbedder, now: datetime) -> None:
    add_model(SECOND, now=now, passage_chars=500, passage_overlap=50)
    assert add_model(SECOND, now=now).passage_chars == 500
    with pytest.raises(ModelRefused, match="another window"):
        add_model(SECOND, now=now, passage_chars=600, passage_overlap=50)


@pytest.mark.django_db(transaction=True)
def test_the_active_model_cannot_be_dropped(push: Callable[..., Counts], wider: HashingEmbedder, now: datetime) -> None:
    push("one")
    with pytest.raises(ModelRefused, match="activate another one"):
        drop_model(FIRST)
    with pytest.raises(CommandError, match="No model"):
        call_command("embedding_model", "drop", "test:unknown")
    assert vectors(FIRST) == 1


@pytest.mark.usefixtures("graph")
@pytest.mark.django_db(transaction=True)
def test_a_dropped_model_takes_its_index_with_it(
    settings: Any,
    push: Callable[..., Counts],
    wider: HashingEmbedder,
    now: datetime,
    capsys: pytest.CaptureFixture[str],
) -> None:
    push("one")
    call_command("embedding_model", "add", SECOND, "--now")
    call_command("embedding_model", "activate", SECOND)
    retired = EmbeddingModel.objects.get(name=FIRST)
    call_command("embedding_model", "status")
    call_command("embedding_model", "drop", FIRST)
    assert index_state(retired) is IndexState.MISSING
    assert list(EmbeddingModel.objects.values_list("name", "state")) == [(SECOND, "active")]
    printed = capsys.readouterr().out
    assert "retired    test:hashing  64 dimensions  1 passages  100.0% ready  index ready" in printed
