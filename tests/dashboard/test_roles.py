"""Every address by every role: who is anonymous signs in, viewers look, admins act. New ones come by themselves."""

import re
from typing import Any

import pytest
from django.test import Client

from providers.models import Provider
from tests.dashboard.addresses import GUARDED, NAMES, OPEN_TO_ALL, VIEWERS_OWN, address_of

pytestmark = pytest.mark.usefixtures("something")
WRONG_METHOD = 405


def is_shown(answer: Any) -> bool:
    return answer.status_code == 200 and "text/html" in answer["Content-Type"]


@pytest.mark.parametrize("name", GUARDED)
def test_who_is_anonymous_is_sent_to_sign_in(client: Client, name: str) -> None:
    for answer in (client.get(address_of(name)), client.post(address_of(name))):
        assert answer.status_code == WRONG_METHOD or answer["Location"].startswith("/login/?next=/")


@pytest.mark.parametrize("name", GUARDED)
def test_a_user_who_is_not_staff_is_refused(client: Client, django_user_model: Any, name: str) -> None:
    client.force_login(django_user_model.objects.create_user("guest"))
    for answer in (client.get(address_of(name)), client.post(address_of(name))):
        assert answer.status_code in (403, WRONG_METHOD)
        if answer.status_code == 403:
            assert "This is for staff" in answer.content.decode()


@pytest.mark.parametrize("name", GUARDED)
def test_a_viewer_looks_at_everything(viewer: Client, name: str) -> None:
    answer = viewer.get(address_of(name))
    assert answer.status_code == WRONG_METHOD or "no-store" in answer["Cache-Control"]
    assert answer.status_code == WRONG_METHOD or answer.status_code == 200


@pytest.mark.parametrize("name", [each for each in NAMES if each not in OPEN_TO_ALL | VIEWERS_OWN])
def test_a_viewer_changes_nothing(viewer: Client, name: str) -> None:
    answer = viewer.post(address_of(name))
    assert answer.status_code in (403, WRONG_METHOD)
    if answer.status_code == 403:
        assert "as a viewer" in answer.content.decode()


@pytest.mark.parametrize("name", GUARDED)
def test_an_admin_may_look_and_act(staff: Client, name: str) -> None:
    shown, acted = staff.get(address_of(name)), staff.post(address_of(name))
    assert is_shown(shown) or shown.status_code == WRONG_METHOD or "attachment" in shown["Content-Disposition"]
    assert acted.status_code in (200, 302, 422, WRONG_METHOD)
    assert shown.status_code != WRONG_METHOD or acted.status_code != WRONG_METHOD


@pytest.mark.parametrize("name", [each for each in GUARDED if each not in VIEWERS_OWN])
def test_a_viewer_is_offered_nothing_that_acts(viewer: Client, name: str) -> None:
    page = viewer.get(address_of(name)).getvalue().decode()
    forms = [form.partition(">")[0] for form in page.split("<form")[1:]]
    assert [form for form in forms if 'method="post"' in form and 'action="/logout/"' not in form] == []
    assert "hx-post" not in page
    assert re.findall(r'href="[^"]*/(?:new|delete|revoke|activate|drop|restore-many|delete-many)/', page) == []


def test_a_viewer_reads_what_an_admin_would_edit(viewer: Client) -> None:
    page = viewer.get("/providers/wiki/edit/").content.decode()
    assert re.search(r"<dt>Time zone</dt><dd>UTC</dd>", page)
    assert "<textarea" not in viewer.get("/manifest/").content.decode()
    assert "Admins add providers" in viewer.get("/providers/new/").content.decode()


def test_a_fragment_s_action_by_a_viewer_loads_the_page_anew_and_says_why(viewer: Client, htmx: dict[str, str]) -> None:
    answer = viewer.post("/providers/wiki/enabled/", {"enabled": "0"}, headers=htmx)
    assert answer.status_code == 403
    assert answer["HX-Refresh"] == "true"
    assert "signed in as a viewer" in viewer.get("/providers/wiki/").content.decode()
    assert Provider.objects.get().enabled


def test_a_viewer_signs_out(viewer: Client) -> None:
    assert viewer.post("/logout/")["Location"] == "/login/"
    assert viewer.get("/").status_code == 302


def test_a_viewer_reads_the_api_by_session_and_changes_nothing_there(viewer: Client) -> None:
    assert viewer.get("/api/v1/plugins/context_provider/wiki").status_code == 200
    refused = viewer.patch("/api/v1/plugins/context_provider/wiki", {"name": "x"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    query = viewer.post("/api/v1/knowledge/query", {"text": "a"}, content_type="application/json")
    assert query.status_code == 200
