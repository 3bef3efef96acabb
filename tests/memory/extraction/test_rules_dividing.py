"""A clause of two facts is read as two clauses where each of them is read whole, and is unread where one is not."""

import pytest

from tests.memory.extraction.told import read, told

DIVIDED = [
    ("My girlfriend Mia, a vet, works in Zurich.", ["me girlfriend Mia", "Mia role vet", "Mia works_in Zurich"]),
    (
        "Bruno, our golden retriever, turned eleven last week.",
        ["me has_pet Bruno", "Bruno species golden retriever", "Bruno age 11"],
    ),
    ("My car, a 2015 Golf, needs new brakes.", ["me owns 2015 Golf", "me car_needs new brakes"]),
    ("I live in Ghent with two parrots.", ["me lives_in Ghent", "me has two parrots"]),
    ("Yusuf, my flatmate, doesn't touch alcohol.", ["me flatmate Yusuf", "Yusuf does_not touch alcohol"]),
    ("I'm married and have three children.", ["me marital_status married", "me number_of_children 3"]),
    (
        "We use Slack for chat and Notion for docs.",
        ["me uses Slack", "me uses_slack_for chat", "me uses Notion", "me uses_notion_for docs"],
    ),
    ("My brother lives in Canada and my sister in Japan.", ["me brother_lives_in Canada", "me sister_lives_in Japan"]),
    (
        "My mother was born in 1950 and my father in 1948.",
        ["me mother_birth_year 1950", "me father_birth_year 1948"],
    ),
    (
        "I bike to work in summer and take the tram in winter.",
        ["me bikes_to work in summer", "me takes tram in winter"],
    ),
    (
        "The contract is for 24 months and costs 39 euros a month.",
        ["contract duration 24 months", "contract price 39 euros a month"],
    ),
    ("My mother is 84 and still drives.", ["me mother_age 84", "me mother_habit driving"]),
    ("I'm allergic to cats, that's why we have a dog.", ["me allergic_to cats", "me number_of_dogs 1"]),
]
IN_CHAT = [
    ("my gf is from brazil n she works as a barista", ["me girlfriend_hometown Brazil", "me girlfriend_role barista"]),
    (
        "i live in tampa now, used to be in chicago",
        ["me lives_in Tampa", "me location_now Chicago ended", "me used_to be in Chicago"],
    ),
    (
        "my sister anna works at aldi and shes 30",
        ["me has_sibling Anna", "Anna works_at aldi", "Anna age 30"],
    ),
    ("my dog max is 4 yrs old", ["me has_pet Max", "Max age 4", "Max species dog"]),
]


@pytest.mark.parametrize(("text", "expected"), [*DIVIDED, *IN_CHAT])
def test_each_of_two_facts_is_told(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


@pytest.mark.parametrize(
    "text",
    [
        "Mia, a riddle, works in Zurich.",
        "I can't eat gluten and drink milk.",
        "I don't live in Rome and work for Fiat.",
    ],
)
def test_nothing_is_told_of_a_part_where_the_other_is_not_read(text: str) -> None:
    assert not {fact.key for fact in read(text).facts} & {"drinks", "works_at", "works_in", "role"}


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("I think my sister lives in Rome and works at Fiat.", "hedged"),
        ("Tom says Anna lives in Rome and works at Fiat.", "reported"),
    ],
)
def test_what_goes_on_without_a_subject_is_said_in_the_same_manner(text: str, manner: str) -> None:
    assert [fact.modality.value for fact in read(text).facts] == [manner, manner]


def test_a_verb_that_is_said_twice_is_never_part_of_a_value() -> None:
    expected = ["me mum_lives_in Spain", "me dad_died 2012"]
    assert told("My mum lives in Spain, my dad passed away in 2012.") == expected


def test_an_order_behind_a_statement_is_none_of_its_facts() -> None:
    assert told("I'm vegan and send me the link.") == ["me diet vegan"]


def test_a_meeting_that_was_moved_is_at_no_place() -> None:
    assert told("The meeting with the auditors was moved to 12 December.") == []


def test_since_when_somebody_is_away_is_not_since_when_he_is_the_manager() -> None:
    manager, leave = read("My boss, Mr. Oduya, is on leave until Friday.").facts
    assert (manager.key, manager.valid_until, str(leave.valid_until)[:10]) == ("reports_to", None, "2026-03-20")


def test_what_is_laughed_at_and_not_read_is_told_as_unread() -> None:
    assert read("my car broke down yesterday lol").unread
