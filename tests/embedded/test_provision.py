from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from accounts.keys import authenticate as authenticate_key
from accounts.models import AccessKey
from config.stack_record import fernet_key
from embedded import demo
from embedded.provision import provision
from embedded.welcome import credentials
from providers.models import Provider
from providers.registry import update_provider
from providers.secrets import decrypt_secret

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_installation(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.delenv("LARDER_ADMIN_PASSWORD", raising=False)
    settings.SECRETS_KEYS = [fernet_key()]


def silent(line: str) -> None:
    raise AssertionError(f"nothing is to be said, but: {line}")


@pytest.mark.parametrize("applied", [("filing", "0001_initial"), ("knowledge", "0002_inline_vectors")])
def test_a_database_of_another_version_is_refused_before_anything_is_changed(
    applied: tuple[str, str], settings: LazySettings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("ingestion", "0001_initial")  # it would be applied
    for name in ("0990_last", "0999_more"):
        recorder.record_applied(applied[0], name)
    recorder.record_applied(*applied)
    before = recorder.applied_migrations().keys()
    with pytest.raises(CommandError) as refused:
        call_command("provision")
    database = connection.settings_dict["NAME"]
    for part in (repr(database), str(tmp_path), ".".join(applied), "and 2 more", "--data-dir", "DATABASE_URL"):
        assert part in str(refused.value)
    assert recorder.applied_migrations().keys() == before
    assert not AccessKey.objects.exists()


def test_what_a_library_applied_in_another_version_is_its_own_affair() -> None:
    MigrationRecorder(connection).record_applied("auth", "0999_newer")
    assert provision(demo_port=None, say=silent)["keys"]


def test_a_first_start_makes_an_admin_and_a_key_for_each_role() -> None:
    facts = provision(demo_port=None, say=silent)
    admin = authenticate(username="admin", password=facts["admin_password"])
    assert admin is not None
    assert admin.is_superuser
    roles = {role: authenticate_key(raw, now=timezone.now()) for role, raw in facts["keys"].items()}
    assert {role: (key.role, key.source) for role, key in roles.items() if key} == {
        "provider": ("provider", "notes"),
        "analyzer": ("analyzer", None),
        "admin": ("admin", None),
    }


def test_a_second_start_makes_neither_and_shows_nothing() -> None:
    provision(demo_port=None, say=silent)
    facts = provision(demo_port=None, say=silent)
    assert facts == {"admin_password": None, "keys": None}
    assert credentials(facts) == ""
    assert get_user_model().objects.count() == 1


def test_a_given_password_is_used_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LARDER_ADMIN_PASSWORD", "correct horse battery")
    facts = provision(demo_port=None, say=silent)
    assert authenticate(username="admin", password="correct horse battery") is not None
    assert "correct horse" not in credentials(facts)


def test_the_credentials_are_ready_to_paste() -> None:
    shown = credentials({"admin_password": "pw", "keys": {"provider": "a", "analyzer": "b", "admin": "c"}})
    assert "password pw" in shown
    assert "export LARDER_PROVIDER_KEY=a\n" in shown


def test_a_new_demo_is_due_at_once() -> None:
    now = timezone.now()
    demo.register(8123, now=now)
    provider = Provider.objects.get(pk=demo.ID)
    assert provider.url == "http://127.0.0.1:8123"
    assert provider.next_run_at
    assert now - demo.INTERVAL < provider.next_run_at <= now


def test_each_start_gives_the_demo_a_new_key_and_secret_and_ends_the_old() -> None:
    now = timezone.now()
    first, second = demo.register(8123, now=now), demo.register(8124, now=now)
    assert authenticate_key(first["key"], now=now) is None
    key = authenticate_key(second["key"], now=now)
    assert key is not None
    assert key.source == demo.ID
    provider = Provider.objects.get(pk=demo.ID)
    assert (provider.url, decrypt_secret(provider.secret_encrypted)) == ("http://127.0.0.1:8124", second["secret"])
    assert AccessKey.objects.count() == 1


def test_a_plan_of_the_demo_that_was_missed_is_kept_for_the_dispatcher() -> None:
    now = timezone.now()
    demo.register(8123, now=now)
    demo.register(8123, now=now + timedelta(hours=1))
    next_run_at = Provider.objects.get(pk=demo.ID).next_run_at
    assert next_run_at
    assert next_run_at <= now


def test_without_the_demo_it_is_not_called_and_with_it_again_it_is() -> None:
    now = timezone.now()
    demo.withdraw(now=now)
    demo.register(8123, now=now)
    demo.withdraw(now=now)
    assert not Provider.objects.get(pk=demo.ID).enabled
    demo.register(8123, now=now)
    assert Provider.objects.get(pk=demo.ID).enabled


def test_what_a_person_changed_about_the_demo_stays() -> None:
    now = timezone.now()
    demo.register(8123, now=now)
    update_provider(demo.ID, now=now, sync_schedule="@hourly", name="Mine")
    demo.register(8123, now=now)
    provider = Provider.objects.get(pk=demo.ID)
    assert (provider.sync_schedule, provider.name) == ("@hourly", "Mine")
