"""Access keys and the audit, in the browser."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit import Actor, By, record
from accounts.keys import authenticate, create_key, revoke_key
from accounts.models import AccessKey, AuditEntry, Stage
from dashboard.views.accounts import keys
from knowledge.run_counts import Counts
from providers.models import Provider


def entries() -> list[tuple[str, str, str]]:
    found = AuditEntry.objects.exclude(by="larder").order_by("id")
    return [(entry.verb, entry.object, entry.actor) for entry in found]


def test_a_new_key_is_shown_once_and_can_be_selected_without_javascript(staff: Client, db: None) -> None:
    answer = staff.post("/keys/", {"name": "hr", "role": "provider", "source": "hr", "days": "30"})
    raw = answer.context["raw"]
    page = answer.content.decode()
    assert f'<code id="new-key">{raw}</code>' in page
    assert 'data-copy="new-key" hidden' in page
    key = authenticate(raw, now=timezone.now())
    assert key is not None
    assert (key.role, key.source, key.expires_at is not None) == ("provider", "hr", True)
    assert raw not in staff.get("/keys/").content.decode()
    assert entries() == [("key.create", str(key), "ada")]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [({"name": ""}, "name"), ({"role": "admin"}, "source"), ({"role": "king"}, "role"), ({"days": "3"}, "days")],
)
def test_what_the_store_refuses_stands_beside_the_field(
    staff: Client, db: None, fields: dict[str, str], wrong: str
) -> None:
    answer = staff.post("/keys/", {"name": "hr", "role": "provider", "source": "hr", **fields})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {wrong}
    assert not AccessKey.objects.exists()


def test_revoking_asks_first_and_is_for_good(staff: Client, db: None) -> None:
    key, raw = create_key("<b>hr</b>", role="provider")
    page = staff.get(f"/keys/{key.pk}/revoke/").content.decode()
    assert "Revoke &lt;b&gt;hr" in page
    assert staff.post(f"/keys/{key.pk}/revoke/")["Location"] == "/keys/"
    assert authenticate(raw, now=timezone.now()) is None
    assert "revoked" in staff.get("/keys/").content.decode()
    staff.post(f"/keys/{key.pk}/revoke/")
    assert [verb for verb, *_ in entries()] == ["key.revoke"]


def test_keys_are_walked_page_by_page_usable_ones_first(
    staff: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "KEYS_SHOWN", 2)
    made = [create_key(name, role="provider")[0] for name in "abcde"]
    for key in made[3:]:
        revoke_key(key, now=timezone.now())
    seen, address = [], "/keys/"
    while address:
        page = staff.get(address)
        seen.append("".join(key.name for key, _ in page.context["keys"]))
        address = f"/keys/?after={page.context['next']}" if page.context["next"] else ""
    assert seen == ["cb", "ae", "d"]


def test_keys_are_found_by_name_source_or_prefix(staff: Client, db: None) -> None:
    key, _ = create_key("the wiki's", role="provider", source="wiki")
    create_key("hr", role="analyzer")
    for q in ("WIKI", key.prefix[:6]):
        assert [found for found, _ in staff.get("/keys/", {"q": q}).context["keys"]] == [key]
    assert "No key matches" in staff.get("/keys/", {"q": "nobody"}).content.decode()


@pytest.mark.parametrize("cursor", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_place_in_the_list_of_keys_is_not_found(staff: Client, db: None, cursor: str) -> None:
    assert staff.get("/keys/", {"after": cursor}).status_code == 404


def test_an_unknown_key_is_not_found(staff: Client, db: None) -> None:
    assert staff.get("/keys/00000000-0000-0000-0000-000000000000/revoke/").status_code == 404


def test_pages_leave_entries_of_what_they_do(
    staff: Client, provider: Callable[..., Provider], push: Callable[..., Counts]
) -> None:
    provider()
    push("a")
    staff.post("/providers/wiki/sync/")
    staff.post("/providers/wiki/enabled/", {"enabled": "0"})
    staff.post("/knowledge/delete/?source=wiki&id=a")
    staff.post("/knowledge/restore/?source=wiki&id=a")
    staff.post("/providers/wiki/delete/")
    assert [(verb, object) for verb, object, _ in entries()] == [
        ("provider.sync", "wiki"),
        ("provider.pause", "wiki"),
        ("document.delete", "wiki/a"),
        ("document.restore", "wiki/a"),
        ("provider.delete", "wiki"),
    ]


def test_signing_in_out_and_failing_leave_entries(client: Client, django_user_model: Any) -> None:
    django_user_model.objects.create_user("ada", password="a long password", is_staff=True)
    client.post("/login/", {"username": "ada", "password": "wrong"})
    client.post("/login/", {"username": "my secret password\0", "password": ""})
    client.post("/login/", {"username": "ada", "password": "a long password"})
    client.post("/logout/")
    assert entries() == [
        ("session.failed", "ada", "ada"),
        ("session.failed", "unknown name", "unknown name"),
        ("session.sign-in", "ada", "ada"),
        ("session.sign-out", "ada", "ada"),
    ]
    assert {entry.address for entry in AuditEntry.objects.all()} == {"127.0.0.1"}


def test_the_audit_shows_before_and_after_and_narrows(staff: Client, db: None) -> None:
    ada = Actor(by=By.USER, name="ada", address="10.0.0.9")
    record(ada, "provider.update", "wiki", now=timezone.now(), before={"name": "<i>old"}, after={"name": "<i>new"})
    record(Actor(by=By.COMMAND, name="root"), "provider.sync", "tickets", now=timezone.now())
    page = staff.get("/audit/").content.decode()
    before, after = page.index("<del>&lt;i&gt;old</del>"), page.index("</span> &lt;i&gt;new")
    assert 0 < after - before < 120
    assert "10.0.0.9" in page
    assert "tickets" not in staff.get("/audit/?actor=ada").content.decode()
    assert "No entry matches" in staff.get("/audit/?verb=key").content.decode()
    assert staff.get("/audit/?cursor=x").status_code == 404


def test_the_audit_goes_back_page_by_page(staff: Client, db: None) -> None:
    for number in range(60):
        record(Actor(by=By.USER, name="ada"), "provider.sync", f"p{number}", now=timezone.now())
    first = staff.get("/audit/?actor=ada")
    older = staff.get(f"/audit/?actor=ada&cursor={first.context['page'].next}").content.decode()
    assert ">p9<" in older
    assert ">p59<" not in older


def test_an_analyzer_s_key_may_be_bound_to_a_stage_and_no_other(staff: Client, db: None) -> None:
    Stage.objects.create(name="triage", max_top_k=5)
    given = {"name": "spam-check", "role": "analyzer", "stage": "triage"}
    assert staff.post("/keys/", given).status_code == 200
    key = AccessKey.objects.get()
    assert key.stage is not None
    assert "stage triage" in staff.get("/keys/").content.decode()
    answer = staff.post("/keys/", {**given, "role": "provider"})
    assert answer.context["form"].errors.keys() == {"stage"}


def test_a_key_is_narrowed_in_the_form_and_shown_with_all_of_it(staff: Client, db: None) -> None:
    answer = staff.post(
        "/keys/",
        {
            "name": "bot",
            "role": "analyzer",
            "sources": "hr, wiki",
            "tags": "public+hr",
            "verbs": ["query"],
            "owner": "ada",
        },
    )
    key = authenticate(answer.context["raw"], now=timezone.now())
    assert key is not None
    assert (key.sources, key.tags, key.verbs) == (["hr", "wiki"], "public+hr", ["query"])
    page = staff.get("/keys/?q=ada").content.decode()
    for shown in ("hr, wiki", "public+hr", "may only query", "of ada"):
        assert shown in page
    person = staff.get(f"/users/{key.owner_id}/").content.decode()
    assert "1 key</a>" in person


def test_what_is_wrong_with_a_narrowing_stands_beside_its_field(staff: Client, db: None) -> None:
    given = {"name": "bot", "role": "analyzer", "tags": "Public"}
    answer = staff.post("/keys/", given)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"tags"})
    assert "<details open>" in answer.content.decode()
