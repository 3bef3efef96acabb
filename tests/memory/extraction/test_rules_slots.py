"""Slots that plain talk fills in its own ways: spans of days, posts, wares, tools, and what stays untold."""

import pytest

from memory.extraction.diff import Modality
from tests.memory.extraction.told import read, told

READ = [
    ("I'm on leave from 2 to 9 April.", ["me status on leave future"]),
    ("She's a colleague. I'm a member of the Liberal Club.", ["me member_of Liberal Club"]),
    ("I work as a porter at St. James' Infirmary.", ["me role porter", "me works_at St. James' Infirmary"]),
    ("I work at Wetherby's.", ["me works_at Wetherby's"]),
    ("The Orchard project is due on 4 May 2026.", ["Orchard deadline 4 May 2026"]),
    ("Orchard's deadline has been moved to 11 June.", ["Orchard deadline 11 June"]),
    ("The price of Lamp Nine went up to 48 euros.", ["Lamp Nine price 48 euros"]),
    ("My email changed to ida@mill.example.", ["me email ida@mill.example"]),
    ("The Windsor stool costs 89 pounds.", ["Windsor stool price 89 pounds"]),
    ("The Windsor stool is made by Ercol.", ["Windsor stool manufacturer Ercol"]),
    ("I switched from Trello to Notion.", ["me uses Trello ended", "me uses Notion"]),
    ("My blood group is AB positive.", ["me blood_type AB positive"]),
    ("I live with my husband Piet in Leuven.", ["me lives_in Leuven", "me married_to Piet"]),
    ("The new CFO of Halden is Berta Roos.", ["Berta Roos role CFO", "Berta Roos works_at Halden"]),
    ("I'm Ravi and I work on the ticketing app.", ["me name Ravi", "me works_on ticketing app"]),
    ("We use Kafka and Redis at work.", ["me uses Kafka", "me uses Redis"]),
    ("I'm gluten intolerant.", ["me intolerant_to gluten"]),
    ("I became a plumber in 2012.", ["me role plumber"]),
    (
        "I have a parrot called Kiwi and a dog named Bo.",
        ["me has_pet Kiwi", "Kiwi species parrot", "me has_pet Bo", "Bo species dog"],
    ),
    ("We have twins, Lea and Tom.", ["me has_child Lea", "me has_child Tom", "me has twins"]),
    ("I have type 2 diabetes and asthma.", ["me has_condition type 2 diabetes", "me has_condition asthma"]),
    ("I was diagnosed with coeliac disease in 2020.", ["me has_condition coeliac disease"]),
    ("I'm epileptic.", ["me has_condition epilepsy"]),
]
NOTHING = [
    "I switched from Lidl to Aldi.",
    "The president of Peru is Ana Solis.",
    "I'm on leave around 5 or 6 April.",
    "I was going to move to Turku but I stayed.",
    "We were just about to move to Turku.",
    "I have diabetes patients all day.",
    "I don't have asthma.",
    "My husband Carl says he is leaving me.",
    "Have a look:\nFrom: Kai Lund\nSubject: News\n\nI moved to Graz and I work at AVL.\nBest, Kai",
    "-----Original Message-----\nI live in Turku.",
    "On Mon, 3 Nov 2025, Ben Ode wrote:\nI live in Turku.",
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_slot_is_filled_with_what_was_said(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_not_sure_claims_nothing_of_the_speaker(text: str) -> None:
    assert told(text) == []


def test_a_span_of_days_to_come_begins_and_ends_in_one_year() -> None:
    (fact,) = read("I'm on vacation from 28 December to 4 January.").facts
    assert (fact.modality, str(fact.valid_from)[:10], str(fact.valid_until)[:10]) == (
        Modality.FUTURE,
        "2026-12-28",
        "2027-01-05",
    )


def test_a_relative_stays_told_when_the_rest_was_not_understood() -> None:
    diff = read("My daughter Runa dreads school in September.")
    assert ([fact.key for fact in diff.facts], len(diff.unread)) == (["has_child"], 1)
    assert diff.facts[0].valid_from is None


def test_what_somebody_does_not_smoke_is_left_to_a_model_and_not_passed_over() -> None:
    assert read("I don't smoke.").unread


CORRECTED = [
    ("I live in Bern. Sorry, I meant Basel, not Bern.", ["me lives_in Basel corrected"]),
    ("I'm 37. Sorry, 38.", ["me age 38 corrected"]),
    ("My birthday is 4 May. No, 5 May.", ["me birthday 5 May corrected"]),
    (
        "I work at Hooli and live in Bern. Correction: Basel, not Bern.",
        ["me works_at Hooli", "me lives_in Basel corrected"],
    ),
    ("I work at Hooli. Sorry, Pied Piper.", ["me works_at Pied Piper corrected"]),
    ("I work at Hooli. Sorry, Tom.", ["me works_at Hooli"]),
    ("I live in Bern. No, thanks.", ["me lives_in Bern"]),
]


@pytest.mark.parametrize(("text", "expected"), CORRECTED)
def test_a_correction_that_is_no_sentence_replaces_what_it_names(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize("text", ["Sorry, I meant Basel, not Bern.", "Not Bern, Basel."])
def test_a_correction_of_an_earlier_turn_is_told_as_unread(text: str) -> None:
    assert read(text).unread


@pytest.mark.parametrize(
    ("text", "expected"),
    [("My favourite band is Pulp now.", "me favourite_band Pulp"), ("I hate coffee now.", "me dislikes coffee")],
)
def test_now_is_no_part_of_a_value(text: str, expected: str) -> None:
    assert told(text) == [expected]
