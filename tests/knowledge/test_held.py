"""Deletions that are too many to be made unasked: held, shown, and decided by a person."""

import uuid
from collections.abc import Callable
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.audit import Actor, By
from accounts.models import AuditEntry
from knowledge.deleting.held import (
    Guard,
    approve_held,
    discard_held,
    guard_of,
    held_documents,
    set_delete_percent,
)
from knowledge.errors import HeldDecided, HeldNotFound
from knowledge.models import Change, Document, HeldDeletion
from knowledge.run_counts import Counts, counts_of_run, open_run_counts
from tests.conftest import Api

BASE = "/api/v1/knowledge"
PUT = f"{BASE}/sources/wiki/documents"
ADA = Actor(by=By.USER, name="ada")
pytestmark = pytest.mark.django_db


def named(*numbers: Any) -> list[Any]:
    return [{"id": f"d{n:03}", "content": f"Document {n}."} for n in numbers]


def live() -> int:
    return Document.objects.filter(deleted_at=None).count()


@pytest.fixture
def held(push: Callable[..., Counts]) -> HeldDeletion:
    """Forty of a hundred documents, held at a replace."""
    push(*named(*range(100)))
    counts = push(*named(*range(60)), whole_set_of="wiki", guard=guard_of("wiki"))
    assert counts == Counts(unchanged=60, held=40)
    return HeldDeletion.objects.get()


@pytest.mark.parametrize(
    ("going", "before", "left", "holds"),
    [
        (0, 0, 0, False),
        (0, 100, 100, False),
        (30, 100, 70, False),
        (31, 100, 69, True),
        (9, 10, 1, False),
        (10, 20, 10, True),
        (1, 1, 0, True),
        (3, 3, 0, True),
        (3, 3, 3, False),
        (100, 100, 100, True),
    ],
)
def test_the_guard_holds_large_shares_and_whatever_leaves_nothing(
    going: int, before: int, left: int, holds: bool
) -> None:
    assert Guard(percent=30, floor=10).holds(going=going, before=before, left=left) is holds


def test_a_large_deletion_is_held_and_nothing_goes(held: HeldDeletion) -> None:
    assert live() == 100
    assert (held.source, held.count, held.live, held.state) == ("wiki", 40, 100, "pending")
    assert [document.key for document in held_documents(held, limit=3)] == ["d060", "d061", "d062"]
    assert [document.key for document in held_documents(held, after="d061", limit=1)] == ["d062"]


def test_new_documents_do_not_make_the_share_look_smaller(push: Callable[..., Counts]) -> None:
    push(*named(*range(100)))
    counts = push(*named(*range(60), *range(200, 300)), whole_set_of="wiki", guard=guard_of("wiki"))
    assert (counts.created, counts.deleted, counts.held) == (100, 0, 40)


def test_the_rest_of_the_push_is_stored_all_the_same(push: Callable[..., Counts]) -> None:
    push(*named(*range(20)))
    assert push({"id": "new", "content": "New."}, whole_set_of="wiki", guard=guard_of("wiki")) == Counts(
        created=1, held=20
    )
    assert live() == 21


def test_what_is_approved_goes_to_the_trash(held: HeldDeletion, now: datetime) -> None:
    approved = approve_held(held.pk, now=now, actor=ADA)
    assert (approved.state, approved.deleted, approved.decided_by, approved.keys) == ("approved", 40, "ada", [])
    assert live() == 60
    assert Change.objects.filter(kind="deleted", actor="ada").count() == 40
    with pytest.raises(HeldDecided):
        discard_held(held.pk, now=now, actor=ADA)


def test_what_is_discarded_stays(held: HeldDeletion, now: datetime) -> None:
    assert discard_held(held.pk, now=now, actor=ADA).state == "discarded"
    assert live() == 100
    with pytest.raises(HeldDecided):
        approve_held(held.pk, now=now, actor=ADA)


def test_what_came_again_since_is_not_deleted_by_the_approval(
    held: HeldDeletion, push: Callable[..., Counts], now: datetime
) -> None:
    later = held.held_at.replace(microsecond=999_999)
    push({"id": "d070", "content": "It is back."}, at=later)
    assert approve_held(held.pk, now=later, actor=ADA).deleted == 39
    assert Document.objects.get(key="d070").deleted_at is None


def test_the_next_judgement_replaces_the_one_that_waits(
    held: HeldDeletion, push: Callable[..., Counts], now: datetime
) -> None:
    assert push(*named(*range(95)), whole_set_of="wiki", guard=guard_of("wiki")).deleted == 5
    held.refresh_from_db()
    assert (held.state, held.keys) == ("superseded", [])
    with pytest.raises(HeldDecided) as refused:
        approve_held(held.pk, now=now, actor=ADA)
    assert refused.value.extra == {"state": "superseded"}
    assert live() == 95


def test_a_source_may_have_its_own_share(push: Callable[..., Counts]) -> None:
    push(*named(*range(100)))
    set_delete_percent("wiki", 50)
    assert push(*named(*range(60)), whole_set_of="wiki", guard=guard_of("wiki")).deleted == 40
    set_delete_percent("wiki", None)
    assert guard_of("wiki").percent == 30


