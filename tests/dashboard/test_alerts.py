"""Alert channels in the browser."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from dashboard.forms.alerts import ChannelForm, kind_choices
from dashboard.templatetags.states import channel_kind
from providers.alerts.channels import ADDRESS_FIELDS, CHANNEL_KINDS
from providers.alerts.models import Alert, AlertChannel
from providers.alerts.saving import create_channel
from providers.secrets import decrypt_secret
from tests import ROOT

FIELDS = {"name": "ops", "kind": "webhook", "url": "http://127.0.0.1:1", "after_failures": "2", "enabled": "on"}


@pytest.fixture
def channel(db: None) -> AlertChannel:
    return create_channel(now=timezone.now(), name="ops", kind="webhook", url="http://127.0.0.1:1", secret="kept")


def test_without_a_channel_the_page_says_what_one_is(staff: Client, db: None) -> None:
    assert "No alerts are sent yet" in staff.get("/alerts/").content.decode()


def test_a_channel_is_added_and_its_secret_never_shown(staff: Client, db: None) -> None:
    answer = staff.post("/alerts/new/", {**FIELDS, "secret": "s3cret", "providers": "wiki, tickets"})
    assert answer["Location"] == "/alerts/"
    made = AlertChannel.objects.get()
    assert (made.providers, made.after_failures) == (["wiki", "tickets"], 2)
    assert "s3cret" not in staff.get(f"/alerts/{made.pk}/").content.decode()
    assert "wiki, tickets" in staff.get("/alerts/").content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"url": "ftp://x"}, "url"),
        ({"kind": "email"}, "recipients"),
        ({"after_failures": "0"}, "after_failures"),
    ],
)
def test_what_is_refused_stands_beside_the_field(staff: Client, db: None, fields: dict[str, str], wrong: str) -> None:
    answer = staff.post("/alerts/new/", {**FIELDS, **fields})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {wrong}


@pytest.mark.parametrize("place", range(1, len(CHANNEL_KINDS) + 1))
def test_what_a_kind_does_not_take_is_hidden_while_it_is_chosen(place: int) -> None:
    kind = CHANNEL_KINDS[kind_choices()[place - 1][0]]
    hidden = {field.name for field, classes in ChannelForm().addresses if f"not-{place}" in classes.split()}
    assert hidden == set(ADDRESS_FIELDS) - set(kind.takes)
    rule = f'form:has([name="kind"] option:nth-child({place}):checked) .not-{place}:'
    assert rule in (ROOT / "static" / "css" / "components.css").read_text()


@pytest.mark.parametrize(("name", "shown"), [("email", "E-mail"), ("pigeon", "pigeon")])
def test_a_kind_is_called_as_it_says_or_by_its_name_where_it_is_gone(name: str, shown: str) -> None:
    assert channel_kind(name) == shown


def test_a_field_is_called_as_its_kinds_call_it() -> None:
    told = {field.name: (field.label, field.help_text) for field, _ in ChannelForm().addresses}
    kinds = [kind.takes["url"] for kind in CHANNEL_KINDS.values() if "url" in kind.takes]
    label, help_text = told["url"]
    assert label.split(" / ") == list(dict.fromkeys(each.label for each in kinds))
    assert "Webhook's URL" in label
    assert help_text == " ".join(dict.fromkeys(each.help for each in kinds if each.help))
    assert told["recipients"] == ("Mail goes to", "Addresses, between commas.")


def test_editing_keeps_the_secret_that_nobody_typed(staff: Client, channel: AlertChannel) -> None:
    staff.post(f"/alerts/{channel.pk}/", {**FIELDS, "name": "renamed", "secret": ""})
    channel.refresh_from_db()
    assert (channel.name, decrypt_secret(channel.secret_encrypted)) == ("renamed", "kept")
    staff.post(f"/alerts/{channel.pk}/", {**FIELDS, "secret": "", "remove_secret": "on"})
    channel.refresh_from_db()
    assert channel.secret_encrypted == ""


@pytest.mark.parametrize("path", ["/alerts/", "/audit/", "/audit/export/", "/alerts/{}/"])
@pytest.mark.parametrize("role", ["staff", "viewer"])
def test_no_page_shows_a_webhooks_url_to_anybody(request: Any, role: str, path: str) -> None:
    client: Client = request.getfixturevalue(role)
    made = create_channel(now=timezone.now(), name="ops", kind="webhook", url="http://chat.test/hooks/x0xbXJ3vWq")
    answer: Any = client.get(path.format(made.pk))
    page = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    assert answer.status_code == 200
    assert "x0xbXJ3vWq" not in page
    assert "chat.test" in page


def test_editing_keeps_the_url_that_nobody_typed(staff: Client, channel: AlertChannel) -> None:
    staff.post(f"/alerts/{channel.pk}/", {**FIELDS, "url": ""})
    channel.refresh_from_db()
    assert channel.url == "http://127.0.0.1:1"
    staff.post(f"/alerts/{channel.pk}/", {**FIELDS, "url": "http://127.0.0.1:2/new"})
    channel.refresh_from_db()
    assert (channel.url, channel.host) == ("http://127.0.0.1:2/new", "127.0.0.1:2")


def test_a_test_says_whether_it_arrived_and_stands_in_the_history(staff: Client, channel: AlertChannel) -> None:
    page = staff.post(f"/alerts/{channel.pk}/test/", follow=True).content.decode()
    assert "The test has not reached ops" in page
    assert "Given up" in page
    assert Alert.objects.get().event == "test"


def test_deleting_asks_first(staff: Client, channel: AlertChannel) -> None:
    assert "Delete ops?" in staff.get(f"/alerts/{channel.pk}/delete/").content.decode()
    staff.post(f"/alerts/{channel.pk}/delete/")
    assert not AlertChannel.objects.exists()
    assert staff.get(f"/alerts/{channel.pk}/").status_code == 404
