"""Quarantine on the page: what was refused, and trying it again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from knowledge.models import Passage


@pytest.fixture
def refused(push: Callable[..., Any]) -> None:
    push({"id": "docs/b", "content": "☠ b"}, {"id": "a", "content": "☠ a", "source": "hr"}, "good")


def waits() -> int:
    return Passage.objects.filter(vector=None, not_before__isnull=False).count()


def test_it_is_listed_with_its_error_and_leads_to_the_document(staff: Client, refused: None) -> None:
    page = staff.get("/quarantine/").content.decode()
    assert 'href="/knowledge/wiki/docs/b/"' in page
    assert "The text holds" in page
    assert "good" not in page
    assert 'Quarantine <span class="count">2<span' in page
    assert "docs/b" not in staff.get("/quarantine/?source=hr").content.decode()
    assert staff.get("/quarantine/?cursor=x").status_code == 404


def test_one_document_one_source_or_all_are_tried_again(staff: Client, refused: None) -> None:
    assert waits() == 2
    staff.post("/quarantine/", {"source": "hr", "id": "a"})
    assert waits() == 1
    staff.post("/quarantine/", {"source": "hr"})
    assert waits() == 1
    staff.post("/quarantine/")
    assert waits() == 0
    entries = AuditEntry.objects.filter(verb="quarantine.retry").order_by("pk").values_list("object", "after")
    assert list(entries) == [("hr/a", {"passages": 1}), ("hr", {"passages": 1}), ("all", {"passages": 2})]


def test_a_document_that_has_left_meanwhile_is_told(staff: Client, refused: None) -> None:
    page = staff.post("/quarantine/", {"source": "hr", "id": "gone"}, follow=True).content.decode()
    assert "is in quarantine" in page


def test_it_goes_page_by_page(staff: Client, push: Callable[..., Any], django_assert_max_num_queries: Any) -> None:
    push(*({"id": f"d{number:02}", "content": f"☠ {number}"} for number in range(60)))
    with django_assert_max_num_queries(12):
        first = staff.get("/quarantine/")
    rest = staff.get(f"/quarantine/?cursor={first.context['page'].next}").content.decode()
    assert "d59" in rest
    assert "d10" not in rest


def test_an_empty_one_says_what_it_is(staff: Client, push: Callable[..., Any]) -> None:
    push("good")
    assert "Nothing is in quarantine" in staff.get("/quarantine/").content.decode()
