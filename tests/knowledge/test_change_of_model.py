"""Another embedding model, while the store serves: built beside, switched at once, taken back, dropped."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from knowledge import checks, embedding, planning, spaces
from knowledge.embedders.base import DimensionsChanged, EmbedderUnavailable
from knowledge.embedding import active_model, active_space, embed_pending
from knowledge.hnsw import IndexState, index_state
from knowledge.models import Document, EmbeddingModel, Passage
from knowledge.search import Query, search
from knowledge.spaces import ModelRefused, ModelUnfinished, add_model, build_model, drop_model, progress_of
from knowledge.trash import restore_rows
from providers.readiness import readiness
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db

FIRST, SECOND = "test:hashing", "test:wider"
BASE = "/api/v1/knowledge"


@pytest.fixture
def wider(monkeypatch, embedder):
    """A second backend beside the first, with more dimensions."""
    second = HashingEmbedder()
    second.name, second.dimensions = SECOND, 96
    second.refused_marker = "☠"
    monkeypatch.setattr(embedding, "embedder_named", {FIRST: embedder, SECOND: second}.__getitem__)
    return second


def build(name=SECOND):
    build_model(name, clock=timezone.now, rest=lambda: None)


def switch(name):
    """Without the index, which needs to stand outside of a test's transaction."""
    embedding.make_active(EmbeddingModel.objects.get(name=name))


def vectors(name):
    """How many passages have a vector under the model."""
    return Passage.objects.filter(model__name=name, vector__isnull=False).count()


def ask(text, now, **options):
    found = search(Query(text=text, **options), now=now, space=active_space(now=now))
    return [hit.document.key for hit in found.hits]


def test_what_was_stored_before_gets_passages_of_the_new_model(push, wider, now):
    push("apples are red", "bread is baked")
    add_model(SECOND, now=now)
    build()
    assert vectors(SECOND) == vectors(FIRST) == 2
    assert sorted(wider.embedded) == ["apples are red", "bread is baked"]


def test_workers_build_a_model_while_the_active_one_has_nothing_waiting(push, wider, now, embedder):
    push("one", "two", "three")
    add_model(SECOND, now=now)
    push("four", budget_s=0)
    assert embed_pending(now=now) == 1
    assert wider.embedded == []
    assert embed_pending(now=now) == 4
    assert sorted(wider.embedded) == ["four", "one", "three", "two"]
    assert not progress_of(EmbeddingModel.objects.get(name=SECOND)).missing


def test_a_new_backend_builds_while_the_old_one_is_away(push, wider, now, embedder):
    push("one")
    add_model(SECOND, now=now)
    push("two", budget_s=0)
    embedder.available = False
    assert embed_pending(now=now) == 2
    with pytest.raises(EmbedderUnavailable):
        embed_pending(now=now)


def test_the_walk_goes_in_strides_and_meets_every_document_once(push, wider, now, monkeypatch):
    monkeypatch.setattr(planning, "STRIDE", 3)
    push(*(f"text {n}" for n in range(10)))
    model = add_model(SECOND, now=now)
    strides = []
    while planned := planning.plan_passages(model, now=now):
        strides.append(planned)
    assert strides == [3, 3, 3, 1]
    assert Passage.objects.filter(model=model).count() == 10
    assert model.planned_to is None


def test_pushes_write_passages_of_a_building_model_and_never_wait_for_it(push, wider, now):
    push("old text")
    add_model(SECOND, now=now)
    wider.available = False
    counts = push("new text", {"id": "old text", "content": "changed text"})
    assert (counts.created, counts.updated, counts.pending) == (1, 1, 0)
    assert Passage.objects.filter(model__name=SECOND).count() == 2
    assert vectors(SECOND) == 0


def test_a_model_may_have_a_window_of_its_own(push, wider, now):
    push({"id": "long", "content": "word " * 400})
    add_model(SECOND, now=now, passage_chars=200, passage_overlap=20)
    build()
    push({"id": "later", "content": "text " * 400})
    counts = [Passage.objects.filter(model__name=name, document__key="later").count() for name in (FIRST, SECOND)]
    assert counts[0] == 1
    assert counts[1] > 9
    assert Passage.objects.filter(model__name=SECOND, document__key="long").count() == counts[1]


def test_equal_texts_are_embedded_once_for_a_new_model_too(push, wider, now):
    push(*({"id": str(n), "content": "the same boilerplate"} for n in range(5)))
    add_model(SECOND, now=now)
    build()
    assert wider.embedded == ["the same boilerplate"]


def test_an_unfinished_model_is_not_switched_to(push, wider, now):
    push("one", "two")
    model = add_model(SECOND, now=now)
    with pytest.raises(ModelUnfinished, match="still lacks 2 passages"):
        spaces._check_whole(model)
    build()
    spaces._check_whole(EmbeddingModel.objects.get(name=SECOND))


