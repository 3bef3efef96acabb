"""Alerts: on a change and not on each failure, signed, retried until they arrive, and of whatever cause."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections, transaction

from knowledge.audit import LARDER
from knowledge.held import approve_held, discard_held, guard_of
from knowledge.models import AuditEntry, HeldDeletion
from providers.alerts import deliver as delivery
from providers.alerts.channels import create_channel, update_channel
from providers.alerts.deliver import WAITS_S, deliver_due, forget_old, payload, send_test
from providers.alerts.models import Alert, AlertChannel
from providers.alerts.watch import watch
from providers.clock import database_now
from providers.errors import ChannelInvalid
from providers.models import Provider, SyncRun
from providers.registry import delete_provider, update_provider
from providers.secrets import decrypt_secret
from tests.conftest import Api
from tests.providers.conftest import NOON
from tests.providers.scripted import Connection
from tests.providers.scripted import provider as scripted

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def channel() -> Callable[..., AlertChannel]:
    def make(name: str = "ops", **fields: Any) -> AlertChannel:
        return create_channel(now=NOON, name=name, **{"kind": "webhook", "url": "http://127.0.0.1:1", **fields})

    return make


@pytest.fixture
def ran(make: Callable[..., Provider]) -> Callable[..., None]:
    """The next run of `wiki` ended so, a minute after the one before."""
    make()
    clock = iter(range(1, 1_000))

    def run(state: str, error: str = "It was away.") -> None:
        at = NOON + next(clock) * MINUTE
        SyncRun.objects.create(
            provider_id="wiki", trigger="manual", state=state, queued_at=at, started_at=at, finished_at=at, error=error
        )

    return run


def events() -> list[str]:
    return list(Alert.objects.order_by("at", "event").values_list("event", flat=True))


def look(minutes: int = 0) -> int:
    return watch(now=NOON + minutes * MINUTE)


# --- changes of state -------------------------------------------------------------------------------------------------


def test_a_row_of_failures_is_one_alert_and_its_end_another(ran: Callable[..., None], channel: Any) -> None:
    channel()
    look()
    for minute in range(5):
        ran("failed")
        look(minute)
    assert events() == ["failing"]
    assert Alert.objects.get().detail == "It was away."
    ran("succeeded")
    look(6)
    look(7)
    assert events() == ["failing", "recovered"]


def test_failing_counts_as_each_channel_wants(ran: Callable[..., None], channel: Any) -> None:
    channel("calm", after_failures=3)
    channel("nervous")
    for _ in range(2):
        ran("timed_out")
    look()
    assert [alert.channel.name for alert in Alert.objects.all()] == ["nervous"]
    ran("interrupted")
    look(1)
    assert Alert.objects.filter(channel__name="calm").count() == 1


@pytest.mark.parametrize("state", ["skipped", "cancelled", "queued"])
def test_what_is_no_verdict_neither_begins_nor_ends_a_failure(
    ran: Callable[..., None], channel: Any, state: str
) -> None:
    channel()
    ran("failed")
    look()
    if state == "queued":
        SyncRun.objects.create(provider_id="wiki", trigger="manual", queued_at=NOON + 9 * MINUTE)
    else:
        ran(state)
    look(1)
    assert events() == ["failing"]


def test_a_provider_grows_stale_though_nothing_ran_and_is_fresh_again(ran: Callable[..., None], channel: Any) -> None:
    channel()
    update_provider("wiki", now=NOON, max_age_s=60)
    look(1)
    look(2)
    look(3)
    assert events() == ["stale"]
    ran("succeeded")
    look(2)
    assert sorted(events()) == ["fresh", "stale"]


def test_pausing_and_resuming_are_told_unless_it_was_paused_before(make: Callable[..., Provider], channel: Any) -> None:
    make("long-paused", enabled=False)
    make("wiki")
    channel()
    look()
    update_provider("wiki", now=NOON, enabled=False)
    look(1)
    update_provider("wiki", now=NOON, enabled=True)
    look(2)
    assert list(Alert.objects.order_by("at").values_list("provider", "event")) == [
        ("wiki", "paused"),
        ("wiki", "resumed"),
    ]


@pytest.mark.parametrize("decide", [approve_held, discard_held])
def test_a_deletion_that_waits_is_told_and_so_is_the_decision(
    make: Callable[..., Provider], push: Callable[..., Any], channel: Any, decide: Callable[..., Any]
) -> None:
    make("wiki")
    channel()
    push("a", "b")
    push(whole_set_of="wiki", guard=guard_of("wiki"))
    look(1)
    look(2)
    assert (events(), Alert.objects.get().provider) == (["held"], "wiki")
    assert "waits for a decision" in Alert.objects.get().detail
    decide(HeldDeletion.objects.get().pk, now=NOON, actor=LARDER)
    look(3)
    assert events() == ["held", "released"]


def test_a_channel_hears_of_its_providers_only_and_nothing_while_off(
    ran: Callable[..., None], make: Callable[..., Provider], channel: Any
) -> None:
    make("other")
    channel("others", providers=["other"])
    channel("off", enabled=False)
    ran("failed")
    look()
    assert events() == []


def test_a_deleted_provider_is_forgotten_and_one_of_the_same_name_begins_anew(
    ran: Callable[..., None], make: Callable[..., Provider], channel: Any
) -> None:
    made = channel()
    ran("failed")
    look()
    delete_provider("wiki", now=NOON)
    look(1)
    assert not made.states.exists()
    assert events() == ["failing"]


@pytest.mark.django_db(transaction=True)
def test_two_that_look_at_once_make_one_alert(ran: Callable[..., None], channel: Any) -> None:
    channel()
    ran("failed")

    def look_and_close() -> None:
        look()
        connections.close_all()

    threads = [Thread(target=look_and_close) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert events() == ["failing"]


# --- delivery ---------------------------------------------------------------------------------------------------------


class Inbox:
    """A scripted receiver that reads bodies itself: answers each call with the next status."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = iter(statuses)

    async def __call__(self, connection: Connection) -> None:
        await connection.answer(next(self.statuses, 204))