def test_a_replace_during_a_run_counts_what_was_held_for_the_run(push: Callable[..., Counts], now: datetime) -> None:
    push(*named(*range(20)))
    run = uuid.uuid4()
    open_run_counts(run, source="wiki", now=now)
    push(whole_set_of="wiki", guard=guard_of("wiki"))
    assert counts_of_run(run) == Counts(held=20)
    assert HeldDeletion.objects.get().run == run


def test_an_unknown_deletion_cannot_be_decided(now: datetime) -> None:
    with pytest.raises(HeldNotFound):
        approve_held(uuid.uuid4(), now=now, actor=ADA)


# --- by API ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(push: Callable[..., Counts]) -> None:
    push(*named(*range(30)))


def test_a_replace_says_what_was_held(api: Callable[..., Api], stored: None) -> None:
    answer = api("provider", "wiki")("put", PUT, {"documents": named(*range(10))})
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("upserted", "deleted", "held")} == {
        "upserted": 10,
        "deleted": 0,
        "held": 20,
    }


def test_only_an_admin_may_force_a_replace(api: Callable[..., Api], stored: None) -> None:
    refused = api("provider", "wiki")("put", f"{PUT}?force=true", {"documents": []})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert live() == 30
    assert api("provider", "wiki")("put", PUT, {"documents": []}).json()["held"] == 30
    assert api("admin")("put", f"{PUT}?force=true", {"documents": []}).json()["deleted"] == 30
    assert HeldDeletion.objects.get().state == "superseded"
    assert AuditEntry.objects.get(verb="source.replace").after == {"forced": 30}


def test_held_deletions_are_listed_shown_and_decided(api: Callable[..., Api], stored: None) -> None:
    admin = api("admin")
    api("provider", "wiki")("put", PUT, {"documents": named(*range(10))})
    (listed,) = admin("get", "/api/v1/held").json()["held"]
    assert (listed["source"], listed["count"], listed["live"], listed["state"]) == ("wiki", 20, 30, "pending")
    where = f"/api/v1/held/{listed['id']}"
    shown = admin("get", f"{where}?limit=15").json()
    assert (len(shown["documents"]), shown["documents"][0]["beginning"]) == (15, "Document 10.")
    rest = admin("get", f"{where}?limit=15&cursor={shown['next']}").json()
    assert (len(rest["documents"]), rest["next"]) == (5, None)
    made_up = admin("get", f"{where}?cursor=d015")
    assert (made_up.status_code, made_up.json()["code"]) == (422, "invalid_cursor")
    assert admin("post", f"{where}/approve").json()["deleted"] == 20
    again = admin("post", f"{where}/discard")
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "held_decided", "approved")
    assert admin("get", "/api/v1/held").json()["held"] == []
    assert admin("get", "/api/v1/held?state=approved").json()["held"][0]["decided_by"].startswith("test (")


@pytest.mark.parametrize(("decision", "gone"), [("approve", 20), ("discard", 0)])
def test_each_decision_leaves_one_entry_in_the_audit(
    api: Callable[..., Api], stored: None, decision: str, gone: int
) -> None:
    admin = api("admin")
    api("provider", "wiki")("put", PUT, {"documents": named(*range(10))})
    where = f"/api/v1/held/{HeldDeletion.objects.get().pk}"
    admin("post", f"{where}/{decision}")
    assert admin("post", f"{where}/{decision}").status_code == 409
    entry = AuditEntry.objects.matching(verb="held").get()
    assert (entry.by, entry.verb, entry.object) == ("key", f"held.{decision}", "wiki")
    assert entry.actor == HeldDeletion.objects.get().decided_by
    assert entry.after == {"held": 20, "deleted": gone, "run": None}


@pytest.mark.parametrize("path", ["/api/v1/held", "/api/v1/held/x", "/api/v1/held/x/approve"])
def test_only_admins_see_and_decide(api: Callable[..., Api], path: str) -> None:
    method = "post" if path.endswith("approve") else "get"
    assert api("provider", "wiki")(method, path).status_code == 403
    assert api("admin")(method, path).status_code == (200 if path == "/api/v1/held" else 404)


# --- by command ------------------------------------------------------------------------------------------------------


def run(*arguments: Any) -> str:
    out = StringIO()
    call_command("held", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_lists_shows_and_decides(held: HeldDeletion) -> None:
    assert f"{held.pk}  wiki  40 of 100" in run("list")
    assert run("show", str(held.pk)).splitlines()[0] == "d060"
    assert "40 documents of wiki are in the trash." in run("approve", str(held.pk))
    with pytest.raises(CommandError, match="decided already"):
        run("discard", str(held.pk))
    assert run("list") == ""
    entry = AuditEntry.objects.get()
    assert (entry.by, entry.verb, entry.object) == ("command", "held.approve", "wiki")
    assert (entry.after["held"], entry.after["deleted"]) == (40, 40)
