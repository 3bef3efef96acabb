"""Keys that are rotated, and keys that are lost."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError

from providers import rotation
from providers.models import Provider, SyncRun
from providers.rotation import rotate_secrets
from providers.runs.sync import run_sync
from providers.secrets import decrypt_secret, encrypt_secret, is_current, is_readable
from providers.system.readiness import ReadinessRow, readiness
from tests.conftest import Api
from tests.providers.conftest import NOON
from tests.providers.scripted import Connection
from tests.providers.scripted import provider as scripted

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_key(settings: Any, secrets_keys: list[str]) -> Callable[..., None]:
    """Configure a new first key; `lost`: without the ones before it."""

    def run(*, lost: bool = False) -> None:
        settings.SECRETS_KEYS = [Fernet.generate_key().decode(), *([] if lost else settings.SECRETS_KEYS)]

    return run


def row_of(name: str) -> ReadinessRow | None:
    return next((row for row in readiness(now=NOON) if row.name == name), None)


def test_rotation_encrypts_every_secret_with_the_first_key(
    make: Callable[..., Provider], new_key: Callable[..., None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    for number in range(5):
        make(f"p{number}", secret=f"secret {number}".replace(" ", "-"))
    make("without")
    new_key()
    assert rotate_secrets(now=NOON).rotated == 5
    settings.SECRETS_KEYS = settings.SECRETS_KEYS[:1]
    assert decrypt_secret(Provider.objects.get(pk="p3").secret_encrypted) == "secret-3"


def test_rotation_goes_on_where_it_was_broken_off(
    make: Callable[..., Provider], new_key: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        make(name, secret=name)
    new_key()
    real, calls = encrypt_secret, iter("ab")
    monkeypatch.setattr(rotation, "encrypt_secret", lambda secret: (next(calls), real(secret))[1])
    with pytest.raises((StopIteration, RuntimeError)):
        rotate_secrets(now=NOON)
    monkeypatch.undo()
    again = rotate_secrets(now=NOON)
    assert (again.rotated, again.current) == (1, 2)
    assert all(is_current(each.secret_encrypted) for each in Provider.objects.all())


def test_rotation_names_those_that_no_key_opens_and_does_the_others(
    make: Callable[..., Provider], new_key: Callable[..., None]
) -> None:
    make("lost", secret="x")
    new_key(lost=True)
    make("kept", secret="y")
    new_key()
    found = rotate_secrets(now=NOON)
    assert (found.rotated, found.unreadable) == (1, ["lost"])
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("rotate_secrets", stdout=out)
    assert "✕ lost: none of SECRETS_KEYS opens its secret" in out.getvalue()


def test_the_command_says_what_it_did_and_needs_a_key(make: Callable[..., Provider], settings: Any) -> None:
    make(secret="x")
    out = StringIO()
    call_command("rotate_secrets", stdout=out)
    assert out.getvalue() == "0 encrypted anew, 1 were already.\n"
    settings.SECRETS_KEYS = []
    with pytest.raises((SystemExit, CommandError)):
        call_command("rotate_secrets", stdout=out)


def test_a_lost_key_is_a_row_of_readiness_that_names_the_providers(
    make: Callable[..., Provider], new_key: Callable[..., None]
) -> None:
    for number in range(7):
        make(f"p{number}", secret="x")
    make("paused", secret="x", enabled=False)
    assert row_of("secrets") is None
    new_key(lost=True)
    row = row_of("secrets")
    assert row is not None
    assert row.state == "bad"
    assert "p0, p1, p2, p3, p4 and 2 more" in row.detail
    assert "rotate_secrets" in row.fix


def test_a_lost_key_is_told_by_the_api_and_healed_by_a_new_secret(
    make: Callable[..., Provider], new_key: Callable[..., None], api: Callable[..., Api]
) -> None:
    make(secret="x")
    new_key(lost=True)
    admin = api("admin")
    address = "/api/v1/plugins/context_provider/wiki"
    assert admin("get", address).json()["secret_readable"] is False
    assert admin("patch", address, {"secret": "again"}).json()["secret_readable"] is True
    assert row_of("secrets") is None


@pytest.mark.django_db(transaction=True)
def test_a_sync_without_its_key_is_refused_before_anything_is_called(
    queued: Callable[..., SyncRun], new_key: Callable[..., None]
) -> None:
    async def script(connection: Connection) -> None:
        await connection.answer(200, {"upserted": 0})

    with scripted(script) as server:
        run = queued(server.url, secret="x")
        new_key(lost=True)
        run_sync(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code) == ("failed", "secret_unreadable")
    assert not server.asked


def test_what_is_readable_is_asked_of_the_keys_of_the_moment(
    make: Callable[..., Provider], new_key: Callable[..., None]
) -> None:
    token = make(secret="x").secret_encrypted
    assert is_readable(token)
    assert is_readable("")
    new_key()
    assert is_readable(token)
    assert not is_current(token)
    new_key(lost=True)
    assert not is_readable(token)
