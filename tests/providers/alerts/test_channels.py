"""Channels: what can be saved, by whom, and the ways to test them."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import AuditEntry
from config.api import api as larder_api
from core.clock import database_now
from providers.alerts.channels import CHANNEL_KINDS, ChannelField, ChannelKind
from providers.alerts.deliver import send_test
from providers.alerts.models import Alert, AlertChannel
from providers.alerts.saving import update_channel
from providers.errors import ChannelInvalid
from providers.secrets import decrypt_secret
from tests import REFERENCE
from tests.conftest import Api
from tests.providers.alerts.conftest import Inbox
from tests.providers.conftest import NOON
from tests.providers.scripted import Connection
from tests.providers.scripted import provider as scripted

pytestmark = pytest.mark.django_db


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
        ({"secret": "whsec_c2hhcmVkIHNlY3JldA"}, "secret"),
        ({"name": "taken"}, "name"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_by_its_field(channel: Any, fields: dict[str, Any], field: str) -> None:
    channel("taken")
    with pytest.raises(ChannelInvalid) as refused:
        channel(**{"name": "ops", **fields})
    assert refused.value.extra["field"] == field


def test_an_unknown_kind_is_refused_with_the_nearest(channel: Any) -> None:
    with pytest.raises(ChannelInvalid) as refused:
        channel(kind="emial", recipients=["ops@example.com"])
    assert refused.value.detail == (
        f"There is no kind of alert channel 'emial'. Did you mean email? There are: {', '.join(CHANNEL_KINDS)}."
    )


def test_an_alert_to_a_kind_that_is_gone_says_so(channel: Any) -> None:
    made = channel()
    AlertChannel.objects.update(kind="pigeon")
    sent = send_test(made.pk, now=NOON)
    assert sent.error == f"There is no kind of alert channel 'pigeon'. There are: {', '.join(CHANNEL_KINDS)}."


def test_a_channel_keeps_only_the_address_that_its_kind_takes(channel: Any) -> None:
    made = channel(recipients=["ops@example.com"])
    assert (made.url, made.recipients) == ("http://127.0.0.1:1", [])
    changed = update_channel(made.pk, now=NOON, kind="email", recipients=["ops@example.com"])
    assert (changed.url, changed.recipients) == ("", ["ops@example.com"])


@pytest.mark.parametrize("kind", CHANNEL_KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_stands_in_the_documentation_and_the_schema(kind: ChannelKind) -> None:
    assert f"| `{kind.name}` |" in (REFERENCE / "alerts.md").read_text()
    schema = larder_api.get_openapi_schema()["components"]["schemas"]["ChannelIn"]["properties"]["kind"]
    assert kind.name in schema["enum"]
    assert kind.help in schema["description"]


def test_a_kind_that_takes_a_field_channels_do_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match="channels have no field phone"):
        replace(CHANNEL_KINDS["email"], takes={"phone": ChannelField(label="Phone")})


def test_secrets_of_channels_are_kept_encrypted_and_out_of_the_audit(channel: Any) -> None:
    made = channel(secret="s3cret")
    assert decrypt_secret(made.secret_encrypted) == "s3cret"
    update_channel(made.pk, now=NOON, secret="an0ther")
    assert list(AuditEntry.objects.filter(verb="alert.update").values_list("after", flat=True)) == [
        {"secret": "replaced"}
    ]
    assert "s3cret" not in str(AuditEntry.objects.values())


HOOK = "services/T024/x0xbXJ3vWq"


def test_a_webhooks_url_is_kept_like_a_secret_and_the_audit_knows_its_host(channel: Any) -> None:
    """For many services whoever knows it may post there."""
    made = channel(url=f"http://127.0.0.1:1/{HOOK}")
    assert HOOK not in made.url_encrypted
    assert (made.url, made.host) == (f"http://127.0.0.1:1/{HOOK}", "127.0.0.1:1")
    update_channel(made.pk, now=NOON, url=f"http://127.0.0.1:1/{HOOK}")
    update_channel(made.pk, now=NOON, url=f"http://127.0.0.1:2/{HOOK}")
    update_channel(made.pk, now=NOON, url="http://127.0.0.1:2/another")
    assert list(AuditEntry.objects.filter(verb="alert.update").order_by("pk").values_list("before", "after")) == [
        ({"host": "127.0.0.1:1"}, {"host": "127.0.0.1:2", "url": "replaced"}),
        ({}, {"url": "replaced"}),
    ]
    assert "x0xbXJ3vWq" not in str(AuditEntry.objects.values())


def test_no_address_answers_with_a_webhooks_url(api: Callable[..., Api], channel: Any) -> None:
    made, admin = channel(url=f"http://127.0.0.1:1/{HOOK}"), api("admin")
    base = "/api/v1/alerts"
    told = [admin("get", f"{base}/channels"), admin("get", f"{base}/channels/{made.pk}"), admin("get", "/api/v1/audit")]
    told += [
        admin("post", f"{base}/channels/{made.pk}/test"),
        admin("patch", f"{base}/channels/{made.pk}", {"name": "x"}),
    ]
    told += [admin("get", f"{base}/history"), admin("get", "/api/v1/manifest")]
    assert [answer.status_code for answer in told] == [200] * len(told)
    assert not any("x0xbXJ3vWq" in answer.content.decode() for answer in told)
    assert told[1].json()["host"] == "127.0.0.1:1"


def test_what_a_receiver_repeats_of_its_url_is_left_out(channel: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def echo(connection: Connection) -> None:
        await connection.answer(404, f"Cannot POST /{HOOK}?token=qV7-key+1".encode())

    with scripted(echo) as server:
        alert = send_test(channel(url=f"{server.url}/{HOOK}?token=qV7-key%2B1").pk, now=NOON)
    assert "answered 404" in alert.error
    assert not any(part in alert.error + caplog.text for part in ("x0xbXJ3vWq", "qV7-key"))


@pytest.mark.parametrize("before", range(120, 205, 4))
def test_what_is_cut_shows_no_part_of_the_url(channel: Any, before: int) -> None:
    """However long a receiver talks before it repeats the URL: as a whole, encoded, decoded or in small letters."""

    async def echo(connection: Connection) -> None:
        said = "q%20V7-key%2B1 q V7-key 1 q+v7-key+1 q V7-key+1"
        await connection.answer(404, b"." * before + said.encode())

    with scripted(echo) as server:
        alert = send_test(channel(url=f"{server.url}/?token=q%20V7-key%2B1&again=q+V7-key+1").pk, now=NOON)
    assert "v7" not in alert.error.lower()


@pytest.mark.parametrize("url", ["http://a.test/\ud800", "http://a.test/\0", "http://a.test/\n"])
def test_a_url_that_is_no_line_of_text_is_refused(channel: Any, url: str) -> None:
    with pytest.raises(ChannelInvalid) as refused:
        channel(url=url)
    assert refused.value.extra == {"field": "url"}


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
    alert = Alert.objects.get()
    assert alert.state == "delivered"
    assert alert.delivered_at
    assert alert.delivered_at <= database_now()
