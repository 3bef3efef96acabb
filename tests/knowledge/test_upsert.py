"""The write door: what a push does to what is there."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from django.db import connection

from knowledge.deleting.trash import delete_rows
from knowledge.embedding.embedders.base import EmbedderUnavailable
from knowledge.embedding.vector_space import active_space
from knowledge.errors import DocumentsRefused
from knowledge.models import Change, Document, Passage
from knowledge.run_counts import Counts, close_run_counts, open_run_counts
from knowledge.schemas import DocumentIn
from knowledge.writing.upsert import Push, upsert_documents
from tests.conftest import instant
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db

A = {"id": "a", "content": "apples are red", "tags": ["fruit"], "metadata": {"n": 1}}
B = {"id": "b", "content": "bread is baked", "tags": ["bakery"]}


def test_a_first_push_creates(push: Callable[..., Counts]) -> None:
    assert push(A, B) == Counts(created=2)
    assert Document.objects.get(key="a").tags == ["fruit"]


def test_the_same_push_again_changes_nothing_and_embeds_nothing(
    push: Callable[..., Counts], embedder: HashingEmbedder
) -> None:
    push(A, B)
    before = embedder.calls
    assert push(A, B) == Counts(unchanged=2)
    assert embedder.calls == before
    assert Change.objects.count() == 2


def test_a_changed_text_is_updated_and_embedded_again(push: Callable[..., Counts]) -> None:
    push(A)
    first = Passage.objects.get().vector
    assert push(A | {"content": "pears are green"}) == Counts(updated=1)
    assert Passage.objects.get().vector != first


def test_a_changed_tag_is_an_update_that_touches_no_passage(
    push: Callable[..., Counts], embedder: HashingEmbedder
) -> None:
    push(A)
    passage, calls = Passage.objects.get().pk, embedder.calls
    assert push(A | {"tags": ["fruit", "red"]}) == Counts(updated=1)
    assert Passage.objects.get().pk == passage
    assert embedder.calls == calls


def test_a_new_expiry_renews_and_touches_no_passage(push: Callable[..., Counts], now: datetime) -> None:
    push(A | {"expires_at": now + timedelta(hours=1)})
    passage = Passage.objects.get().pk
    assert push(A | {"expires_at": now + timedelta(hours=2)}) == Counts(renewed=1)
    assert Document.objects.get().expires_at == now + timedelta(hours=2)
    assert Passage.objects.get().pk == passage


@pytest.mark.parametrize("change", ["expires_at = now()", "tags = tags || '{more}'"])
def test_who_changes_many_documents_compares_none_with_the_others(push: Callable[..., Counts], change: str) -> None:
    """Of tables that were never analysed, too, as after a first load."""
    push(*({"id": str(number), "content": f"bread {number}"} for number in range(1_000)), budget_s=0)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) UPDATE knowledge_document SET {change}")
        [[[told]]] = cursor.fetchall()
    in_triggers_ms = sum(each["Time"] for each in told["Triggers"])
    assert in_triggers_ms < 5 * (told["Execution Time"] - in_triggers_ms), told["Triggers"]


def test_a_newer_stamp_wins_whatever_comes_last(push: Callable[..., Counts]) -> None:
    push(A | {"content": "new", "updated_at": instant("2026-02-02")})
    assert push(A | {"content": "old", "updated_at": instant("2026-01-01")}) == Counts(stale=1)
    assert Document.objects.get().content == "new"


def test_a_stamp_far_ahead_of_the_clock_counts_as_now(push: Callable[..., Counts], now: datetime) -> None:
    push(A | {"content": "old", "updated_at": instant("2099-01-01")})
    assert Document.objects.get().updated_at == now
    later = now + timedelta(minutes=1)
    assert push(A | {"content": "new", "updated_at": later}, at=later) == Counts(updated=1)
    assert push(A | {"content": "new", "updated_at": instant("2099-01-01")}, at=later) == Counts(unchanged=1)


def test_clocks_that_differ_a_little_are_believed(push: Callable[..., Counts], now: datetime) -> None:
    ahead = now + timedelta(seconds=119)
    push(A | {"updated_at": ahead})
    assert Document.objects.get().updated_at == ahead
    assert push(A | {"content": "old", "updated_at": now}) == Counts(stale=1)


def test_a_stamp_that_was_stored_while_a_clock_was_wrong_keeps_nothing_out(
    push: Callable[..., Counts], now: datetime
) -> None:
    push(A)
    Document.objects.update(updated_at=instant("2099-01-01"))
    assert push(A | {"content": "new", "updated_at": now}) == Counts(updated=1)


def test_a_stamp_that_is_not_sent_does_not_erase_the_stored_one(push: Callable[..., Counts]) -> None:
    push(A | {"updated_at": instant("2026-02-02")})
    assert push(A) == Counts(unchanged=1)
    assert Document.objects.get().updated_at == instant("2026-02-02")


def test_an_id_that_stands_twice_is_refused_and_nothing_is_stored(push: Callable[..., Counts]) -> None:
    with pytest.raises(DocumentsRefused) as refused:
        push(A, B, A | {"content": "other"})
    assert refused.value.extra["errors"][0] | {"reason": ""} == {"index": 2, "id": "a", "field": "id", "reason": ""}
    assert not Document.objects.exists()


def test_the_same_id_in_two_sources_is_two_documents(push: Callable[..., Counts]) -> None:
    assert push(A, A | {"source": "hr"}) == Counts(created=2)


def test_equal_texts_are_embedded_once(push: Callable[..., Counts], embedder: HashingEmbedder) -> None:
    push(*({"id": str(n), "content": "the same boilerplate"} for n in range(5)))
    assert embedder.embedded == ["the same boilerplate"]
    push({"id": "6", "content": "the same boilerplate"})
    assert embedder.embedded == ["the same boilerplate"]
    assert not Passage.objects.waiting().exists()


def test_a_text_that_grows_keeps_the_vectors_of_its_first_passages(
    push: Callable[..., Counts], embedder: HashingEmbedder
) -> None:
    words = " ".join(f"word{n}" for n in range(900))
    push({"id": "long", "content": words})
    embedder.embedded.clear()
    push({"id": "long", "content": words + " and more"})
    assert len(embedder.embedded) < Passage.objects.count()
    assert not Passage.objects.waiting().exists()


def test_long_content_is_split_into_overlapping_passages(push: Callable[..., Counts]) -> None:
    push({"id": "long", "content": "word " * 1_000})
    spans = list(Passage.objects.order_by("ordinal").values_list("start", "end"))
    assert len(spans) > 2
    assert all(end - start <= 2_000 for start, end in spans)
    assert all(later[0] < earlier[1] for earlier, later in pairwise(spans))


def test_a_replace_moves_what_is_missing_to_the_trash(push: Callable[..., Counts], now: datetime) -> None:
    push(A, B, A | {"source": "hr"})
    assert push(A, whole_set_of="wiki") == Counts(unchanged=1, deleted=1)
    assert set(Document.objects.live(now).values_list("source", "key")) == {("wiki", "a"), ("hr", "a")}
    assert Change.objects.filter(kind="deleted").values_list("key", flat=True).get() == "b"


def test_a_replace_by_nothing_empties_the_source(push: Callable[..., Counts], now: datetime) -> None:
    push(A, B)
    assert push(whole_set_of="wiki") == Counts(deleted=2)


def test_a_document_back_from_the_trash_is_created_without_embedding(
    push: Callable[..., Counts], embedder: HashingEmbedder, now: datetime
) -> None:
    push(A)
    delete_rows([Document.objects.get().pk], now=now, actor="test")
    calls = embedder.calls
    assert push(A) == Counts(created=1)
    assert embedder.calls == calls
    assert Document.objects.live(now).count() == 1


def test_an_unreachable_backend_stores_nothing(push: Callable[..., Counts], embedder: HashingEmbedder) -> None:
    embedder.available = False
    with pytest.raises(EmbedderUnavailable):
        push(A)
    assert not Document.objects.exists()


def test_what_needs_no_vector_is_stored_without_the_backend(
    push: Callable[..., Counts], embedder: HashingEmbedder, now: datetime
) -> None:
    push(A)
    embedder.available = False
    assert push(A | {"expires_at": now + timedelta(hours=1)}) == Counts(renewed=1)


def test_without_a_budget_the_push_leaves_all_embedding_to_a_worker(
    push: Callable[..., Counts], embedder: HashingEmbedder
) -> None:
    assert push(A, B, budget_s=0) == Counts(created=2, pending=2)
    assert embedder.embedded == []


def test_a_poisonous_text_costs_only_itself(push: Callable[..., Counts], embedder: HashingEmbedder) -> None:
    counts = push(A, {"id": "p", "content": "bad ☠ text"}, B)
    assert counts == Counts(created=3, pending=1)
    assert Passage.objects.quarantined().get().document.key == "p"


def test_pushes_during_a_run_count_as_the_runs(push: Callable[..., Counts], now: datetime, uuid4: UUID) -> None:
    open_run_counts(uuid4, source="wiki", now=now)
    push(A, B, A | {"source": "hr"})
    push(A, B | {"content": "bread is brown"})
    assert close_run_counts(uuid4, now=now) == Counts(created=2, updated=1, unchanged=1)
    push({"id": "late", "content": "too late"})
    assert close_run_counts(uuid4, now=now).created == 2
    assert Change.objects.of_run(uuid4).count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_clients_pushing_the_same_ids_in_opposite_order_never_deadlock(
    embedder: HashingEmbedder, now: datetime
) -> None:
    space = active_space(now=now)
    errors: list[Exception] = []

    def client(number: int) -> None:
        try:
            for turn in range(3):
                keys = range(200) if number % 2 else range(199, -1, -1)
                items = [DocumentIn(id=str(k), content=f"text {k} {number} {turn}", source="wiki") for k in keys]
                upsert_documents(items, now=now, space=space, push=Push(budget_s=0))
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert Document.objects.count() == 200
    assert Passage.objects.count() == 200
