"""Kinds that were wrong or silent once: each part of a clause stands in a row, or the clause is told as unread."""

import pytest

from memory.extraction.diff import Modality
from tests.memory.extraction.told import read, told

WHOLE = [
    ("I drive a van with a crack in the windscreen.", ["me drives van with crack in windscreen"]),
    (
        "I own a red bike with a basket on the front.",
        ["me owns red bike", "me owns_red_bike_with basket on front"],
    ),
    ("We use Slack for chat with clients.", ["me uses Slack", "me uses_slack_for chat with clients"]),
    ("My son started at a new school in September.", ["me son_started_at new school"]),
    ("My daughter started at the University of Leeds in 2024.", ["me daughter_started_at University of Leeds"]),
    ("My son joined a football club in January.", ["me son_joined football club"]),
    ("Mia joined a gym in January.", ["Mia member_of gym"]),
    ("Leo started at nursery last week.", ["Leo began_at nursery"]),
    ("I work with Dan in the Oslo office.", ["me working_with Dan in Oslo office"]),
    ("The marketing team meets every Monday at ten.", ["marketing team meets every Monday at ten"]),
    ("The choir rehearses every Tuesday.", ["choir rehearses every Tuesday"]),
    ("My wife and I met at a dance class.", ["me met_at dance class", "me wife_met_at dance class"]),
    ("My brother and I run a bakery.", ["me runs bakery", "me brother_runs bakery"]),
    (
        "I have a twin sister named Paula.",
        ["me has_sibling Paula", "me twin_sister Paula"],
    ),
    ("Our younger son is called Matteo.", ["me has_child Matteo", "me younger_son Matteo"]),
    ("My adopted daughter Lin is six.", ["me has_child Lin", "Lin age 6", "me adopted_daughter Lin"]),
    ("My half-brother Max lives in Rome.", ["me half_brother Max", "Max lives_in Rome"]),
    ("My landlord's name is Peter Novak.", ["Peter Novak role landlord", "me landlord Peter Novak"]),
    (
        "Our dog Biscuit is a seven-year-old beagle.",
        ["me has_pet Biscuit", "Biscuit breed beagle", "Biscuit age 7"],
    ),
    ("My parents have been married for forty-one years.", ["me parents_married_for forty-one years"]),
    ("My husband works night shifts at the hospital.", ["me husband_works night shifts at hospital"]),
    ("Dana has been our lead engineer since 2024.", ["Dana role lead engineer"]),
    ("I was born in Quito but raised in Toronto.", ["me birthplace Quito", "me raised_in Toronto"]),
    (
        "The deadline for the grant application is the fifteenth of January.",
        ["grant application deadline the fifteenth of January"],
    ),
    ("The launch has been pushed back to March.", ["launch date March"]),
    ("My brother works for himself.", ["me brother_employment self-employed"]),
]
TOLD = [
    ("My sister dislikes glorb fnord because of blah.", ["me sister_dislikes glorb fnord"]),
    ("I use a split keyboard because of RSI.", ["me uses split keyboard"]),
    ("Kemal is from Izmir, and he moved here six years ago.", ["Kemal comes_from Izmir"]),
    ("I moved here in 2018.", ["me moved 2018"]),
    ("My wife started at a new school in September as a teacher.", []),
    ("The meeting moved to Friday at ten.", []),
    ("My half-brother is called a fool.", []),
    ("I got lucky, and Tom is our hero.", []),
]
OVER = [
    ("My sister used to live in Glasgow.", "sister_used_to", "live in Glasgow"),
    ("I no longer live in Manchester.", "used_to", "live in Manchester"),
    ("I used to play rugby for my county.", "used_to", "play rugby for my county"),
    ("I quit my job in January.", "quit", "job"),
    ("I stopped drinking in 2019.", "stopped", "drinking"),
    ("I left Siemens in January.", "left", "Siemens"),
]


@pytest.mark.parametrize(("text", "expected"), WHOLE)
def test_all_of_a_clause_is_told(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_what_stands_in_no_row_is_told_as_unread(text: str, expected: list[str]) -> None:
    assert told(text) == expected
    assert read(text).unread


@pytest.mark.parametrize(("text", "key", "value"), OVER)
def test_what_is_over_is_told_even_where_nothing_is_known_of_it(text: str, key: str, value: str) -> None:
    assert (key, value) in [(fact.key, fact.value) for fact in read(text).facts]


@pytest.mark.parametrize("text", ["I got divorced last year.", "I was fired."])
def test_an_end_without_words_of_its_own_is_told_as_unread(text: str) -> None:
    assert read(text).unread


def test_hearsay_of_an_end_leaves_a_claim() -> None:
    rows = read("Apparently Dan has quit his job.").facts
    assert [(fact.key, fact.value) for fact in rows if fact.value] == [("quit", "job")]
    assert {fact.modality for fact in rows} == {Modality.REPORTED}


@pytest.mark.parametrize("text", ["I'm the king of France, just kidding.", "I have twelve kids, joking of course."])
def test_a_joke_without_a_row_is_told(text: str) -> None:
    diff = read(text)
    assert (diff.facts, [each.kind for each in diff.uncertainties]) == ((), ["joke"])


def test_last_year_is_no_day() -> None:
    (fact,) = read("I gave away my car last year.").facts
    assert str(fact.valid_from)[:10] == "2025-01-01"
