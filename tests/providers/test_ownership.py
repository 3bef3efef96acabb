"""A database belongs to whoever has its keys; others are refused, and keys may be changed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from config.postgresql.limits import DatabaseWork
from config.processes.starting import start_as
from core.linux.kernel import ON_LINUX, PR_SET_DUMPABLE, prctl
from embedded.child import StackRefused
from embedded.provision import provision
from providers.models import SecretsKeyFingerprint
from providers.ownership import DatabaseForeign, claim_database

pytestmark = pytest.mark.django_db
PR_GET_DUMPABLE = 3
SENTENCE = r"other SECRETS_KEYS.*choose another DATABASE_URL"


@pytest.fixture
def owned(secrets_keys: list[str], now: datetime) -> str:
    """The key whose database it is."""
    claim_database(now=now)
    return secrets_keys[0]


def another() -> str:
    return Fernet.generate_key().decode()


def test_the_fingerprint_does_not_hold_the_key(owned: str) -> None:
    (noted,) = SecretsKeyFingerprint.objects.all()
    assert owned[:16] not in noted.digest


@pytest.mark.parametrize(
    ("enter", "refusal"),
    [
        (lambda: provision(demo_port=None, say=print), StackRefused),
        (lambda: call_command("rotate_secrets"), CommandError),
        (lambda: call_command("apply", "/dev/null"), CommandError),
    ],
    ids=["up", "rotate_secrets", "apply"],
)
def test_who_has_none_of_its_keys_is_refused_with_a_sentence(
    owned: str, settings: Any, enter: Callable[[], None], refusal: type[Exception]
) -> None:
    settings.SECRETS_KEYS = [another()]
    with pytest.raises(refusal, match=SENTENCE):
        enter()
    assert SecretsKeyFingerprint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_web_worker_and_scheduler_are_refused_too(owned: str, settings: Any) -> None:
    settings.SECRETS_KEYS, settings.SECRET_KEY_IS_SET = [another()], True
    with pytest.raises(ImproperlyConfigured, match=SENTENCE):
        start_as(DatabaseWork.COMMAND)
    settings.SECRETS_KEYS = [owned]
    start_as(DatabaseWork.COMMAND)


@pytest.mark.skipif(not ON_LINUX, reason="of Linux")
@pytest.mark.django_db(transaction=True)
def test_whoever_serves_cannot_be_looked_into_by_other_processes_of_its_user(owned: str, settings: Any) -> None:
    settings.SECRETS_KEYS, settings.SECRET_KEY_IS_SET = [owned], True
    try:
        start_as(DatabaseWork.COMMAND)
        assert prctl(PR_GET_DUMPABLE) == 0
    finally:
        prctl(PR_SET_DUMPABLE, 1)


def test_keys_change_step_by_step(owned: str, settings: Any, now: datetime) -> None:
    new = another()
    settings.SECRETS_KEYS = [new, owned]
    claim_database(now=now)
    call_command("rotate_secrets")
    settings.SECRETS_KEYS = [new]
    claim_database(now=now)
    call_command("rotate_secrets")  # whoever has the old key alone is a stranger now
    settings.SECRETS_KEYS = [owned]
    with pytest.raises(DatabaseForeign):
        claim_database(now=now)


def test_a_lost_key_is_given_up_by_name(owned: str, settings: Any, now: datetime) -> None:
    settings.SECRETS_KEYS = [another()]
    call_command("rotate_secrets", "--keys-are-lost")
    claim_database(now=now)
    assert SecretsKeyFingerprint.objects.count() == 1
