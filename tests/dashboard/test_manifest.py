"""Providers as code, in the browser."""

from collections.abc import Callable

import pytest
from django.test import Client

from providers.models import Provider

FILE = "plugins:\n  context_providers:\n    wiki:\n      url: http://wiki.test\n      name: <b>Wiki</b>\n"


def test_the_page_begins_with_what_is_registered(staff: Client, provider: Callable[..., Provider]) -> None:
    provider()
    assert "http://wiki.test" in staff.get("/manifest/").content.decode()


def test_the_difference_is_shown_first_and_applied_when_it_is_the_one_that_was_shown(staff: Client, db: None) -> None:
    shown = staff.post("/manifest/", {"file": FILE})
    assert "This would change" in shown.content.decode()
    assert "<b>Wiki" not in shown.content.decode()
    assert not Provider.objects.exists()
    given = {"file": FILE, "shown": shown.context["shown"], "apply": "1"}
    assert "This would change" in staff.post("/manifest/", {**given, "file": FILE + " "}).content.decode()
    assert staff.post("/manifest/", given)["Location"] == "/providers/"
    assert Provider.objects.get().name == "<b>Wiki</b>"


@pytest.mark.parametrize("text", ["", "plugins: 1", FILE + "      url: http://b.test\n"])
def test_a_bad_file_is_refused_with_lines(staff: Client, db: None, text: str) -> None:
    answer = staff.post("/manifest/", {"file": text})
    assert answer.status_code == 422
    assert "<dt>Line" in answer.content.decode()