def test_a_webhook_is_signed_and_carries_what_happened(
    ran: Callable[..., None], channel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: dict[str, Any] = {}
    real = delivery.call

    async def spy(*args: Any, **options: Any) -> Any:
        sent.update(options)
        return await real(*args, **options)

    monkeypatch.setattr(delivery, "call", spy)
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
    assert payload(alert)["data"]["link"] == "https://larder.test/providers/wiki/"
    deliver_due(now=NOON)
    assert "\n\nhttps://larder.test/providers/wiki/\n\n" in str(mail.outbox[0].body)
    send_test(made.pk, now=NOON)
    assert "https://larder.test/alerts/" in str(mail.outbox[1].body)
    settings.PUBLIC_URL = ""
    assert "link" not in payload(alert)["data"]


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


# --- saving, API, command ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "email"}, "recipients"),
        ({"kind": "email", "recipients": ["nobody"]}, "recipients"),
        ({"after_failures": 0}, "after_failures"),
        ({"providers": ["a\0"]}, "providers"),
        ({"secret": "ümlaut"}, "secret"),
        ({"name": "taken"}, "name"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_by_its_field(channel: Any, fields: dict[str, Any], field: str) -> None:
    channel("taken")
    with pytest.raises(ChannelInvalid) as refused:
        channel(**{"name": "ops", **fields})
    assert refused.value.extra["field"] == field


def test_secrets_of_channels_are_kept_encrypted_and_out_of_the_audit(channel: Any) -> None:
    made = channel(secret="s3cret")
    assert decrypt_secret(made.secret_encrypted) == "s3cret"
    update_channel(made.pk, now=NOON, secret="an0ther")
    assert list(AuditEntry.objects.filter(verb="alert.update").values_list("after", flat=True)) == [
        {"secret": "replaced"}
    ]
    assert "s3cret" not in str(AuditEntry.objects.values())


def test_the_api_keeps_channels_tests_them_and_tells_the_history(api: Callable[..., Api]) -> None:
    admin, base = api("admin"), "/api/v1/alerts/channels"
    with scripted(Inbox(204)) as server:
        made = admin("post", base, {"name": "ops", "kind": "webhook", "url": server.url, "secret": "s3cret"})
        assert made.status_code == 201
        assert made.json()["has_secret"]
        assert "s3cret" not in made.content.decode()
        address = f"{base}/{made.json()['id']}"
        assert admin("post", f"{address}/test").json()["state"] == "delivered"
    assert admin("patch", address, {"after_failures": 3}).json()["after_failures"] == 3
    assert admin("patch", address, {"url": "ftp://x"}).json()["code"] == "invalid_channel"
    assert [alert["event"] for alert in admin("get", "/api/v1/alerts/history").json()["alerts"]] == ["test"]
    assert admin("get", "/api/v1/alerts/history?cursor=x").status_code == 422
    assert len(admin("get", base).json()) == 1
    assert admin("delete", address).status_code == 204
    assert admin("get", address).status_code == 404
    assert api("analyzer")("get", base).status_code == 403


def test_the_history_comes_in_pages(api: Callable[..., Api], channel: Any) -> None:
    made, admin = channel(), api("admin")
    for number in range(5):
        Alert.objects.create(channel=made, provider=f"p{number}", event="stale", at=NOON, not_before=NOON)
    first = admin("get", "/api/v1/alerts/history?limit=3").json()
    rest = admin("get", f"/api/v1/alerts/history?limit=3&cursor={first['next']}").json()
    assert len({alert["provider"] for alert in first["alerts"] + rest["alerts"]}) == 5
    assert rest["next"] is None


def test_the_command_tests_one_or_all_and_fails_where_one_does(channel: Any) -> None:
    out = StringIO()
    with pytest.raises(CommandError, match="No alert channel is enabled"):
        call_command("test_alert", stdout=out)
    with scripted(Inbox(204, 204)) as server:
        channel("well", url=server.url)
        channel("away")
        call_command("test_alert", "well", stdout=out)
        with pytest.raises(SystemExit):
            call_command("test_alert", stdout=out)
    assert "✓ well  delivered" in out.getvalue()
    assert "✕ away" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_tick_looks_and_delivers(ran: Callable[..., None], channel: Any) -> None:
    from providers.tasks import watch_alerts

    with scripted(Inbox(204)) as server:
        channel(url=server.url)
        ran("failed")
        watch_alerts()
    assert Alert.objects.get().state == "delivered"
    assert Alert.objects.get().delivered_at <= database_now()
