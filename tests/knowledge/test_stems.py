"""Words and stems: one rule for what is stored, asked and marked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from knowledge.search.highlights import find_highlights
from knowledge.words import stems
from knowledge.words.cutting import WORD, words_of
from knowledge.words.folding import fold
from knowledge.words.stems import Stems, count_stems, find_known_places, find_places, words_with

pytestmark = pytest.mark.django_db


@given(st.text(st.characters(codec="ascii")))
def test_ascii_is_split_as_the_pattern_would(text: str) -> None:
    folded = fold(text)
    assert words_of(folded) == [found[0] for found in WORD.finditer(folded)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The walks, walking & WALKED", {"walk": 3}),
        ("two-dimensional snake_case e-mail", {"two": 1, "dimension": 1, "snake": 1, "case": 1, "e": 1, "mail": 1}),
        ("to be or not to be", {}),
        ("version 3.14 of A320neo", {"version": 1, "3": 1, "14": 1, "a320neo": 1}),
        ("知識の倉庫 store", {"知": 1, "識": 1, "の": 1, "倉": 1, "庫": 1, "store": 1}),
        ("x" * 65, {}),
        ("Crème brûlée", {"crème": 1, "brûlée": 1}),
    ],
)
def test_words_are_cut_and_stemmed(text: str, expected: dict[str, Any]) -> None:
    assert count_stems([text]) == [expected]


def test_the_language_is_a_setting(settings: Settings) -> None:
    settings.SEARCH_LANGUAGE = "german"
    assert count_stems(["die Häuser und das Haus"])[0]["haus"] == 2
    settings.SEARCH_LANGUAGE = "simple"
    assert count_stems(["the walks"])[0] == {"the": 1, "walks": 1}


def test_words_of_a_stem_are_found_among_others() -> None:
    assert words_with(["walk", "a320neo"], among={"walks", "walker", "walking", "a320neo"}) == {
        "walks",
        "walking",
        "a320neo",
    }


def test_what_is_known_of_words_stays_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems, "MOST_KNOWN", 10)
    monkeypatch.setattr(stems, "_known", {})
    for letter in "abcdefgh":
        assert count_stems([f"{letter}x {letter}y walking"])[0]["walk"] == 1
    assert len(stems._known["english"].of_word) <= 13


def test_highlights_are_whole_words_and_keep_their_place_beside_odd_characters() -> None:
    text = "İstanbul walks; sidewalk, Walking_walked 倉walk"
    ((spans),) = find_highlights([(text, 0, len(text))], stems=["walk"])
    assert [text[start:end] for start, end in spans] == ["walks", "Walking", "walked", "walk"]


class Vast(dict[str, str]):
    """Words that nobody may walk through."""

    def __iter__(self) -> Any:
        raise AssertionError("every word that is known was looked at")

    def keys(self) -> Any:
        raise AssertionError("every word that is known was looked at")


def test_a_text_is_not_compared_with_all_that_is_known(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    known = Stems()
    known.of_word = Vast()
    known.learn({"walks": "walk"})
    monkeypatch.setattr(stems, "_known", {settings.SEARCH_LANGUAGE: known})
    assert count_stems(["walks"]) == [{"walk": 1}]
    assert find_known_places("walks") == {"walk": [1]}
    assert words_with(["walk"], among={"walks", "3"}) == {"walks"}


def test_only_what_is_known_is_counted_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems, "_known", {})
    text = "The walkers walked 3 miles of A320neo"
    assert find_known_places(text) is None
    [found] = find_places([text])
    assert find_known_places(text) == found == {"walker": [2], "walk": [3], "3": [4], "mile": [5], "a320neo": [7]}
