import itertools

import pytest

from ingestion.extract import Part
from ingestion.splitting import split_parts
from ingestion.splitting.windows import windows


def test_windows_overlap_by_as_much_as_is_asked() -> None:
    assert list(windows(0, 5_600, size=2_000, overlap=200)) == [(0, 2_000), (1_800, 3_800), (3_600, 5_600)]


def test_a_short_text_is_one_window() -> None:
    assert list(windows(0, 10, size=2_000, overlap=200)) == [(0, 10)]


@pytest.mark.parametrize("length", [2_000, 2_001, 2_100, 2_199, 2_200, 3_799, 3_800, 3_801, 9_999])
def test_no_window_lies_wholly_inside_the_one_before_it_and_nothing_is_left_out(length: int) -> None:
    found = list(windows(0, length, size=2_000, overlap=200))
    assert all(later[1] > earlier[1] for earlier, later in itertools.pairwise(found))
    assert found[0][0] == 0
    assert found[-1][1] == length
    assert all(later[0] <= earlier[1] for earlier, later in itertools.pairwise(found))


def test_an_overlap_as_large_as_the_window_is_refused() -> None:
    with pytest.raises(ValueError, match="less than the size"):
        list(windows(0, 10, size=5, overlap=5))


def test_a_chunk_never_lies_on_two_pages() -> None:
    text = "a" * 30 + "\n\n" + "b" * 30
    parts = [Part(0, 30, page=1), Part(32, 62, page=2)]
    found = list(split_parts(text, parts, splitter="windows", size=20, overlap=5))
    assert [(text[part.start], part.page) for part in found] == [("a", 1), ("a", 1), ("b", 2), ("b", 2)]


def test_a_window_is_filed_under_the_heading_and_form_that_most_of_it_has() -> None:
    text = "a" * 12 + "\n\n" + "b" * 40
    parts = [Part(0, 12, section="First", form="table"), Part(14, 54, section="Second")]
    found = list(split_parts(text, parts, splitter="windows", size=30, overlap=5))
    assert [(part.section, part.form) for part in found] == [("Second", "text"), ("Second", "text")]


def test_of_a_window_that_two_headings_share_alike_the_first_counts() -> None:
    parts = [Part(0, 10, section="First"), Part(10, 20, section="Second")]
    assert [part.section for part in split_parts("a" * 20, parts, splitter="windows", size=20, overlap=0)] == ["First"]


def test_blank_windows_are_left_out() -> None:
    text = "word" + " " * 60 + "word"
    found = list(split_parts(text, [Part(0, 68)], splitter="windows", size=20, overlap=0))
    assert [(part.start, part.end) for part in found] == [(0, 20), (60, 68)]
