"""What people plainly tell of themselves, of their teams and of what these run on; and what only looks like it."""

import pytest

from memory.extraction.diff import Move
from memory.vocabulary.keys import fold_key
from tests.memory.extraction.told import WEDNESDAY, read, told

HABITS = [
    ("I play the harp and chess.", ["me plays harp", "me plays chess"]),
    ("My friend Anna plays table tennis.", ["me has_friend Anna", "Anna plays table tennis"]),
    ("I collect fountain pens and old maps.", ["me collects fountain pens", "me collects old maps"]),
    ("I'm learning Danish and Kotlin.", ["me learns Danish", "me learns Kotlin"]),
    ("I drive a 2011 Fiat Panda.", ["me drives 2011 Fiat Panda"]),
    ("I don't eat beef or lamb.", ["me avoids beef", "me avoids lamb"]),
    ("I can't drink milk.", ["me avoids milk"]),
    ("I teach modern history.", ["me teaches modern history"]),
    ("I run a small bike workshop.", ["me runs small bike workshop"]),
]
ORIGINS = [
    ("I was born in Quito in 1979.", ["me birthplace Quito", "me birth_year 1979"]),
    ("I just started learning Korean.", ["me learns Korean"]),
    ("I'm coeliac.", ["me has_condition coeliac disease"]),
    ("My middle name is Rosalind.", ["me middle_name Rosalind"]),
    ("I grew up in Lodz.", ["me hometown Lodz"]),
    ("I'm originally from Accra.", ["me hometown Accra"]),
    ("My wife Nia is from Lima.", ["me married_to Nia", "Nia hometown Lima"]),
    ("hey i'm jonas, 41, software dev from graz", ["me name Jonas", "me age 41", "me role software dev"]),
    ("I'm five foot eleven.", ["me height five foot eleven"]),
    ("I'm left-handed.", ["me handedness left-handed"]),
    ("Our wedding anniversary is 3 May.", ["me anniversary 3 May"]),
]
WORK = [
    ("Our team uses Ansible.", ["me uses Ansible"]),
    ("The staging server runs Debian 12.", ["staging server uses Debian 12"]),
    ("The backend is written in Erlang.", ["backend uses Erlang"]),
    ("Marcus leads the billing team.", ["Marcus leads billing team"]),
    ("The budget for Apollo is 12,000 euros.", ["Apollo budget 12,000 euros"]),
    ("Omar joined our team as a data analyst.", ["Omar role data analyst"]),
    ("I study law at the University of Graz.", ["me field_of_study law", "me studied_at University of Graz"]),
]
THINGS = [
    ("My phone is a Fairphone 5.", ["me owns Fairphone 5"]),
    ("My bike is a green Brompton.", ["me owns Brompton"]),
    ("My dentist is Dr. Roos.", ["Dr. Roos role dentist"]),
    ("I have a golden retriever named Bo.", ["me has_pet Bo"]),
    ("My name is spelled Kathryn.", ["me name Kathryn"]),
    ("My go-to snack is popcorn.", ["me favourite_snack popcorn"]),
    ("My wife and I live in Turin.", ["me lives_in Turin"]),
]
ONLY_ALIKE = [
    "I don't eat pork on Fridays.",
    "I don't always eat breakfast.",
    "I don't eat enough vegetables.",
    "My kids don't eat fish.",
    "I'm six feet under.",
    "I drive a hard bargain.",
    "I drive a Ferrari in my dreams.",
    "My car is a wreck.",
    "My car is Italian.",
    "My bike is Tom's.",
    "My brother's is a Gibson.",
    "I'm playing chess with Anna.",
    "I collect my kids at five.",
    "I collect debts.",
    "Liverpool leads the league.",
    "I was born in a small town.",
    "I was born in October.",
    "The wine is from Portugal.",
    "My car was born in Detroit.",
    "The backend was written in Perl.",
    "The other service runs on Java.",
    "Pain is my teacher.",
    "Procrastination is my boss.",
    "I run a tight ship.",
    "I teach history a lesson.",
    "i'm grace under pressure",
    "Our anniversary is in June.",
]


@pytest.mark.parametrize(("text", "expected"), HABITS + ORIGINS + WORK + THINGS)
def test_what_is_plainly_told_is_read(text: str, expected: list[str]) -> None:
    assert told(text)[: len(expected)] == expected


@pytest.mark.parametrize("text", ONLY_ALIKE)
def test_what_only_looks_alike_claims_nothing_and_is_told(text: str) -> None:
    diff = read(text)
    assert diff.facts == ()
    assert diff.unread or "dreams" in text


@pytest.mark.parametrize("text", ["Call me crazy.", "Call me later.", "Call me Monday.", "Call me if Anna comes."])
def test_being_called_orders_nothing_durable_without_a_name(text: str) -> None:
    assert read(text).instructions == ()


@pytest.mark.parametrize("text", ["Call me Teddy.", "You can call me Teddy.", "call me theo", "Call me Dr. Roos."])
def test_a_name_to_be_called_by_is_an_instruction(text: str) -> None:
    assert [row.topic for row in read(text).instructions] == ["name"]


def test_a_part_of_an_introduction_that_was_not_understood_is_told() -> None:
    diff = read("I'm Sam from Acme.")
    assert ([fact.value for fact in diff.facts], len(diff.unread)) == (["Sam"], 1)


def test_a_weekend_is_its_saturday() -> None:
    assert [str(fact.valid_from)[:10] for fact in read("I moved to Oslo last weekend.").facts] == ["2026-03-14"]
    assert f"{WEDNESDAY:%A}" == "Wednesday"


def test_what_was_played_once_ends() -> None:
    assert [fact.move for fact in read("I used to play tennis.").facts] == [Move.END, Move.ADD]


@pytest.mark.parametrize("key", ["subject", "from", "major", "instrument", "sport", "learning"])
def test_a_record_s_own_word_stays_its_key(key: str) -> None:
    """A mail's subject is no field of study: callers' keys pass through the same list."""
    assert fold_key(key) == key
