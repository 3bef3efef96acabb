"""Passages: exact windows without white space, whole words with it, nothing lost."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import Span, split_passages

CONTENTS = st.text(st.sampled_from("ab \n\u00a0é"), max_size=300) | st.lists(
    st.sampled_from(["a", "word", " ", " " * 40, "x" * 50, "\n\n"]), max_size=40
).map("".join)
WINDOWS = st.integers(1, 60).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


def passages(content: str, **window: Any) -> list[Any]:
    return [content[span.start : span.end] for span in split_passages(content, **window)]


@pytest.mark.parametrize("content", ["", " ", "\n\t \u2028"])
def test_blank_content_has_no_passage(content: str) -> None:
    assert split_passages(content) == []


def test_short_content_is_one_passage() -> None:
    assert split_passages("x" * 2000) == [Span(0, 2000)]
    assert passages("  a few words\n") == ["a few words"]


@pytest.mark.parametrize(
    ("length", "windows"),
    [
        (2001, [(0, 2000), (1800, 2001)]),
        (3800, [(0, 2000), (1800, 3800)]),
        (5600, [(0, 2000), (1800, 3800), (3600, 5600)]),
        (5601, [(0, 2000), (1800, 3800), (3600, 5600), (5400, 5601)]),
    ],
)
def test_text_without_white_space_is_cut_on_the_character(length: int, windows: list[tuple[int, int]]) -> None:
    assert split_passages("x" * length) == [Span(*window) for window in windows]


def test_passages_end_and_begin_with_whole_words() -> None:
    assert passages("alpha beta gamma delta epsilon", size=16, overlap=7) == [
        "alpha beta gamma",
        "gamma delta",
        "delta epsilon",
    ]


def test_a_long_word_is_cut_only_where_its_window_holds_no_white_space() -> None:
    assert passages("one two three " + "x" * 10 + " four", size=14, overlap=0) == ["one two three", "x" * 10, "four"]
    assert passages("one " + "x" * 10 + " four", size=12, overlap=0) == ["one xxxxxxxx", "xx four"]


def test_nothing_overlaps_across_a_wide_gap() -> None:
    assert passages("before" + " " * 100 + "behind", size=20, overlap=10) == ["before", "behind"]


@pytest.mark.parametrize(("size", "overlap"), [(10, 10), (10, 11), (10, -1), (0, 0)])
def test_an_overlap_that_makes_no_progress_is_refused(size: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        split_passages("text", size=size, overlap=overlap)


@given(CONTENTS, WINDOWS)
def test_passages_hold_all_text_in_order_and_none_lies_in_another(content: str, window: tuple[int, int]) -> None:
    size, overlap = window
    spans = split_passages(content, size=size, overlap=overlap)
    for span in spans:
        text = content[span.start : span.end]
        assert text
        assert text == text.strip()
        assert len(text) <= size
    for before, after in pairwise(spans):
        assert before.start < after.start
        assert before.end < after.end
        assert before.end - after.start <= overlap
    held = {at for span in spans for at in range(span.start, span.end)}
    assert all(at in held or char.isspace() for at, char in enumerate(content))


@given(st.lists(st.text("abc", min_size=1, max_size=5), min_size=1).map(" ".join))
def test_words_no_longer_than_the_overlap_stay_whole(content: str) -> None:
    words = content.split()
    assert all(word in words for passage in passages(content, size=20, overlap=5) for word in passage.split())


@pytest.mark.parametrize(
    ("content", "count"),
    [
        ("x" * 1_000_000, 556),
        ("word " * 200_000, 556),
        (" " * 999_999 + "x", 1),
        (("x" * 50 + " " * 3000) * 300, 300),
    ],
)
def test_a_million_characters_make_no_more_passages_than_they_need(content: str, count: int) -> None:
    assert len(split_passages(content)) == count
