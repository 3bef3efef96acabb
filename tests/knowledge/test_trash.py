"""Delete, restore, sweep, purge."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from knowledge.deleting.trash import (
    delete_document,
    purge_changes,
    purge_trash,
    restore_rows,
    sweep_expired,
)
from knowledge.errors import DocumentAmbiguous, DocumentNotFound
from knowledge.models import Change, Document, Passage
from knowledge.run_counts import Counts

pytestmark = pytest.mark.django_db


def test_a_deleted_document_lies_in_the_trash_with_reason_and_actor(push: Callable[..., Counts], now: datetime) -> None:
    push("text")
    delete_document("text", source="wiki", now=now, actor="alice")
    assert Document.objects.in_trash().get().deleted_reason == "deleted"
    assert Change.objects.filter(kind="deleted").get().actor == "alice"


def test_deleting_twice_says_that_it_is_gone(push: Callable[..., Counts], now: datetime) -> None:
    push("text")
    delete_document("text", source="wiki", now=now, actor="")
    with pytest.raises(DocumentNotFound):
        delete_document("text", source="wiki", now=now, actor="")


def test_a_prefix_of_an_id_is_not_the_id(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a/b/c", "content": "text"})
    with pytest.raises(DocumentNotFound):
        delete_document("a/b", source=None, now=now, actor="")


def test_an_id_of_two_sources_is_ambiguous_without_one(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "x", "content": "one"}, {"id": "x", "content": "two", "source": "hr"})
    with pytest.raises(DocumentAmbiguous):
        delete_document("x", source=None, now=now, actor="")


def test_restoring_brings_a_document_back_with_its_vectors(push: Callable[..., Counts], now: datetime) -> None:
    push("text")
    delete_document("text", source="wiki", now=now, actor="")
    assert restore_rows([Document.objects.get().pk], now=now, actor="alice") == 1
    assert Document.objects.live(now).count() == 1
    assert not Passage.objects.waiting().exists()


def test_expired_documents_are_hidden_at_once_and_swept_later(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "x", "content": "text", "expires_at": now + timedelta(minutes=1)}, "stays")
    later = now + timedelta(minutes=2)
    assert Document.objects.live(later).count() == 1
    assert sweep_expired(now=later) == 1
    assert Document.objects.in_trash().get().deleted_reason == "expired"
    assert sweep_expired(now=later) == 0


def test_an_expired_document_is_restored_without_a_term(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "x", "content": "text", "expires_at": now + timedelta(minutes=1)})
    later = now + timedelta(minutes=2)
    sweep_expired(now=later)
    restore_rows([Document.objects.get().pk], now=later, actor="")
    assert Document.objects.live(later).get().expires_at is None


def test_the_trash_is_purged_after_its_days_with_all_passages(
    push: Callable[..., Counts], now: datetime, settings: Settings
) -> None:
    push("text")
    delete_document("text", source="wiki", now=now, actor="")
    assert purge_trash(now=now + timedelta(days=settings.TRASH_DAYS - 1)) == 0
    assert purge_trash(now=now + timedelta(days=settings.TRASH_DAYS, minutes=1)) == 1
    assert not Document.objects.exists()
    assert not Passage.objects.exists()


def test_renewals_are_forgotten_sooner_than_other_changes(
    push: Callable[..., Counts], now: datetime, settings: Settings
) -> None:
    push({"id": "x", "content": "text"})
    push({"id": "x", "content": "text", "expires_at": now + timedelta(days=90)})
    assert purge_changes(now=now + timedelta(days=settings.RENEWAL_DAYS, minutes=1)) == 1
    assert Change.objects.get().kind == "created"


def test_old_changes_are_forgotten(push: Callable[..., Counts], now: datetime, settings: Settings) -> None:
    push("text")
    assert purge_changes(now=now) == 0
    assert purge_changes(now=now + timedelta(days=settings.CHANGE_DAYS + 1)) == 1
