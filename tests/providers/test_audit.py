"""Every admin action on providers leaves its entry."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import AuditEntry
from providers.models import Provider, SyncRun
from providers.registry import delete_provider, update_provider
from tests.conftest import Api
from tests.providers.conftest import NOON

pytestmark = pytest.mark.django_db
BASE = "/api/v1/plugins/context_provider"


def entries() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.exclude(verb="key.create").order_by("id").values_list("verb", "object"))


def test_the_whole_life_of_a_provider_by_api(api: Callable[..., Api]) -> None:
    admin = api("admin")
    admin("post", BASE, {"id": "wiki", "url": "http://wiki.test", "secret": "s3cret"})
    admin("patch", f"{BASE}/wiki", {"name": "The wiki", "secret": "an0ther"})
    admin("patch", f"{BASE}/wiki", {"name": "The wiki"})
    run = admin("post", f"{BASE}/wiki/sync").json()
    admin("post", f"{BASE}/wiki/runs/{run['id']}/cancel")
    admin("patch", f"{BASE}/wiki", {"enabled": False})
    admin("patch", f"{BASE}/wiki", {"enabled": True})
    admin("delete", f"{BASE}/wiki")
    verbs = ["create", "update", "sync", "cancel", "pause", "resume", "delete"]
    assert [verb.partition(".")[2] for verb, _ in entries()] == verbs
    update = AuditEntry.objects.get(verb="provider.update")
    assert update.before == {"name": "wiki", "secret": "set"}
    assert update.after == {"name": "The wiki", "secret": "replaced"}
    assert (update.by, update.address) == ("key", "127.0.0.1")
    kept = str(AuditEntry.objects.values())
    assert "s3cret" not in kept
    assert "an0ther" not in kept


def test_the_same_idempotency_key_is_one_entry(api: Callable[..., Api], make: Callable[..., Provider]) -> None:
    make()
    admin = api("admin")
    for _ in range(2):
        admin("post", f"{BASE}/wiki/sync", **{"Idempotency-Key": "once"})
    assert entries().count(("provider.sync", "wiki")) == 1


def test_what_is_refused_leaves_no_entry(api: Callable[..., Api], make: Callable[..., Provider]) -> None:
    make()
    before, admin = entries(), api("admin")
    admin("patch", f"{BASE}/wiki", {"url": "ftp://wiki.test"})
    admin("post", BASE, {"id": "wiki", "url": "http://wiki.test"})
    admin("patch", f"{BASE}/wiki", {"enabled": False})
    admin("post", f"{BASE}/wiki/sync")
    assert entries()[len(before) :] == [("provider.pause", "wiki")]


def test_without_an_actor_it_is_larder_itself(make: Callable[..., Provider]) -> None:
    make()
    update_provider("wiki", now=NOON, secret="x")
    update_provider("wiki", now=NOON, secret="")
    delete_provider("wiki", now=NOON)
    assert {entry.actor for entry in AuditEntry.objects.all()} == {"larder"}
    secrets = [entry.after.get("secret") for entry in AuditEntry.objects.filter(verb="provider.update").order_by("id")]
    assert secrets == ["set", "none"]


def test_commands_name_the_account_that_ran_them(tmp_path: Path, make: Callable[..., Provider], settings: Any) -> None:
    from cryptography.fernet import Fernet

    file = tmp_path / "larder.yaml"
    file.write_text("plugins: {context_providers: {wiki: {url: 'http://wiki.test', secret: x}}}")
    call_command("apply", str(file), stdout=StringIO())
    settings.SECRETS_KEYS = [Fernet.generate_key().decode(), *settings.SECRETS_KEYS]
    call_command("rotate_secrets", stdout=StringIO())
    call_command("create_key", "hr", "--role", "analyzer", stdout=StringIO())
    assert list(AuditEntry.objects.order_by("id").values_list("verb", "by")) == [
        ("provider.create", "command"),
        ("secrets.rotate", "command"),
        ("key.create", "command"),
    ]


def test_a_doctor_s_visit_is_nobody_s_business(api: Callable[..., Api], make: Callable[..., Provider]) -> None:
    make(url="http://127.0.0.1:1")
    before, admin = entries(), api("admin")
    admin("post", f"{BASE}/wiki/doctor")
    assert entries() == before
    assert not SyncRun.objects.exists()
