"""Ticking, all that match, the trash: many documents at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from dashboard.views.documents import bulk, trash
from knowledge.browsing import filters
from knowledge.models import Change, Document
from knowledge.run_counts import Counts

DELETE, RESTORE = "/knowledge/delete-many/", "/knowledge/restore-many/"


def rows_of(*keys: str) -> str:
    return urlencode([("row", pk) for pk in Document.objects.filter(key__in=keys).values_list("pk", flat=True)])


def gone() -> set[str]:
    return set(Document.objects.filter(deleted_at__isnull=False).values_list("key", flat=True))


def put_in_trash(*keys: str, at: datetime) -> None:
    Document.objects.filter(key__in=keys).update(deleted_at=at, deleted_reason="deleted")


def test_ticked_documents_are_shown_and_deleted_with_the_reason(staff: Client, push: Callable[..., Counts]) -> None:
    push("a", "b", "c")
    address = f"{DELETE}?{rows_of('a', 'b')}&source=wiki"
    asked = staff.get(address)
    assert "Move 2 documents to the trash?" in asked.content.decode()
    answer = staff.post(address, {"as_of": asked.context["now"].isoformat(), "reason": "outdated"}, follow=True)
    assert answer.redirect_chain == [("/knowledge/?source=wiki", 302)]
    assert "2 documents moved to the trash." in answer.content.decode()
    assert gone() == {"a", "b"}
    assert Document.objects.get(key="a").deleted_reason == "deleted by ada: outdated"
    assert Change.objects.filter(kind="deleted", actor="ada").count() == 2
    entry = AuditEntry.objects.get(verb="document.delete")
    assert (entry.actor, entry.object, entry.after) == ("ada", "2 documents", {"documents": 2, "reason": "outdated"})


def test_all_that_match_need_a_tick_and_what_came_later_stays(staff: Client, push: Callable[..., Counts]) -> None:
    push(*({"id": f"n{number}", "content": "x", "tags": ["old"]} for number in range(30)), "kept")
    address = f"{DELETE}?tags=old&all=1"
    asked = staff.get(address)
    assert "Move 30 documents to the trash?" in asked.content.decode()
    assert "Yes, delete 30 documents" in asked.content.decode()
    push({"id": "late", "content": "x", "tags": ["old"]}, at=timezone.now() + timedelta(seconds=1))
    as_of = asked.context["now"].isoformat()
    refused = staff.post(address, {"as_of": as_of})
    assert refused.status_code == 422
    assert "Tick this to confirm." in refused.content.decode()
    staff.post(address, {"as_of": as_of, "sure": "on"})
    assert len(gone()) == 30
    assert not gone() & {"late", "kept"}


def test_many_more_than_can_be_counted_are_estimated_and_go_a_portion_at_a_time(
    staff: Client, push: Callable[..., Counts], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "FEW", 3)
    monkeypatch.setattr("knowledge.deleting.bulk.MOST_AT_ONCE", 4)
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 4)
    push(*({"id": f"n{number}", "content": "x", "tags": ["old"]} for number in range(6)))
    address = f"{DELETE}?tags=old&all=1"
    asked = staff.get(address)
    assert "Move about" in asked.content.decode()
    answer = staff.post(address, {"as_of": asked.context["now"].isoformat(), "sure": "on"}, follow=True)
    assert "4 documents moved to the trash. There are more of them" in answer.content.decode()
    assert len(gone()) == 4


@pytest.mark.parametrize("query", ["", "row=nonsense", "row=99999999", "all=1&tags=%2B"])
def test_nothing_chosen_is_said(staff: Client, db: None, query: str) -> None:
    for address in (DELETE, RESTORE):
        assert "Back to the list" in staff.get(f"{address}?{query}").content.decode()
        assert staff.post(f"{address}?{query}").status_code == 422


def test_ticking_the_page_needs_no_script(staff: Client, push: Callable[..., Counts]) -> None:
    push("a", "b")
    assert " checked" not in staff.get("/knowledge/").content.decode()
    page = staff.get("/knowledge/?select=page").content.decode()
    assert page.count(" checked>") == 2
    assert "Tick none" in page


def test_the_trash_goes_on_where_the_page_ended_and_back(
    staff: Client, push: Callable[..., Counts], now: datetime
) -> None:
    push(*(f"n{number:02}" for number in range(trash.PAGE_SIZE + 3)))
    Document.objects.update(deleted_at=now)
    first = staff.get("/knowledge/trash/")
    assert len(first.context["page"].rows) == trash.PAGE_SIZE
    second = staff.get("/knowledge/trash/", {"cursor": first.context["page"].next})
    assert len(second.context["page"].rows) == 3
    back = staff.get("/knowledge/trash/", {"back": second.context["page"].previous})
    assert [each.key for each in back.context["page"].rows] == [each.key for each in first.context["page"].rows]


def test_the_trash_is_filtered_and_says_when_each_leaves(
    staff: Client, push: Callable[..., Counts], now: datetime
) -> None:
    push(
        {"id": "a", "content": "red apples", "tags": ["fruit"]}, {"id": "b", "content": "paint", "source": "shop"}, "c"
    )
    put_in_trash("a", "b", at=now)
    for query, expected in ({"tags": "fruit"}, ["a"]), ({"source": "shop"}, ["b"]), ({"q": "apple"}, ["a"]):
        assert [each.key for each in staff.get("/knowledge/trash/", query).context["page"].rows] == expected
    assert "in 7 days" in staff.get("/knowledge/trash/").content.decode()
    assert "Nothing in the trash matches" in staff.get("/knowledge/trash/", {"q": "pears"}).content.decode()
    assert "The filter cannot be read" in staff.get("/knowledge/trash/", {"tags": "+"}).content.decode()


def test_ticked_and_all_documents_come_back_from_the_trash(
    staff: Client, push: Callable[..., Counts], now: datetime
) -> None:
    push("a", "b", "c", "d")
    put_in_trash("a", "b", "c", at=now)
    address = f"{RESTORE}?{rows_of('a', 'd')}"
    asked = staff.get(address)
    assert "Restore 1 document?" in asked.content.decode()
    staff.post(address, {"as_of": asked.context["now"].isoformat()})
    assert gone() == {"b", "c"}
    everything = staff.get(f"{RESTORE}?all=1")
    answer = staff.post(f"{RESTORE}?all=1", {"as_of": everything.context["now"].isoformat(), "sure": "on"}, follow=True)
    assert answer.redirect_chain == [("/knowledge/trash/", 302)]
    assert gone() == set()
    assert AuditEntry.objects.filter(verb="document.restore").count() == 2


def test_a_viewer_ticks_nothing(viewer: Client, push: Callable[..., Counts], now: datetime) -> None:
    push("a", "b")
    put_in_trash("b", at=now)
    for path in ("/knowledge/", "/knowledge/trash/"):
        page = viewer.get(path).content.decode()
        assert "checkbox" not in page
        assert "many/" not in page


@pytest.mark.parametrize("sort", ["id", "stored", "expires"])
def test_a_list_is_exported_by_id_under_its_filters(
    staff: Client, push: Callable[..., Counts], monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    """In the order of the list what changes meanwhile would move past the export."""
    monkeypatch.setattr("dashboard.views.documents.export.CHUNK", 2)
    push(*({"id": key, "content": f"=text of {key}", "tags": ["x", "y"]} for key in "ecadb"), "other")
    answer = staff.get("/knowledge/export/", {"tags": "x", "sort": sort})
    assert answer["Content-Type"].startswith("text/csv")
    lines = answer.getvalue().decode().splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["a", "b", "c", "d", "e"]
    assert lines[1].endswith(",'=text of a")
    assert staff.get("/knowledge/export/", {"tags": "+"}).status_code == 400
