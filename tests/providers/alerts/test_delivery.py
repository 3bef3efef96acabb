"""Alerts are signed, and tried again until they arrive."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connections, transaction

from providers.alerts import deliver as delivery
from providers.alerts import messages
from providers.alerts.channels.webhook import payload
from providers.alerts.deliver import WAITS_S, deliver_due, forget_old, send_test
from providers.alerts.models import Alert
from providers.errors import ChannelInvalid
from providers.outbound.http import call
from tests.providers.alerts.conftest import MINUTE, Inbox, look
from tests.providers.conftest import NOON
from tests.providers.scripted import Connection
from tests.providers.scripted import provider as scripted

pytestmark = pytest.mark.django_db


def test_a_webhook_is_signed_and_carries_what_happened(
    ran: Callable[..., None], channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, Any] = {}

    async def spy(*args: Any, **options: Any) -> Any:
        sent.update(options)
        return await call(*args, **options)

    monkeypatch.setattr(messages, "call", spy)
    with scripted(Inbox(200)) as server:
        channel(url=server.url, secret="s3cret")
        ran("failed", error="The provider is away.")
        look()
        assert deliver_due(now=NOON) == 1
    alert = Alert.objects.get()
    headers = server.asked[0].headers
    assert alert.state == "delivered"
    assert headers["webhook-id"] == str(alert.pk)
    signed = f"{alert.pk}.{headers['webhook-timestamp']}.".encode() + sent["content"]
    expected = base64.b64encode(hmac.new(b"s3cret", signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert "authorization" not in headers
    assert json.loads(sent["content"]) == payload(alert)
    assert payload(alert)["type"] == "provider.failing"


def test_what_does_not_arrive_is_tried_again_under_the_same_id(ran: Callable[..., None], channel: Any) -> None:
    with scripted(Inbox(500, 503, 204)) as server:
        channel(url=server.url)
        ran("failed")
        look()
        now = NOON
        for wait in (*WAITS_S[:2], 0):
            assert deliver_due(now=now) == 1
            assert deliver_due(now=now) == 0
            now += timedelta(seconds=wait)
    assert len({asked.headers["webhook-id"] for asked in server.asked}) == 1
    assert len(server.asked) == 3
    assert (Alert.objects.get().state, Alert.objects.get().attempts) == ("delivered", 3)


def test_after_the_last_attempt_it_is_given_up_with_the_reason(ran: Callable[..., None], channel: Any) -> None:
    channel()
    ran("failed")
    look()
    Alert.objects.update(attempts=len(WAITS_S))
    deliver_due(now=NOON)
    given_up = Alert.objects.get()
    assert given_up.state == "failed"
    assert "refuses connections" in given_up.error


def test_a_worker_that_dies_leaves_its_alert_to_the_next(ran: Callable[..., None], channel: Any) -> None:
    channel()
    ran("failed")
    look()
    assert len(delivery._take(now=NOON)) == 1
    assert delivery._take(now=NOON + MINUTE) == []
    assert len(delivery._take(now=NOON + 6 * MINUTE)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_alert(ran: Callable[..., None], channel: Any) -> None:
    channel()
    ran("failed")
    look()
    taken: list[int] = []

    def take() -> None:
        with transaction.atomic():
            taken.append(len(delivery._take(now=NOON)))
        connections.close_all()

    threads = [Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 1


@pytest.mark.parametrize("url", ["http://169.254.169.254/hook", "ftp://a.test", "http://a.test/#x", ""])
def test_a_webhook_goes_through_the_guarded_door(channel: Any, url: str) -> None:
    with pytest.raises(ChannelInvalid):
        channel(url=url)


def test_a_webhook_that_redirects_is_not_followed(ran: Callable[..., None], channel: Any) -> None:
    async def away(connection: Connection) -> None:
        await connection.answer(302, b"", Location="http://169.254.169.254/")

    with scripted(away) as server:
        alert = send_test(channel(url=server.url).pk, now=NOON)
    assert alert.state == "failed"
    assert "redirect" in alert.error


def test_a_mail_says_what_happened_to_everyone_on_the_list(
    ran: Callable[..., None], channel: Any, settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.test"
    channel(kind="email", recipients=["a@example.com", "b@example.com"])
    ran("failed", error="The provider is away.")
    look()
    deliver_due(now=NOON)
    message = mail.outbox[0]
    assert message.subject == "[Larder] wiki is failing"
    assert "The provider is away." in message.body
    assert message.to == ["a@example.com", "b@example.com"]
    assert str(Alert.objects.get().pk) in message.extra_headers["Message-ID"]


def test_with_a_public_address_each_message_leads_to_its_page(channel: Any, settings: Any) -> None:
    settings.EMAIL_HOST, settings.PUBLIC_URL = "mail.test", "https://larder.test"
    made = channel(kind="email", url="", recipients=["ops@example.com"])
    alert = Alert.objects.create(channel=made, provider="wiki", event="stale", detail="Old.", at=NOON, not_before=NOON)
    data: Any = payload(alert)["data"]
    assert data["link"] == "https://larder.test/providers/wiki/"
    deliver_due(now=NOON)
    assert "\n\nhttps://larder.test/providers/wiki/\n\n" in str(mail.outbox[0].body)
    send_test(made.pk, now=NOON)
    assert "https://larder.test/alerts/" in str(mail.outbox[1].body)
    settings.PUBLIC_URL = ""
    data = payload(alert)["data"]
    assert "link" not in data


def test_without_a_mail_server_the_history_says_so(channel: Any, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    alert = send_test(channel(kind="email", recipients=["a@example.com"]).pk, now=NOON)
    assert alert.error == "No mail server is configured; set EMAIL_HOST."


def test_a_mail_server_that_is_away_is_a_reason(channel: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    alert = send_test(channel(kind="email", recipients=["a@example.com"]).pk, now=NOON)
    assert "The mail server did not take it" in alert.error


def test_old_alerts_are_forgotten_but_none_that_waits(ran: Callable[..., None], channel: Any) -> None:
    made = channel()
    for state in ("queued", "delivered", "failed"):
        Alert.objects.create(channel=made, provider="wiki", event="stale", at=NOON, not_before=NOON, state=state)
    forget_old(now=NOON + timedelta(days=91))
    assert [alert.state for alert in Alert.objects.all()] == ["queued"]
