"""Pages are for staff who are signed in."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.dashboard.addresses import GUARDED, address_of


@pytest.mark.parametrize("path", ["/providers/wiki/sync/", "/knowledge/restore/?source=wiki&id=a", "/logout/"])
def test_no_link_can_act(staff: Client, something: None, path: str) -> None:
    answer = staff.get(path)
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert "This address is no page" in answer.content.decode()


def test_an_action_without_the_form_s_token_is_refused(staff: Client, something: None) -> None:
    staff.handler.enforce_csrf_checks = True
    answer = staff.post("/providers/wiki/sync/")
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


def test_htmx_leaves_the_page_when_the_session_has_ended(client: Client, htmx: dict[str, str], something: None) -> None:
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
    assert "do not match" in page


def test_pages_carry_neither_inline_scripts_nor_inline_styles(staff: Client, something: None) -> None:
    for name in GUARDED:
        page = staff.get(address_of(name)).getvalue().decode()
        assert " style=" not in page
        assert "<style" not in page
        assert "onclick" not in page
        assert page.count("<script") == page.count("<script src=")


def test_the_first_load_stays_under_100_kilobytes(staff: Client, something: None) -> None:
    page = staff.get("/").content
    files = re.findall(rb'(?:src|href)="(/static/[^"]+)"', page)
    sizes = [len(staff.get(file.decode()).getvalue()) for file in files]
    assert len(sizes) >= 5
    assert len(page) + sum(sizes) < 100_000
