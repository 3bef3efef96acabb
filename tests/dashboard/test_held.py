"""Held deletions on the pages: seen everywhere they matter, looked at, and decided."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from knowledge.deleting.held import guard_of
from knowledge.models import Document, HeldDeletion
from providers.models import Provider, SyncRun


@pytest.fixture
def held(push: Callable[..., Any]) -> HeldDeletion:
    push(*({"id": f"d{number:03}", "content": f"<i>Text</i> {number}"} for number in range(130)))
    push({"id": "d000", "content": "<i>Text</i> 0"}, whole_set_of="wiki", guard=guard_of("wiki"))
    return HeldDeletion.objects.get()


def test_what_waits_is_listed_and_leads_to_its_preview(staff: Client, held: HeldDeletion) -> None:
    page = staff.get("/held/").content.decode()
    assert "129 of 130" in page
    assert f'href="/held/{held.pk}/"' in page
    assert "would lose 129 of 130 documents" in staff.get("/").content.decode()


def test_the_preview_shows_what_would_go_as_text(staff: Client, held: HeldDeletion) -> None:
    answer = staff.get(f"/held/{held.pk}/")
    page, following = answer.content.decode(), f"/held/{held.pk}/?after={answer.context['next']}"
    assert f'href="{following}"' in page
    assert "Approve 129 deletions" in page
    assert "&lt;i&gt;Text&lt;/i&gt; 1" in page
    assert "<i>Text" not in page
    assert "d101" not in page
    rest = staff.get(following).content.decode()
    assert "d101" in rest
    assert "d100" not in rest


@pytest.mark.parametrize(("decision", "left"), [("approve", 1), ("discard", 130)])
def test_it_is_decided_once(staff: Client, held: HeldDeletion, decision: str, left: int) -> None:
    answer = staff.post(f"/held/{held.pk}/decide/", {"decision": decision})
    assert answer["Location"] == "/held/"
    assert Document.objects.filter(deleted_at=None).count() == left
    assert HeldDeletion.objects.get().decided_by == "ada"
    page = staff.post(f"/held/{held.pk}/decide/", {"decision": "approve"}, follow=True).content.decode()
    assert "This was decided already" in page
    entry = AuditEntry.objects.matching(verb="held").get()
    assert (entry.by, entry.actor, entry.verb) == ("user", "ada", f"held.{decision}")
    assert "This is decided" in staff.get(f"/held/{held.pk}/").content.decode()


def test_run_and_provider_show_what_is_held(
    staff: Client, held: HeldDeletion, provider: Callable[..., Provider], run: Callable[..., SyncRun]
) -> None:
    provider()
    ended = run(held=129)
    HeldDeletion.objects.update(run=ended.pk)
    for page in (f"/runs/{ended.pk}/", "/providers/wiki/"):
        shown = staff.get(page).content.decode()
        assert "129 deletions held for approval" in shown
        assert f"/held/{held.pk}/" in shown


def test_nothing_held_is_said_so(staff: Client, db: None) -> None:
    assert "Nothing is waiting" in staff.get("/held/").content.decode()
    assert staff.get(f"/held/{uuid.uuid4()}/").status_code == 404


def test_who_is_anonymous_neither_sees_nor_decides(client: Client, held: HeldDeletion) -> None:
    assert client.get("/held/").status_code == 302
    assert client.post(f"/held/{held.pk}/decide/", {"decision": "approve"}).status_code == 302
    assert Document.objects.filter(deleted_at=None).count() == 130