def test_a_refused_text_does_not_hold_up_the_switch(push, wider, now, embedder):
    embedder.refused_marker = None
    push("bad ☠ text", "good text")
    add_model(SECOND, now=now)
    build()
    progress = progress_of(EmbeddingModel.objects.get(name=SECOND))
    assert (progress.missing, progress.quarantined) == (0, 1)


def test_queries_find_the_same_documents_after_the_switch(push, wider, now):
    push("apples are red", "bread is baked")
    add_model(SECOND, now=now)
    build()
    before = ask("red apples", now)
    switch(SECOND)
    assert active_model().name == SECOND
    assert ask("red apples", now) == before == ["apples are red", "bread is baked"]
    assert EmbeddingModel.objects.get(name=FIRST).state == "retired"


def test_a_push_that_began_before_the_switch_writes_for_the_models_of_its_end(push, wider, now, space):
    add_model(SECOND, now=now)
    switch(SECOND)
    assert push("late text").pending == 1  # embedded for the model that is retired by now
    embed_pending(now=now)
    assert ask("late text", now) == ["late text"]


def test_the_way_back_embeds_only_what_has_changed(push, wider, now, embedder):
    push("apples are red", "bread is baked", "corn is yellow")
    add_model(SECOND, now=now)
    build()
    switch(SECOND)
    second_space = active_space(now=now)
    push({"id": "bread is baked", "content": "bread is brown"}, "dates are sweet", space=second_space)
    embedder.embedded.clear()
    add_model(FIRST, now=now)
    build(FIRST)
    assert sorted(embedder.embedded) == ["bread is brown", "dates are sweet"]
    switch(FIRST)
    assert ask("brown bread", now, top_k=1) == ["bread is baked"]


def test_a_forced_switch_is_made_up_for_by_workers(push, wider, now):
    push("apples are red")
    add_model(SECOND, now=now)
    switch(SECOND)
    assert ask("apples", now) == []
    embed_pending(now=now)
    assert ask("apples", now) == ["apples are red"]


def test_a_document_from_the_trash_is_found_under_the_new_model(push, wider, now):
    push("apples are red", "bread is baked")
    push("bread is baked", whole_set_of="wiki")
    add_model(SECOND, now=now)
    build()
    switch(SECOND)
    gone = Passage.objects.filter(document__deleted_at__isnull=False).values_list("document", flat=True)
    restore_rows(list(set(gone)), now=now, actor="test")
    assert ask("apples", now, top_k=1) == ["apples are red"]


def test_a_registered_name_keeps_its_width(push, wider, now):
    push("one")
    add_model(SECOND, now=now)
    assert add_model(SECOND, now=now).state == "building"
    wider.dimensions = 128
    with pytest.raises(ModelRefused, match="registered with 96 dimensions; its backend now answers 128"):
        add_model(SECOND, now=now)
    with pytest.raises(ModelRefused, match="active model already"):
        add_model(FIRST, now=now)


@pytest.mark.parametrize("name", ["nothing", "test:unknown"])
def test_a_name_that_nobody_registered_is_refused_with_those_that_are(push, wider, now, name):
    push("one")
    with pytest.raises(ModelRefused, match=FIRST):
        spaces.named_model(name)


def test_readiness_names_the_commands_of_the_change(push, wider, now, settings, monkeypatch):
    monkeypatch.setattr(checks, "embedder_named", embedding.embedder_named)
    push("one")
    settings.EMBEDDING_MODEL = SECOND
    assert f"embedding_model add {SECOND}" in mismatch(now).fix
    add_model(SECOND, now=now)
    assert "is being built" in mismatch(now).fix
    switch(SECOND)
    assert mismatch(now) is None


def mismatch(now):
    return next((row for row in readiness(now=now) if row.name == "embedding model"), None)


# --- a backend that becomes another model under the same name -------------------------------------------------------


@pytest.fixture
def changed(push, embedder):
    """One document is stored; then the backend answers another width."""
    push("apples are red")
    embedder.dimensions = 32
    return embedder


