"""Who did what: one entry for every action, in its transaction, from where it really came."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from accounts.audit import (
    LARDER,
    Actor,
    By,
    client_address,
    purge_audit,
    read_audit,
    record,
)
from accounts.keys import create_key, revoke_key
from accounts.models import AccessKey, AuditEntry
from core.errors import CursorInvalid
from knowledge.models import Document
from tests.conftest import Api

pytestmark = pytest.mark.django_db
ADA = Actor(by=By.USER, name="ada", address="10.0.0.9")


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "address"),
    [
        (False, "10.0.0.9", "6.6.6.6", "10.0.0.9"),
        (True, "10.0.0.1", "6.6.6.6, 10.0.0.9", "10.0.0.9"),
        (True, "10.0.0.1", "10.0.0.9", "10.0.0.9"),
        (True, "10.0.0.1", None, "10.0.0.1"),
        (True, "10.0.0.1", "6.6.6.6, <script>", ""),
        (True, "10.0.0.1", "6.6.6.6,", ""),
        (False, "::1", None, "::1"),
        (False, "", None, ""),
    ],
)
def test_only_what_the_trusted_proxy_appended_counts(
    settings: Any, trusted: bool, peer: str, forwarded: str | None, address: str
) -> None:
    settings.TRUST_PROXY = trusted
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)) == address


def test_keys_leave_entries_without_their_text(now: Any) -> None:
    key, raw = create_key("hr", role="provider", source="hr", actor=ADA)
    revoke_key(key, now=now, actor=ADA)
    revoke_key(key, now=now, actor=ADA)
    made, revoked = AuditEntry.objects.order_by("id")
    assert (made.verb, made.actor, made.address, made.after["source"]) == ("key.create", "ada", "10.0.0.9", "hr")
    assert (revoked.verb, revoked.object) == ("key.revoke", f"hr ({key.prefix}…)")
    assert raw not in str(AuditEntry.objects.values())


def test_an_admin_s_delete_is_noted_and_a_provider_s_is_not(api: Callable[..., Api], push: Callable[..., Any]) -> None:
    push("a", "b")
    provider, admin = api("provider", "wiki"), api("admin")
    AuditEntry.objects.all().delete()
    provider("delete", "/api/v1/knowledge/documents/a")
    admin("delete", "/api/v1/knowledge/documents/b")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object, entry.by) == ("document.delete", "wiki/b", "key")
    assert entry.actor == f"test ({AccessKey.objects.get(role='admin').prefix}…)"


def test_an_action_whose_entry_cannot_be_written_does_not_happen(
    api: Callable[..., Api], push: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    push("a")
    admin = api("admin")

    def fail(*args: Any, **options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("knowledge.api.reading.record", fail)
    assert admin("delete", "/api/v1/knowledge/documents/a").status_code == 500
    assert Document.objects.get().deleted_at is None


def test_entries_come_in_pages_newest_first(now: Any) -> None:
    for number in range(5):
        record(ADA, "provider.sync", f"p{number}", now=now)
    first = read_audit(AuditEntry.objects.all(), cursor="", limit=3)
    rest = read_audit(AuditEntry.objects.all(), cursor=first.next or "", limit=3)
    assert [entry.object for entry in first.rows + rest.rows] == ["p4", "p3", "p2", "p1", "p0"]
    assert rest.next is None
    with pytest.raises(CursorInvalid):
        read_audit(AuditEntry.objects.all(), cursor="x", limit=3)


def test_filters_narrow_by_who_what_and_kind(api: Callable[..., Api], now: Any) -> None:
    admin = api("admin")
    record(ADA, "provider.sync", "wiki", now=now)
    record(LARDER, "provider.update", "wiki", now=now, before={"name": "a"}, after={"name": "b"})
    record(ADA, "run.cancel", "wiki", now=now)

    def asked(query: str) -> list[str]:
        return [entry["verb"] for entry in admin("get", f"/api/v1/audit?{query}").json()["entries"]]

    assert asked("verb=provider") == ["provider.update", "provider.sync"]
    assert asked("verb=provider.update") == ["provider.update"]
    assert asked("actor=ada&object=wiki") == ["run.cancel", "provider.sync"]
    assert admin("get", "/api/v1/audit?actor=%00").status_code == 422
    assert api("analyzer")("get", "/api/v1/audit").status_code == 403


def test_old_entries_are_forgotten_in_batches(now: Any, settings: Any) -> None:
    settings.AUDIT_DAYS = 30
    record(ADA, "provider.sync", "old", now=now - timedelta(days=31))
    record(ADA, "provider.sync", "new", now=now)
    assert purge_audit(now=now) == 1
    assert AuditEntry.objects.get().object == "new"


def test_an_object_of_any_length_and_with_nul_is_kept_short(now: Any) -> None:
    record(ADA, "document.delete", "a\0" + "x" * 5_000, now=now)
    assert len(AuditEntry.objects.get().object) == 600


# --- keys by API ------------------------------------------------------------------------------------------------------


def test_keys_are_made_listed_and_revoked_by_api(api: Callable[..., Api], client: Any) -> None:
    admin = api("admin")
    made = admin("post", "/api/v1/keys", {"name": "hr", "role": "provider", "source": "hr"})
    assert made.status_code == 201
    bearer = {"Authorization": f"Bearer {made.json()['key']}"}
    assert client.get("/api/v1/knowledge/documents", headers=bearer).status_code == 200
    listed = admin("get", "/api/v1/keys").json()
    assert {key["name"] for key in listed} == {"hr", "test"}
    assert not any("key" in key for key in listed)
    gone = admin("delete", f"/api/v1/keys/{made.json()['id']}").json()
    assert gone["state"] == "revoked"
    assert client.get("/api/v1/knowledge/documents", headers=bearer).status_code == 401
    assert admin("delete", f"/api/v1/keys/{made.json()['id']}").json()["revoked_at"] == gone["revoked_at"]


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("name", {"name": " ", "role": "provider"}),
        ("name", {"name": "a\0", "role": "provider"}),
        ("role", {"name": "a", "role": "king"}),
        ("source", {"name": "a", "role": "admin", "source": "hr"}),
        ("stage", {"name": "a", "role": "analyzer", "stage": "nowhere"}),
        ("source", {"name": "a", "role": "provider", "source": "a/b"}),
        ("expires_at", {"name": "a", "role": "provider", "expires_at": "2020-01-01T00:00:00Z"}),
    ],
)
def test_a_key_that_cannot_be_made_is_refused_by_its_field(
    api: Callable[..., Api], field: str, body: dict[str, Any]
) -> None:
    answer = api("admin")("post", "/api/v1/keys", body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "invalid_key", field)


def test_keys_are_for_admins_and_unknown_ones_not_found(api: Callable[..., Api]) -> None:
    assert api("provider", "wiki")("get", "/api/v1/keys").status_code == 403
    assert api("admin")("delete", "/api/v1/keys/00000000-0000-0000-0000-000000000000").status_code == 404
