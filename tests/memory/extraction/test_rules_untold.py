"""What a clause says besides is kept or told: no half of a plain statement vanishes."""

import pytest

from tests.memory.extraction.told import read, told

WHOLE = [
    ("I retired in 2016.", ["me works_at ended", "me retired 2016"]),
    ("I resigned last month.", ["me works_at ended", "me resigned 2026-02"]),
    ("I have two cats, Olive and Pip.", ["me has_pet Olive", "me has_pet Pip", "Olive species cat", "Pip species cat"]),
    ("I have one younger sister.", ["me number_of_younger_sisters 1"]),
    ("I have two brothers.", ["me number_of_brothers 2"]),
    ("We're closed on Sundays.", ["me closed Sundays"]),
    (
        "My boyfriend and I are getting married on 4 October.",
        ["me wedding_date 4 October", "me engaged_to boyfriend"],
    ),
    ("I study physics in my first year.", ["me field_of_study physics", "me studies_in first year"]),
    ("I study law in Ghent.", ["me field_of_study law", "me studies_in Ghent"]),
    ("My train to Lyon leaves Friday at 7:12.", ["me train_to_lyon_departs Friday at 7:12"]),
]
IRONIES = [
    "Great, my favourite hobby is standing in a queue again.",
    "Wonderful, I love waiting on hold.",
    "Lovely, just what I enjoy: traffic on a Monday.",
]
DENIED = [
    "I'm not a vegetarian.",
    "My wife isn't called Susan.",
    "I never lived in Paris.",
    "We don't have a garden.",
]
POSSIBLE = ["I might move to Portugal.", "Maybe my sister's birthday is in May.", "Perhaps we live in Delft."]


@pytest.mark.parametrize(("text", "expected"), WHOLE)
def test_nothing_that_was_said_besides_is_lost(text: str, expected: list[str]) -> None:
    diff = read(text)
    assert (told(text), diff.unread) == (expected, ())


@pytest.mark.parametrize("text", IRONIES)
def test_praise_of_a_nuisance_claims_nothing(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize("text", ["Great, my favourite colour is green.", "Wonderful, I love cleaning."])
def test_praise_of_what_is_good_is_meant(text: str) -> None:
    assert len(told(text)) == 1


def test_what_is_open_from_monday_to_friday_is_so_every_week() -> None:
    (fact,) = read("The library is open from Monday to Friday.").facts
    assert (fact.valid_from, fact.valid_until) == (None, None)


@pytest.mark.parametrize("text", DENIED)
def test_a_denial_is_told_as_unread(text: str) -> None:
    assert (told(text), len(read(text).unread)) == ([], 1)


@pytest.mark.parametrize("text", POSSIBLE)
def test_a_possibility_is_told_as_one(text: str) -> None:
    diff = read(text)
    assert (told(text), [each.kind for each in diff.uncertainties]) == ([], ["unread"])


def test_a_span_lasts_through_its_last_day() -> None:
    (fact,) = read("I'm on vacation from July 5 to July 19.").facts
    assert str(fact.valid_until)[:10] == "2026-07-20"


def test_a_departure_is_of_one_day() -> None:
    (fact,) = read("My flight to Oslo leaves Thursday at 6:45.").facts
    assert str(fact.valid_until)[:10] == "2026-03-20"