def test_a_push_to_a_changed_backend_is_refused_and_nothing_is_stored(changed, api):
    answer = api("provider", "wiki")("post", f"{BASE}/upsert", {"id": "b", "content": "bread is baked"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "embedding_dimensions_changed"
    assert "now answers 32 dimensions" in answer.json()["detail"]
    assert "embedding_model add" in answer.json()["detail"]
    assert Passage.objects.count() == 1


def test_a_query_of_a_changed_backend_is_refused_with_the_way_out(changed, api):
    answer = api("analyzer")("post", f"{BASE}/query", {"text": "pears, never asked before"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "embedding_dimensions_changed"


def test_a_worker_gives_passages_of_a_changed_backend_back(changed, push, now):
    push("bread is baked", budget_s=0)
    with pytest.raises(DimensionsChanged):
        embed_pending(now=now)
    waiting = Passage.objects.waiting().get()
    assert (waiting.not_before, waiting.error) == (None, "")
    changed.dimensions = 64
    assert embed_pending(now=now) == 1


# --- whole, with indexes: outside of a transaction ------------------------------------------------------------------


@contextmanager
def asking(text, expected):
    """Several threads that query all the time; what was wrong with any answer."""
    faults, answers, stop = [], [0], threading.Event()

    def client():
        try:
            while not stop.is_set():
                moment = timezone.now()
                answer = search(Query(text=text, top_k=5), now=moment, space=active_space(now=moment))
                answers[0] += 1
                if [hit.document.key for hit in answer.hits] != expected:
                    faults.append((answer.model, [hit.document.key for hit in answer.hits]))
        except Exception as error:  # noqa: BLE001
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield faults, answers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_queries_answer_whole_while_a_model_is_built_switched_taken_back_and_dropped(push, wider, now, embedder):
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
        time.sleep(0.2)
        call_command("embedding_model", "drop", SECOND)
    assert not faults
    assert answers[0] > 50
    assert not EmbeddingModel.objects.filter(name=SECOND).exists()
    assert Passage.objects.count() == 306


@pytest.mark.django_db(transaction=True)
def test_pushes_during_the_change_lose_nothing(push, wider, now):
    push(*({"id": str(n), "content": f"first version {n}"} for n in range(200)))
    errors = []

    def pusher():
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


def leave_broken(model):
    """Cut a concurrent build short, as a killed worker does: it waits for a writer, and runs out of time."""
    writer = psycopg.connect(**{**connection.get_connection_params(), "cursor_factory": None})
    writer.execute("DELETE FROM knowledge_passage WHERE false")
    writer.execute("LOCK TABLE knowledge_passage IN ROW EXCLUSIVE MODE")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '300ms'")
        with pytest.raises(OperationalError):
            cursor.execute(embedding.index_statement(model, concurrently=True))
        cursor.execute("RESET statement_timeout")
    writer.close()


@pytest.mark.django_db(transaction=True)
def test_the_walk_waits_for_a_push_and_then_sees_what_it_wrote(push, wider, now):
    push("one")
    model = add_model(SECOND, now=now)
    written = threading.Event()

    def pusher():
        with transaction.atomic():
            push({"id": "one", "content": "changed"})
            written.set()
            time.sleep(0.3)
        connection.close()

    thread = threading.Thread(target=pusher)
    thread.start()
    written.wait()
    assert planning.plan_passages(model, now=now) == 0
    thread.join()
    assert Passage.objects.filter(model=model).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_index_is_built_before_the_switch_and_a_broken_one_is_built_again(push, wider, now):
    push("one", "two")
    model = add_model(SECOND, now=now)
    build()
    assert index_state(model) is IndexState.MISSING
    leave_broken(model)
    assert index_state(model) is IndexState.BROKEN
    spaces.activate_model(SECOND)
    assert index_state(model) is IndexState.READY


@pytest.mark.django_db(transaction=True)
def test_a_drop_that_broke_off_can_only_be_finished(push, wider, now):
    push("one")
    add_model(SECOND, now=now)
    build()

    def break_off(deleted):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drop_model(SECOND, rest=break_off)
    with pytest.raises(ModelRefused, match="is being dropped"):
        add_model(SECOND, now=now)
    with pytest.raises(CommandError, match="is being dropped"):
        call_command("embedding_model", "activate", SECOND, "--force")
    push("two")
    assert not Passage.objects.filter(model__name=SECOND).exists()
    drop_model(SECOND)
    assert not EmbeddingModel.objects.filter(name=SECOND).exists()


def test_a_window_is_given_once(push, wider, now):
    add_model(SECOND, now=now, passage_chars=500, passage_overlap=50)
    assert add_model(SECOND, now=now).passage_chars == 500
    with pytest.raises(ModelRefused, match="another window"):
        add_model(SECOND, now=now, passage_chars=600, passage_overlap=50)


@pytest.mark.django_db(transaction=True)
def test_the_active_model_cannot_be_dropped(push, wider, now):
    push("one")
    with pytest.raises(ModelRefused, match="activate another one"):
        drop_model(FIRST)
    with pytest.raises(CommandError, match="No model"):
        call_command("embedding_model", "drop", "test:unknown")
    assert vectors(FIRST) == 1


@pytest.mark.django_db(transaction=True)
def test_a_dropped_model_takes_its_index_with_it(push, wider, now, capsys):
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
