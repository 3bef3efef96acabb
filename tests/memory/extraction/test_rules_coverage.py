"""A clause counts as read only where all of it stands in its rows: else it is told as unread beside them."""

import pytest

from tests.memory.extraction.told import read, told

CUT_SHORT = [
    ("I just recently moved to a bigger flat in Leith.", ["me lives_in Leith"]),
    ("I'm originally from a town called Nitra in Slovakia.", ["me hometown Nitra"]),
    ("I'm known as Mac to everyone on site.", ["me nickname Mac"]),
    ("I have an MBA from INSEAD.", ["me studied_at INSEAD"]),
    ("I work at a bookstore called Inkwell.", ["me works_at Inkwell"]),
]
WHOLE = [
    ("our cat is called Mochi", ["me has_pet Mochi", "Mochi species cat"]),
    ("My horse is named Silver.", ["me has_pet Silver", "Silver species horse"]),
    ("I prefer tabs over spaces.", ["me likes tabs", "me prefers tabs over spaces"]),
    ("We have twins, Mia and Noah.", ["me has_child Mia", "me has_child Noah", "me has twins"]),
    ("The server moved from Leeds to York.", ["server location York", "server moved_from Leeds"]),
    ("My wife Nia is from Lima.", ["me married_to Nia", "Nia hometown Lima"]),
]


@pytest.mark.parametrize(("text", "expected"), CUT_SHORT)
def test_words_that_stand_in_no_row_make_a_clause_unread_as_well(text: str, expected: list[str]) -> None:
    assert (told(text), len(read(text).unread)) == (expected, 1)


@pytest.mark.parametrize(("text", "expected"), WHOLE)
def test_a_clause_whose_words_all_stand_in_its_rows_is_read(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


def test_each_of_two_things_has_its_own_time() -> None:
    diff = read("Leo has a dentist appointment on Tuesday at 4 and football practice on Thursday.")
    days = [(fact.value, fact.valid_from and fact.valid_from.day) for fact in diff.facts]
    assert days == [("dentist appointment at 4", 24), ("football practice", 19)]


def test_a_time_behind_what_was_not_read_dates_nothing() -> None:
    diff = read("Leo has a dentist appointment on Tuesday at 4 and a chat with the zorbs on Thursday.")
    assert [fact.valid_from and fact.valid_from.day for fact in diff.facts] in ([], [24])


def test_what_is_laughed_at_leaves_no_clause_untold() -> None:
    diff = read("my dad found some zorbs and he's obsessed with it lol")
    assert len(diff.unread) + len(diff.uncertainties) == 2
