"""Access keys."""

from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.keys import USE_NOTED_EVERY, authenticate, create_key, revoke_key
from accounts.models import AccessKey

pytestmark = pytest.mark.django_db


def test_a_key_is_recognised_and_its_text_is_kept_nowhere(now: datetime) -> None:
    key, raw = create_key("hr", role="provider", source="hr")
    assert authenticate(raw, now=now) == key
    assert raw not in str(AccessKey.objects.values())
    assert key.prefix in raw


def test_a_changed_letter_is_another_key(now: datetime) -> None:
    _, raw = create_key("hr", role="provider")
    assert authenticate(raw[:-1] + ("x" if raw[-1] != "x" else "y"), now=now) is None


def test_expired_and_revoked_keys_are_refused(now: datetime) -> None:
    _, brief = create_key("brief", role="analyzer", expires_at=now + timedelta(minutes=1))
    key, raw = create_key("hr", role="provider")
    assert authenticate(brief, now=now + timedelta(minutes=2)) is None
    assert revoke_key(key, now=now)
    assert not revoke_key(key, now=now)
    assert authenticate(raw, now=now) is None


def test_the_last_use_is_noted_at_most_once_a_minute(now: datetime) -> None:
    key, raw = create_key("hr", role="provider")
    authenticate(raw, now=now)
    authenticate(raw, now=now + USE_NOTED_EVERY / 2)
    key.refresh_from_db()
    assert key.last_used_at == now
    authenticate(raw, now=now + USE_NOTED_EVERY * 2)
    key.refresh_from_db()
    assert key.last_used_at == now + USE_NOTED_EVERY * 2


@pytest.mark.parametrize("days", [0, -1, 36_501, 99_999_999])
def test_days_that_no_key_lasts_are_refused(db: None, days: int) -> None:
    with pytest.raises(CommandError, match="--days is 1 to 36,500"):
        call_command("create_key", "reports", role="analyzer", days=days)


def test_the_command_prints_the_key_alone(capsys: pytest.CaptureFixture[str], now: datetime) -> None:
    call_command("create_key", "reports", "--role", "analyzer", "--source", "hr")
    printed = capsys.readouterr().out
    key = authenticate(printed.strip(), now=now)
    assert key is not None
    assert printed.count("\n") == 1
    assert (key.name, key.role, key.source) == ("reports", "analyzer", "hr")
