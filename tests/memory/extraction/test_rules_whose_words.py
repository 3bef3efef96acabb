"""Whose words a clause holds, of whom it tells and for how long: nothing of that is guessed or dropped."""

from datetime import UTC, datetime

import pytest

from tests.memory.extraction.told import read, told

OTHERS_WORDS = [
    "She wrote in her email: I am the new head of purchasing.",
    "He wrote in his text: I have a broken arm.",
    "My boss texted me yesterday: we are moving to Hull.",
    "My colleague goes: I'm leaving at the end of the month.",
    "Dana replied: I live in Porto.",
    "She wrote me, I am a nurse.",
    "I live in Rome, she wrote.",
    "I am a nurse, my sister said.",
    "My sister says I am a nurse.",
    "My neighbour thinks I'm a smoker.",
    '"I live in Rome," she wrote to me.',
]
OWN_WORDS = [
    ("I told you: I live in Leeds.", ["me lives_in Leeds"]),
    ("As I told you, I work at Hooli.", ["me works_at Hooli"]),
    ("My sister writes novels, I am a plumber.", ["me sister_writes novels", "me role plumber"]),
    ("Ana lives in Rome, my sister said.", ["Ana lives_in Rome reported"]),
]
REFERRED = [
    (
        "My vet is called Ada Moss, I see her each quarter.",
        ["Ada Moss role vet", "me vet Ada Moss", "me sees Ada Moss each quarter"],
    ),
    (
        "Colin and I live two doors down from his mum.",
        ["me lives two doors down from Colin's mum", "Colin lives two doors down from Colin's mum"],
    ),
    (
        "My wife and I run a bakery with her brother.",
        ["me runs bakery with my wife's brother", "me wife_runs bakery with my wife's brother"],
    ),
    ("I share a flat with Tom and his dog.", ["me shares flat with Tom and his dog"]),
    ("My sister Anna keeps her bike in our garage.", ["me has_sibling Anna", "Anna keeps bike in our garage"]),
]
NOBODY = ["I see her each quarter.", "I visit them every Sunday.", "I keep his bike in our garage."]
OF_THE_FAMILY = [
    ("Our Denise works nights.", ["Denise works nights"]),
    ("Our Kevin drives buses at Stagecoach.", ["Kevin drives buses at Stagecoach"]),
    ("Our Poppy plays the cello.", ["Poppy plays cello"]),
    ("Wee Isla was born on the 2nd of February.", ["Isla birthday the 2nd of February"]),
    ("Our Tesla is electric.", ["me tesla_described_as electric"]),
]
NEARLY = [
    ("My dog Tui is nearly twelve.", ["me has_pet Tui", "Tui age nearly 12", "Tui species dog"]),
    ("My daughter is almost ten.", ["me daughter_age almost 10"]),
    ("Customer Mrs Rae wants oak stairs.", ["Customer Mrs Rae wants oak stairs"]),
]


@pytest.mark.parametrize("text", OTHERS_WORDS)
def test_what_others_say_of_themselves_is_not_the_speakers(text: str) -> None:
    diff = read(text)
    assert ([fact.key for fact in diff.facts], len(diff.unread) > 0) == ([], True)


@pytest.mark.parametrize(("text", "expected"), OWN_WORDS)
def test_who_speaks_himself_is_read(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(("text", "expected"), REFERRED)
def test_a_pronoun_means_who_was_named(text: str, expected: list[str]) -> None:
    diff = read(text)
    assert (told(text), diff.unread) == (expected, ())


@pytest.mark.parametrize("text", NOBODY)
def test_a_pronoun_that_means_nobody_leaves_its_clause_unread(text: str) -> None:
    assert (told(text), len(read(text).unread)) == ([], 1)


@pytest.mark.parametrize(("text", "expected"), OF_THE_FAMILY)
def test_our_denise_is_denise(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(("text", "expected"), NEARLY)
def test_an_age_that_is_nearly_so_and_a_customers_wish_are_told(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


UNTIL = [
    ("My duty this week is from 8 in the evening to 8 in the morning.", datetime(2026, 3, 23, tzinfo=UTC)),
    ("My office today is room 12.", datetime(2026, 3, 19, tzinfo=UTC)),
    ("My passcode until Friday is 4471.", datetime(2026, 3, 20, tzinfo=UTC)),
]


@pytest.mark.parametrize(("text", "until"), UNTIL)
def test_a_time_within_a_clause_bounds_what_it_tells(text: str, until: datetime) -> None:
    (fact,) = read(text).facts
    assert fact.valid_until == until


@pytest.mark.parametrize("text", ["For now I live in Leeds.", "I live in Leeds for the time being."])
def test_for_now_is_told_as_no_date(text: str) -> None:
    diff = read(text)
    assert (diff.facts[0].time_unresolved != "", [row.kind for row in diff.uncertainties]) == (True, ["time"])


def test_how_often_stands_beside_what_is_told_without_it() -> None:
    assert told("I play badminton on Sunday mornings.") == [
        "me plays badminton",
        "me plays_badminton_when on Sunday mornings",
    ]


def test_a_shift_stands_beside_its_firm() -> None:
    assert told("Denise works nights at Pinderfields.") == ["Denise works_at Pinderfields", "Denise works nights"]


SAID_OF_NOW = [
    "My duty {} is nights.",
    "I live in Leeds {}.",
    "My phone number {} is 0123 456789.",
    "I'm on call {}.",
    "My car is in the garage {}.",
    "The shop is closed {}.",
    "I drive a Volvo {}.",
    "My back is bad {}.",
    "My brother works nights {}.",
]


@pytest.mark.parametrize("text", SAID_OF_NOW)
@pytest.mark.parametrize("time", ["this week", "today", "until Friday", "for now", "next week"])
def test_no_time_is_dropped_silently(text: str, time: str) -> None:
    diff = read(text.format(time))
    for fact in diff.facts:
        bounded = fact.valid_from or fact.valid_until or fact.time_unresolved
        assert bounded or time in fact.value or diff.unread
