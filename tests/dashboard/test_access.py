"""Pages are for staff who are signed in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.ingest import Counts
from knowledge.keys import create_key
from knowledge.models import AccessKey
from providers.alerts.channels import create_channel
from providers.alerts.models import AlertChannel
from providers.models import Provider, SyncRun

PAGES = (
    "/",
    "/situation/",
    "/providers/",
    "/providers/new/",
    "/providers/wiki/",
    "/providers/wiki/live/",
    "/providers/wiki/row/",
    "/providers/wiki/edit/",
    "/providers/wiki/delete/",
    "/providers/wiki/doctor/",
    "/manifest/",
    "/keys/",
    "/keys/{key}/revoke/",
    "/audit/",
    "/alerts/",
    "/alerts/new/",
    "/alerts/{channel}/",
    "/alerts/{channel}/delete/",
    "/schedule-preview/",
    "/runs/{run}/",
    "/runs/{run}/live/",
    "/knowledge/",
    "/knowledge/trash/",
    "/knowledge/document/?source=wiki&id=a",
    "/knowledge/delete/?source=wiki&id=a",
    "/knowledge/wiki/a/",
)
ACTIONS = (
    "/providers/wiki/sync/",
    "/providers/wiki/enabled/",
    "/providers/wiki/delete/",
    "/providers/wiki/doctor/",
    "/manifest/",
    "/keys/",
    "/keys/{key}/revoke/",
    "/alerts/new/",
    "/alerts/{channel}/",
    "/alerts/{channel}/delete/",
    "/alerts/{channel}/test/",
    "/runs/{run}/cancel/",
    "/knowledge/delete/?source=wiki&id=a",
    "/knowledge/restore/?source=wiki&id=a",
)


@pytest.fixture
def something(provider: Callable[..., Provider], run: Callable[..., SyncRun], push: Callable[..., Counts]) -> SyncRun:
    """A provider, a run and the document `a`."""
    provider()
    push("a")
    create_key("a", role="analyzer")
    create_channel(now=timezone.now(), name="ops", kind="webhook", url="http://127.0.0.1:1")
    return run()


def at(path: str, run: SyncRun) -> str:
    key, channel = AccessKey.objects.latest("created_at"), AlertChannel.objects.get()
    return path.format(run=run.pk, key=key.pk, channel=channel.pk)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_shows_itself_to_staff(staff: Client, something: SyncRun, path: str) -> None:
    answer = staff.get(at(path, something))
    assert answer.status_code == 200
    assert "text/html" in answer["Content-Type"]
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_back(client: Client, something: SyncRun, path: str) -> None:
    answer = client.get(at(path, something))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=/")


@pytest.mark.parametrize("path", ACTIONS)
def test_a_stranger_can_do_nothing(client: Client, something: SyncRun, path: str) -> None:
    assert client.post(at(path, something))["Location"].startswith("/login/")


@pytest.mark.parametrize("path", [*PAGES, *ACTIONS])
def test_a_user_who_is_not_staff_is_refused(
    client: Client, django_user_model: Any, something: SyncRun, path: str
) -> None:
    client.force_login(django_user_model.objects.create_user("guest"))
    method = client.post if path in ACTIONS else client.get
    answer = method(at(path, something))
    assert answer.status_code == 403
    assert "This is for staff" in answer.content.decode()


@pytest.mark.parametrize("path", ["/providers/wiki/sync/", "/knowledge/restore/?source=wiki&id=a", "/logout/"])
def test_no_link_can_act(staff: Client, something: SyncRun, path: str) -> None:
    assert staff.get(path).status_code == 405


def test_an_action_without_the_form_s_token_is_refused(staff: Client, something: SyncRun) -> None:
    staff.handler.enforce_csrf_checks = True
    answer = staff.post("/providers/wiki/sync/")
    assert answer.status_code == 403
    assert "This form has grown old" in answer.content.decode()


def test_htmx_leaves_the_page_when_the_session_has_ended(
    client: Client, htmx: dict[str, str], something: SyncRun
) -> None:
    headers = {**htmx, "HX-Current-URL": "http://testserver/providers/wiki/?cursor=1"}
    answer = client.get("/providers/wiki/live/", headers=headers)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/login/?next=/providers/wiki/%3Fcursor%3D1"


def test_signing_in_leads_to_the_overview_and_out_again(client: Client, django_user_model: Any) -> None:
    django_user_model.objects.create_user("ada", password="a long password", is_staff=True)
    answer = client.post("/login/", {"username": "ada", "password": "a long password"}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Signed in as ada" in answer.content.decode()
    assert client.post("/logout/")["Location"] == "/login/"
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_said_without_telling_which_half_is_wrong(client: Client, db: None) -> None:
    page = client.post("/login/", {"username": "ada", "password": "nonsense"}).content.decode()
    assert "do not belong together" in page


def test_pages_carry_neither_inline_scripts_nor_inline_styles(staff: Client, something: SyncRun) -> None:
    for path in PAGES:
        page = staff.get(at(path, something)).content.decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "onclick" not in page
        assert page.count("<script") == page.count("<script src=")


def test_the_first_load_stays_under_100_kilobytes(staff: Client, something: SyncRun) -> None:
    page = staff.get("/").content
    files = re.findall(rb'(?:src|href)="(/static/[^"]+)"', page)
    sizes = [len(b"".join(staff.get(file.decode()).streaming_content)) for file in files]
    assert len(sizes) >= 5
    assert len(page) + sum(sizes) < 100_000
