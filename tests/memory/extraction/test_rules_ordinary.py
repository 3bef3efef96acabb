"""Ordinary verbs, subjects with a number or a place, whom pronouns mean, and figures of speech that are none."""

import pytest

from tests.memory.extraction.told import read, told

TOLD = [
    ("My boss is moving to the Paris office.", ["me boss_is_moving_to Paris office"]),
    ("My roommate is dating a firefighter.", ["me roommate_is_dating firefighter"]),
    ("We sold the tractor and bought a second-hand harvester.", ["me sold tractor", "me bought second-hand harvester"]),
    ("We sold the hens and bought goats instead.", ["me sold hens", "me bought goats"]),
    ("The Millers' kitchen tap is leaking.", ["Millers kitchen_tap_status leaking"]),
    ("I trained in Porto.", ["me trained_in Porto"]),
    ("My guitar was built in Valencia in 1972.", ["me guitar_built_in Valencia"]),
    ("Our revenue in 2024 was 3 million euros.", ["me revenue_was 3 million euros"]),
    ("My late grandfather was a miner.", ["me late_grandfather_was miner"]),
    ("Guest in room 301 needs a cot.", ["Guest in room 301 needs cot"]),
    ("The patient in bed 9 was admitted on 3 March.", ["patient in bed 9 admitted 3 March"]),
    (
        "Ms. Silva from Porto called about her booking.",
        ["Ms. Silva hometown Porto", "Ms. Silva called_about her booking"],
    ),
    ("My father he is a fisherman.", ["me father_role fisherman"]),
    ("I love so much pizza.", ["me likes pizza"]),
    ("I live alone in a cottage near Bergen.", ["me lives alone", "me dwelling cottage near Bergen"]),
    ("My teacher is very strict.", ["me teacher_described_as strict"]),
    ("I'm a member of the rowing club.", ["me member_of rowing club"]),
    (
        "The printer is out of toner and shows error 0x6100.",
        ["printer status out of toner", "printer shows error 0x6100"],
    ),
    ("Our landlord is Vonovia, and their hotline is 0234 314.", ["me landlord Vonovia", "Vonovia hotline 0234 314"]),
    ("Mr. Brown called; his email is brown@acme.example.", ["Mr. Brown email brown@acme.example"]),
    ("I work for Siemens, which makes turbines.", ["me works_at Siemens", "Siemens makes turbines"]),
    ("My sister Ina is 12 and wants a horse.", ["me has_sibling Ina", "Ina age 12", "Ina wants a horse"]),
]
FIGURES = [
    "I lost my mind.",
    "I picked up the pieces.",
    "We bought time.",
    "My boss is building castles in the air.",
    "I'm building a wall around my heart.",
    "I broke the ice.",
    "Tom is seeing stars.",
    "I'm opening a can of worms.",
    "My late lunch was a sandwich.",
    "Lost my keys at Siemens.",
]


@pytest.mark.parametrize(("text", "expected"), TOLD)
def test_what_ordinary_verbs_say_is_told(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize("text", FIGURES)
def test_figures_of_speech_stay_unread_and_are_told(text: str) -> None:
    diff = read(text)
    assert (diff.facts, len(diff.unread)) == ((), 1)


def test_what_somebody_is_after_is_told_as_unread_behind_what_he_is() -> None:
    diff = read("I am 17 and want to become a pilot.")
    assert (len(diff.facts), diff.unread) == (1, ("want to become a pilot",))
