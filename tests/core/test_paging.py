"""Pages: every row once and in order, forwards and back, and no cursor but those that a page of the list handed out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Coalesce, Length
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.errors import CursorInvalid
from core.paging import Keyset, Page, paginate, walk
from knowledge.models import Change

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
effort = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

KEYSETS = [
    Keyset(name="oldest", by=("id",)),
    Keyset(name="newest", by=("-at", "-id")),
    Keyset(name="three columns", by=("source", "at", "id")),
    Keyset(name="both ways", by=("source", "-at", "id")),
    Keyset(name="an expression", by=(Length("key").desc(), "-id")),
    Keyset(name="an expression and back", by=(Coalesce("actor", "source").asc(), "-key", "id")),
    Keyset(name="nulls last", by=("run", "id")),
    Keyset(name="nulls first", by=("-run", "-id")),
    Keyset(name="nulls between", by=("source", "-run", "at", "before", "-id")),
]
TEXTS = st.sampled_from(["", "a", "b", "B", "é", "%s", "'; --", "10"])
ROWS = st.builds(
    Change,
    source=TEXTS,
    key=TEXTS,
    kind=st.just("created"),
    at=st.builds(lambda n: NOON + timedelta(microseconds=n), st.integers(-2, 2)),
    run=st.none() | st.sampled_from([UUID(int=1), UUID(int=2**128 - 1)]),
    before=st.none() | TEXTS,
)


def stored(rows: list[Change], keyset: Keyset) -> list[Change]:
    """In the order that PostgreSQL itself gives them."""
    Change.objects.all().delete()
    Change.objects.bulk_create(rows)
    return list(Change.objects.order_by(*keyset.order()))


def pages(keyset: Keyset, *, limit: int) -> Iterator[Page[Change]]:
    cursor: str | None = ""
    while cursor is not None:
        page = paginate(Change.objects.all(), by=keyset, cursor=cursor, limit=limit)
        yield page
        cursor = page.next


@given(rows=st.lists(ROWS, max_size=12), keyset=st.sampled_from(KEYSETS), limit=st.integers(1, 5))
@example(rows=[], keyset=KEYSETS[0], limit=1)
@effort
def test_pages_hold_every_row_once_in_order_and_back_the_same(rows: list[Change], keyset: Keyset, limit: int) -> None:
    expected = stored(rows, keyset)
    walked = list(pages(keyset, limit=limit))
    assert [row for page in walked for row in page.rows] == expected
    assert all(len(page.rows) == limit for page in walked[:-1])
    assert walked[0].previous is None
    for page, before in zip(walked[:0:-1], walked[-2::-1], strict=True):
        back = paginate(Change.objects.all(), by=keyset, cursor=page.previous, limit=limit)
        assert back.rows == before.rows
        assert (back.previous is None) == (before is walked[0])
        assert paginate(Change.objects.all(), by=keyset, cursor=back.next, limit=limit).rows == page.rows


@given(rows=st.lists(ROWS, min_size=1, max_size=12), keyset=st.sampled_from(KEYSETS), data=st.data())
@effort
def test_from_any_row_the_list_goes_on_behind_it_at_it_and_back(
    rows: list[Change], keyset: Keyset, data: st.DataObject
) -> None:
    expected = stored(rows, keyset)
    n = data.draw(st.integers(0, len(expected) - 1))
    row = list(keyset.follow(Change.objects.all()))[n]
    for back in (False, True):
        for at in (False, True):
            page = paginate(Change.objects.all(), by=keyset, cursor=keyset.write(row, back=back, at=at), limit=20)
            assert page.rows == (expected[: n + at] if back else expected[n + (not at) :])


def test_a_row_that_is_deleted_or_added_meanwhile_moves_no_other() -> None:
    keyset = KEYSETS[1]
    expected = stored([Change(kind="created", at=NOON + timedelta(days=n)) for n in range(6)], keyset)
    first = paginate(Change.objects.all(), by=keyset, limit=2)
    Change.objects.filter(pk=first.rows[-1].pk).delete()
    Change.objects.create(kind="created", at=NOON + timedelta(days=9))
    assert paginate(Change.objects.all(), by=keyset, cursor=first.next, limit=2).rows == expected[2:4]


def test_a_list_is_walked_page_by_page() -> None:
    expected = stored([Change(kind="created", at=NOON) for _ in range(5)], KEYSETS[1])
    with CaptureQueriesContext(connection) as asked:
        found = list(walk(lambda cursor: paginate(Change.objects.all(), by=KEYSETS[1], cursor=cursor, limit=2)))
    assert found == expected
    assert len(asked) == 3
    assert all(query["sql"].endswith("LIMIT 3") for query in asked)


# --- cursors ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def cursor() -> str:
    return KEYSETS[1].write(Change(pk=7, at=NOON))


def test_a_cursor_leads_to_its_place_in_its_own_list_only(cursor: str) -> None:
    position = KEYSETS[1].read(cursor)
    assert position is not None
    assert position.values == (NOON.isoformat(), "7")
    for other in (Keyset(name="others", by=("-at", "-id")), Keyset(name="newest", by=("-at", "source", "-id"))):
        with pytest.raises(CursorInvalid, match="not handed out by a page of this list; start again without it"):
            other.read(cursor)


@given(data=st.data())
@effort
def test_a_cursor_that_was_changed_anywhere_is_refused(cursor: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(cursor)))
    changed = cursor[:at] + data.draw(st.text(max_size=3)) + cursor[at + data.draw(st.integers(0, 3)) :]
    if changed not in ("", cursor):
        with pytest.raises(CursorInvalid):
            KEYSETS[1].read(changed)


@pytest.mark.parametrize("text", ["x", "7", "W10", "bnVsbA", "\0", "\ud800", ".", "..", "½", "a.b", "9" * 5_000])
def test_what_no_page_handed_out_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        KEYSETS[0].read(text)


def test_a_cursor_is_one_word_of_an_address(cursor: str) -> None:
    assert cursor.replace("-", "").replace("_", "").replace(".", "").isalnum()
    assert cursor.isascii()


def test_a_cursor_of_another_installation_is_refused(cursor: str) -> None:
    with override_settings(SECRET_KEY="another"), pytest.raises(CursorInvalid):
        KEYSETS[1].read(cursor)


# --- plans ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("by", [("id",), ("-id",), (F("id").asc(),)])
def test_a_page_is_found_at_its_place_in_the_index(by: Any, back: bool) -> None:
    keyset = Keyset(name="any", by=by)
    Change.objects.bulk_create(Change(kind="created", at=NOON) for _ in range(2_000))
    with connection.cursor() as statement:
        statement.execute("ANALYZE knowledge_change")
    row = keyset.follow(Change.objects.all())[1_000]
    plan = keyset.follow(Change.objects.all(), keyset.read(keyset.write(row, back=back)))[:50].explain()
    assert "Index Cond" in plan
    assert "Sort" not in plan
