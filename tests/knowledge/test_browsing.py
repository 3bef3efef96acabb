"""Pages of documents: every document once, in order, forwards and back, by either plan."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core.errors import CursorInvalid
from knowledge.browsing import filters, lists
from knowledge.browsing.filters import Filter, estimate, narrow
from knowledge.browsing.lists import DocumentPage, Order, read_documents
from knowledge.models import Document
from knowledge.run_counts import Counts
from knowledge.tagexpr import parse_tags

LIVE_ORDERS = [Order.STORED, Order.UPDATED, Order.EXPIRES, Order.ID]


@pytest.fixture
def stock(push: Callable[..., Counts], now: datetime) -> list[str]:
    """Eleven documents with stamps and terms that repeat, and some without."""
    for number in range(11):
        push(
            {
                "id": f"note-{number:02}",
                "source": "wiki" if number % 2 else "shop",
                "content": f"about number{number}",
                "updated_at": now - timedelta(days=number // 3) if number % 4 else None,
                "expires_at": now + timedelta(days=number // 4 + 1) if number % 3 else None,
            },
            at=now + timedelta(seconds=number // 2),
        )
    return list(Document.objects.values_list("key", flat=True))


def keys(page: DocumentPage) -> list[str]:
    return [document.key for document in page.rows]


@pytest.mark.parametrize("order", LIVE_ORDERS)
def test_walking_on_meets_every_document_once_and_walking_back_the_same_pages(
    stock: list[str], now: datetime, order: Order
) -> None:
    found = narrow(Filter(), now=now)
    walked = [read_documents(found, order=order, limit=4)]
    while walked[-1].next:
        walked.append(read_documents(found, order=order, cursor=walked[-1].next, limit=4))
    assert sorted(key for page in walked for key in keys(page)) == sorted(stock)
    assert walked[0].previous is None
    page = walked[-1]
    for expected in reversed(walked[:-1]):
        assert page.previous is not None
        page = read_documents(found, order=order, cursor=page.previous, limit=4)
        assert keys(page) == keys(expected)
    assert page.previous is None
    assert page.next is not None


def test_what_never_expires_comes_last_and_what_has_no_stamp_goes_by_its_storing(
    stock: list[str], now: datetime
) -> None:
    found = narrow(Filter(), now=now)
    by_term = [document.expires_at for document in read_documents(found, order=Order.EXPIRES, limit=20).rows]
    dated = [term for term in by_term if term is not None]
    assert by_term == [*sorted(dated), *[None] * (len(by_term) - len(dated))]
    by_stamp = [each.updated_at or each.stored_at for each in read_documents(found, order=Order.UPDATED, limit=20).rows]
    assert by_stamp == sorted(by_stamp, reverse=True)


@pytest.mark.parametrize("few", [0, 5_000])
def test_both_plans_leave_the_same_documents(
    push: Callable[..., Counts], now: datetime, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    push(
        {"id": "ticket:8812", "content": "The VPN drops", "tags": ["it"]},
        {"id": "ticket:9", "content": "Ticket about printing with 8812 pages", "tags": ["it"]},
        {"id": "Policy-Übersee", "content": "Travelling abroad"},
    )
    for words, expected in {
        "8812": {"ticket:8812", "ticket:9"},
        "ticket:88": {"ticket:8812"},
        "vpn": {"ticket:8812"},
        "VPN dropping": {"ticket:8812"},
        "über": {"Policy-Übersee"},
        "travel": {"Policy-Übersee"},
        "icket": set(),
        "the": set(),
        ":": set(),
        "' & !x | (": set(),
    }.items():
        narrowed = narrow(Filter(words=words), now=now)
        assert set(keys(read_documents(narrowed, order=Order.STORED, limit=9))) == expected, words
    assert len(read_documents(narrow(Filter(tags=parse_tags("it")), now=now), order=Order.ID, limit=9).rows) == 2


def test_few_matches_are_counted_and_many_estimated(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a", "content": "a", "tags": ["x"]}, {"id": "b", "content": "b", "tags": ["x", "y"]}, "c")
    assert narrow(Filter(tags=parse_tags("x")), now=now).matches == 2
    everything = narrow(Filter(), now=now)
    assert everything.matches is None
    assert estimate(everything.documents) >= 0


def test_the_trash_has_its_own_order_and_nothing_live(push: Callable[..., Counts], now: datetime) -> None:
    push("a", "b", "c")
    for minutes, key in enumerate(("b", "a")):
        Document.objects.filter(key=key).update(deleted_at=now + timedelta(minutes=minutes))
    found = narrow(Filter(trashed=True), now=now)
    assert keys(read_documents(found, order=Order.DELETED, limit=9)) == ["a", "b"]
    assert narrow(Filter(trashed=True, words="b"), now=now).matches == 1


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyJpZCIsImEiLCJiIl0", "WyJzdG9yZWQiLCJ5ZXN0ZXJkYXkiLDFd"])
def test_a_cursor_of_another_list_is_refused(db: None, now: datetime, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        read_documents(narrow(Filter(), now=now), order=Order.STORED, cursor=cursor, limit=4)


def test_a_cursor_of_another_order_is_refused(stock: list[str], now: datetime) -> None:
    found = narrow(Filter(), now=now)
    by_id = read_documents(found, order=Order.ID, limit=4).next or ""
    with pytest.raises(CursorInvalid):
        read_documents(found, order=Order.STORED, cursor=by_id, limit=4)


@pytest.mark.parametrize("order", LIVE_ORDERS)
def test_a_text_is_found_anywhere_whatever_its_case_and_however_short_each_look_is(
    stock: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    whole = keys(read_documents(narrow(Filter(text="OUT NUMBER1"), now=now), order=order, limit=9))
    assert sorted(whole) == ["note-01", "note-10"]
    monkeypatch.setattr(lists, "WALK_MS", 0)
    found, page = narrow(Filter(text="OUT NUMBER1"), now=now), None
    seen: list[str] = []
    for _ in stock:
        page = read_documents(found, order=order, cursor=page.next or "" if page else "", limit=9)
        seen += keys(page)
    assert seen == whole
    assert page is not None
    assert page.next is None
    assert page.looked is None


def test_a_look_that_ran_out_of_time_says_how_far_it_got(
    stock: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "WALK_MS", 0)
    page = read_documents(narrow(Filter(text="number0"), now=now), order=Order.ID, limit=9)
    assert keys(page) == ["note-00"]
    assert page.looked == 1
    assert page.reached is not None
    assert page.reached.key == "note-02"


def test_looking_back_stops_in_time_as_well(stock: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    found = narrow(Filter(text="note"), now=now)
    first = read_documents(found, order=Order.ID, limit=6)
    second = read_documents(found, order=Order.ID, cursor=first.next or "", limit=6)
    monkeypatch.setattr(lists, "WALK_MS", 0)
    back = read_documents(found, order=Order.ID, cursor=second.previous or "", limit=6)
    assert keys(back) == keys(first)[-1:]
    assert back.previous
    assert back.next
    further = read_documents(found, order=Order.ID, cursor=back.previous, limit=6)
    assert keys(further) == keys(first)[-2:-1]


def test_a_walk_ends_after_so_many_documents_and_goes_on_there(
    stock: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_WALKED", 4)
    found = narrow(Filter(text="number10"), now=now)
    page = read_documents(found, order=Order.STORED, limit=1)
    while not page.rows and page.next:
        assert page.looked == 3
        page = read_documents(found, order=Order.STORED, cursor=page.next, limit=1)
    assert keys(page) == ["note-10"]


@pytest.mark.parametrize("order", LIVE_ORDERS)
def test_a_large_source_is_walked_in_every_order(
    stock: list[str], now: datetime, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    few = read_documents(narrow(Filter(source="wiki"), now=now), order=order, limit=9)
    monkeypatch.setattr(filters, "FEW", 0)
    found = narrow(Filter(source="wiki"), now=now)
    assert found.matches == 1
    assert keys(read_documents(found, order=order, limit=9)) == keys(few)


@pytest.mark.django_db(transaction=True)
def test_where_the_indexes_take_too_long_documents_are_looked_at_one_by_one(
    push: Callable[..., Counts], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    push({"id": "a", "content": "a", "tags": ["x"]}, "b")
    monkeypatch.setattr(
        filters, "_arms", lambda found, words: found.extra(where=["pg_sleep(1) IS NOT NULL"]).values_list("pk")
    )
    found = narrow(Filter(tags=parse_tags("x")), now=now)
    assert found.matches is None
    assert keys(read_documents(found, order=Order.STORED, limit=9)) == ["a"]


def test_a_percent_sign_in_a_text_is_just_that(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a", "content": "10% more"}, {"id": "b", "content": "10 or more"})
    assert keys(read_documents(narrow(Filter(text="0% m"), now=now), order=Order.STORED, limit=9)) == ["a"]
