"""Deleting a provider with its documents: a worker moves them to the trash, and its syncs bring no more."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client

from accounts.models import AuditEntry
from core.clock import database_now
from knowledge.deleting.trash import restore_rows
from knowledge.models import Change, Document, HeldDeletion
from providers import cleanup
from providers.cleanup import Documents, clean_up_sources
from providers.models import Provider, SourceCleanup, SyncRun
from providers.registry import create_provider, delete_provider
from providers.runs import sync
from providers.runs.claim import claim_run
from providers.runs.retention import forget_runs
from providers.tasks import clean_up_sources as task
from tests.providers.runs import after_run, running, wait_for
from tests.providers.scripted import hang, provider

BASE = "/api/v1/plugins/context_provider/wiki"
BULK = "/api/v1/knowledge/bulk-upsert"
BODY = {"documents": [{"id": "a", "content": "Alpha."}, {"id": "b", "content": "Beta."}]}
Queued = Callable[..., SyncRun]
Make = Callable[..., Provider]
Push = Callable[..., Any]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue", "space")]


def live() -> list[str]:
    return sorted(Document.objects.filter(deleted_at=None).values_list("key", flat=True))


def delete_with_documents() -> None:
    delete_provider("wiki", documents=Documents.TRASH, now=database_now())


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[Thread]:
    """The work in a thread of its own, which ends with the block or soon after."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    yield thread
    thread.join(10)
    assert not thread.is_alive()


def test_documents_stay_unless_told_otherwise(make: Make, push: Push, api: Any) -> None:
    make()
    push("a", "b")
    assert api("admin")("delete", BASE).status_code == 204
    task()
    assert live() == ["a", "b"]
    assert AuditEntry.objects.get(verb="provider.delete").after == {"documents": "keep"}


def test_with_trash_a_worker_moves_them_there(make: Make, push: Push, api: Any) -> None:
    make()
    push("a", "b", {"id": "c", "content": "Gamma.", "source": "hr"})
    assert api("admin")("delete", f"{BASE}?documents=trash").status_code == 204
    task()
    assert live() == ["c"]
    entry = AuditEntry.objects.get(verb="provider.delete")
    assert entry.after == {"documents": "trash"}
    gone = Change.objects.filter(kind="deleted").values_list("key", "actor")
    assert set(gone) == {("a", entry.actor), ("b", entry.actor)}


def test_what_is_restored_stays(make: Make, push: Push) -> None:
    make()
    push("a", "b")
    delete_with_documents()
    task()
    trashed = Document.objects.get(key="a")
    assert "provider was deleted" in trashed.deleted_reason
    restore_rows([trashed.pk], now=database_now(), actor="ann")
    task()
    assert live() == ["a"]


def test_another_word_than_these_is_refused(make: Make, api: Any) -> None:
    make()
    assert api("admin")("delete", f"{BASE}?documents=burn").status_code == 422
    assert Provider.objects.exists()


def test_many_go_in_batches_and_what_is_cut_short_goes_on(
    make: Make, push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.batches.BATCH", 2)
    monkeypatch.setattr("core.batches.WITHIN_S", 0)
    make()
    push("a", "b", "c", "d", "e", "f", "g")
    delete_with_documents()
    assert [clean_up_sources(now=database_now()) for _ in range(5)] == [2, 2, 2, 1, 0]
    assert (live(), SourceCleanup.objects.filter(finished_at=None).count()) == ([], 0)


def test_a_sync_that_runs_pushes_nothing_more(queued: Queued, push: Push, api: Any) -> None:
    run = claim_run(queued("http://127.0.0.1:9").pk, now=database_now())
    assert run
    push("a")
    delete_with_documents()
    client, named = api("provider", "wiki"), {"X-Correlation-ID": str(run.pk)}
    for headers in ({}, named):
        answer = client("post", BULK, BODY, **headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "run_over")
        assert "was deleted with its documents" in answer.json()["detail"]
    assert client("put", "/api/v1/knowledge/sources/wiki/documents", BODY, **named).status_code == 409
    task()
    assert live() == []


def test_the_run_itself_is_cancelled(queued: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "RENEW_S", 0.1)
    with provider(hang) as served:
        run = queued(served.url)
        with running(run):
            wait_for(lambda: served.asked)
            delete_with_documents()
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_run_that_ended_before_brings_nothing_late(queued: Queued, api: Any) -> None:
    run = after_run(queued("http://127.0.0.1:9"))
    delete_with_documents()
    answer = api("provider", "wiki")("post", BULK, BODY, **{"X-Correlation-ID": str(run.pk)})
    assert answer.status_code == 409


def test_who_pushes_late_while_it_is_deleted_waits_and_is_refused(queued: Queued, api: Any) -> None:
    run = after_run(queued("http://127.0.0.1:9"))
    late, answers = api("provider", "wiki"), []
    late.client = Client()

    def push_late() -> None:
        answers.append(late("post", BULK, BODY, **{"X-Correlation-ID": str(run.pk)}).status_code)

    with ExitStack() as pushing, transaction.atomic():
        delete_with_documents()
        pushing.enter_context(beside(push_late)).join(0.5)
        assert answers == []
    assert answers == [409]
    assert live() == []


def test_what_comes_of_no_sync_afterwards_stays(make: Make, push: Push) -> None:
    make()
    push("a", "b")
    delete_with_documents()
    push({"id": "b", "content": "Rewritten by hand."}, "c", at=database_now() + timedelta(seconds=1))
    task()
    assert live() == ["b", "c"]


def test_a_provider_of_that_name_again_keeps_what_is_left(make: Make, push: Push) -> None:
    make()
    push("a")
    delete_with_documents()
    create_provider("wiki", now=database_now(), url="http://wiki.test")
    task()
    assert live() == ["a"]


def test_the_syncs_of_that_one_push_as_any_other(queued: Queued, api: Any) -> None:
    queued("http://127.0.0.1:9")
    delete_with_documents()
    run = claim_run(queued("http://127.0.0.1:9").pk, now=database_now())
    assert run
    answer = api("provider", "wiki")("post", BULK, BODY, **{"X-Correlation-ID": str(run.pk)})
    assert (answer.status_code, live()) == (200, ["a", "b"])


def test_a_held_deletion_waits_no_more(make: Make, push: Push) -> None:
    make()
    push("a")
    HeldDeletion.objects.create(source="wiki", keys=["a"], count=1, live=1, held_at=database_now(), actor="x")
    delete_with_documents()
    assert HeldDeletion.objects.get().state == HeldDeletion.State.SUPERSEDED


def test_what_a_worker_is_at_is_left_to_it(make: Make, push: Push) -> None:
    make()
    push("a")
    delete_with_documents()
    counted: list[int] = []
    with transaction.atomic():
        SourceCleanup.objects.select_for_update().get()
        with beside(lambda: counted.append(clean_up_sources(now=database_now()))):
            pass
    assert counted == [0]
    assert clean_up_sources(now=database_now()) == 1


def test_it_is_forgotten_when_its_runs_are(make: Make) -> None:
    make()
    delete_with_documents()
    task()
    forget_runs(now=database_now())
    assert SourceCleanup.objects.count() == 1
    forget_runs(now=database_now() + timedelta(days=400))
    assert SourceCleanup.objects.count() == 0


def test_a_worker_is_told_at_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(cleanup, "notify", lambda task, **_: told.append(task))
    make()
    delete_with_documents()
    assert told == ["providers.tasks.clean_up_sources"]
