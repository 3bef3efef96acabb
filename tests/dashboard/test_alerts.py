"""Alert channels in the browser."""

import pytest
from django.test import Client
from django.utils import timezone

from providers.alerts.channels import create_channel
from providers.alerts.models import Alert, AlertChannel
from providers.secrets import decrypt_secret

FIELDS = {"name": "ops", "kind": "webhook", "url": "http://127.0.0.1:1", "after_failures": "2", "enabled": "on"}


@pytest.fixture
def channel(db: None) -> AlertChannel:
    return create_channel(now=timezone.now(), name="ops", kind="webhook", url="http://127.0.0.1:1", secret="kept")


def test_without_a_channel_the_page_says_what_one_is(staff: Client, db: None) -> None:
    assert "Nobody is told" in staff.get("/alerts/").content.decode()


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


def test_editing_keeps_the_secret_that_nobody_typed(staff: Client, channel: AlertChannel) -> None:
    staff.post(f"/alerts/{channel.pk}/", {**FIELDS, "name": "renamed", "secret": ""})
    channel.refresh_from_db()
    assert (channel.name, decrypt_secret(channel.secret_encrypted)) == ("renamed", "kept")
    staff.post(f"/alerts/{channel.pk}/", {**FIELDS, "secret": "", "remove_secret": "on"})
    channel.refresh_from_db()
    assert channel.secret_encrypted == ""


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
