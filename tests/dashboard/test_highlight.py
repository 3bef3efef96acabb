"""The stretch of a passage that answers a question."""

import pytest

from dashboard.documents.highlight import show_best
from knowledge.search.highlights import find_highlights
from knowledge.words.stems import count_stems


def marks(question: str, text: str) -> list[tuple[int, int]]:
    """What a search would mark in the text."""
    return find_highlights([(text, 0, len(text))], stems=count_stems([question])[0])[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("who approves trips", "a trip is approved", "a <mark>trip</mark> is <mark>approved</mark>"),
        ("booking", "Book, books and booked", "<mark>Book</mark>, <mark>books</mark> and <mark>booked</mark>"),
        ("the of and", "the cat of the house and", "the cat of the house and"),
        ("c++ (a|b)", "nothing breaks", "nothing breaks"),
        ("Über", "über allem", "<mark>über</mark> allem"),
    ],
)
def test_words_are_marked_in_their_forms(question: str, text: str, marked: str) -> None:
    assert show_best(text, marks(question, text)) == marked


@pytest.mark.django_db
def test_a_long_text_is_cut_around_its_densest_matches() -> None:
    text = "filler " * 200 + "the apples and the pears " + "filler " * 200
    shown = show_best(text, marks("apples pears", text), size=120)
    assert "<mark>apples</mark> and the <mark>pears</mark>" in shown
    assert shown.startswith("… filler")
    assert shown.endswith("filler …")
    assert len(shown) < 200


def test_a_long_text_without_matches_is_shown_from_its_beginning() -> None:
    shown = show_best("word " * 500, [], size=50)
    assert shown.startswith("word word")
    assert shown.endswith(" …")


def test_a_text_without_white_space_is_cut_where_it_must() -> None:
    assert len(show_best("x" * 5_000, [], size=100)) < 110
