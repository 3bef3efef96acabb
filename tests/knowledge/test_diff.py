"""Differences of texts, and what changes remember of the texts that they replaced."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from knowledge.browsing.diff import MOST_CHARS, DiffSpan, Op, diff_texts
from knowledge.browsing.history import show_changes
from knowledge.deleting.trash import delete_rows, forget_replaced
from knowledge.models import Change, Document
from knowledge.run_counts import Counts
from tests.timing import in_time

TRAVEL = "Trips above 5,000 need a member of the executive board.\nRequests are answered within ten working days.\n"


def spans_of(before: str, after: str) -> list[DiffSpan]:
    spans = diff_texts(before, after)
    assert spans is not None
    return spans


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    return [(span.op.value, span.text) for span in spans_of(before, after)]


def test_words_that_changed_stand_out_in_their_line() -> None:
    after = TRAVEL.replace("5,", "10,").replace("ten", "five")
    assert pieces(TRAVEL, after) == [
        ("same", "Trips above "),
        ("del", "5"),
        ("ins", "10"),
        ("same", ",000 need a member of the executive board.\nRequests are answered within "),
        ("del", "ten"),
        ("ins", "five"),
        ("same", " working days.\n"),
    ]


@given(st.text("ab \n", max_size=80), st.text("ab \n", max_size=80))
def test_the_spans_make_both_texts(before: str, after: str) -> None:
    spans = spans_of(before, after)
    if not any(span.op is Op.SKIP for span in spans):
        assert "".join(span.text for span in spans if span.op in (Op.SAME, Op.DEL)) == before
        assert "".join(span.text for span in spans if span.op in (Op.SAME, Op.INS)) == after
    assert sum(span.chars for span in spans if span.op is not Op.INS) == len(before)
    assert sum(span.chars for span in spans if span.op is not Op.DEL) == len(after)


def test_a_long_stretch_that_stayed_is_skipped() -> None:
    before = "x\n" * 2_000 + "old\n" + "y\n" * 2_000
    spans = spans_of(before, before.replace("old", "new"))
    assert [span.op.value for span in spans] == ["skip", "same", "del", "ins", "same", "skip"]
    assert sum(len(span.text) for span in spans) < 300


def test_too_long_texts_are_not_compared() -> None:
    assert diff_texts("a" * (MOST_CHARS + 1), "b") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("word " * 40_000, "drow " * 40_000),
        ("a\n" * 100_000, "b\n" * 100_000),
        ("same\n\n" * 30_000, "\nsame\n" * 30_000),
        ("ab" * 100_000, "ba" * 100_000),
    ],
)
def test_no_texts_take_long(before: str, after: str) -> None:
    in_time(lambda: diff_texts(before[:MOST_CHARS], after[:MOST_CHARS]), within_s=3)


# --- what is kept ----------------------------------------------------------------------------------------------------


def shown(now: datetime, **only: Any) -> list[Any]:
    found = {each.change.pk: each for each in show_changes(list(Change.objects.filter(**only)), now=now)}
    return [found[pk] for pk in sorted(found)]


def text_of(spans: Sequence[DiffSpan], op: Op) -> str:
    return "".join(span.text for span in spans if span.op is op)


@pytest.mark.django_db
def test_each_update_shows_what_it_replaced_though_others_followed(push: Callable[..., Counts], now: datetime) -> None:
    for content in ("one sheep", "two sheep", "two goats"):
        push({"id": "a", "content": content})
    first, second = shown(now, kind="updated")
    assert (text_of(first.spans, Op.DEL), text_of(first.spans, Op.INS)) == ("one", "two")
    assert (text_of(second.spans, Op.DEL), text_of(second.spans, Op.INS)) == ("sheep", "goats")


@pytest.mark.django_db
def test_a_document_that_came_back_from_the_trash_does_not_blur_the_update_before(
    push: Callable[..., Counts], now: datetime
) -> None:
    push({"id": "a", "content": "one"})
    push({"id": "a", "content": "two"})
    delete_rows([Document.objects.get().pk], now=now, actor="test")
    push({"id": "a", "content": "three"})
    (update,) = shown(now, kind="updated")
    assert text_of(update.spans, Op.INS) == "two"


@pytest.mark.django_db
def test_renewals_and_edits_of_tags_store_no_text(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "a", "content": "one"})
    push({"id": "a", "content": "one", "expires_at": now + timedelta(days=1)})
    push({"id": "a", "content": "one", "tags": ["t"]})
    assert not Change.objects.exclude(before=None).exists()
    (update,) = shown(now, kind="updated")
    assert (update.spans, update.note) == (None, "The text stayed as it was; tags or metadata changed.")


@pytest.mark.django_db
def test_replaced_texts_are_forgotten_after_their_days(
    push: Callable[..., Counts], now: datetime, settings: Settings
) -> None:
    settings.DIFF_DAYS = 7
    push({"id": "a", "content": "one"}, at=now - timedelta(days=9))
    push({"id": "a", "content": "two"}, at=now - timedelta(days=8))
    push({"id": "a", "content": "three"}, at=now - timedelta(days=6))
    assert forget_replaced(now=now) == 1
    old, young = shown(now, kind="updated")
    assert (old.spans, old.note) == (None, "Replaced texts are kept for 7 days.")
    assert text_of(young.spans, Op.DEL) == "two"


@pytest.mark.django_db
def test_with_no_days_no_text_is_kept(push: Callable[..., Counts], settings: Settings) -> None:
    settings.DIFF_DAYS = 0
    push({"id": "a", "content": "one"})
    push({"id": "a", "content": "two"})
    assert not Change.objects.exclude(before=None).exists()


@pytest.mark.django_db
def test_a_page_compares_only_so_much(
    push: Callable[..., Counts], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.browsing.history.PAGE_CHARS", 100)
    for content in ("x" * 30, "y" * 30, "z" * 30):
        push({"id": "a", "content": content})
    first, second = shown(now, kind="updated")
    assert first.spans
    assert second.spans is None
    assert "too long" in second.note
