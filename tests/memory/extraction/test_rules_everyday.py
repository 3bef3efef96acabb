"""Everyday talk: hours and routines, figures that change, a second clause, kin, preferences, purchases."""

import pytest

from tests.memory.extraction.told import read, told

HOURS = [
    ("Our salon opens at ten and closes at seven.", ["me salon_opens ten", "me salon_closes seven"]),
    ("Design sync is at 11:30 every day except Thursday.", ["Design sync date 11:30 every day except Thursday"]),
    ("The museum is open from Tuesday to Sunday.", ["museum opening_hours from Tuesday to Sunday"]),
    ("We're open Monday to Friday.", ["me opening_hours Monday to Friday"]),
    ("The pharmacy opens at eight and closes at noon.", ["pharmacy opens eight", "pharmacy closes noon"]),
    ("We open at nine and close at five.", ["me opens nine", "me closes five"]),
    ("Our standup is at 9:15 every day except Monday.", ["me standup_date 9:15 every day except Monday"]),
    ("On Tuesdays I go to the pool.", ["me routine go to the pool on Tuesdays"]),
    ("On weekends, I work in a cinema.", ["me routine work in a cinema on weekends"]),
]
FIGURES = [
    ("The docking fee went up to 60 euros a week.", ["docking fee is 60 euros a week"]),
    ("The rent rose to 1,250 a month.", ["me rent 1,250 a month"]),
    ("Our gym fee went up from 30 to 38 euros a month.", ["me gym_fee 38 euros a month"]),
    ("A dozen eggs costs 4 euros now.", ["dozen eggs price 4 euros"]),
    ("The gate code changed to 7712.", ["gate code is 7712"]),
    ("We have 30 nurses in the ward.", ["me has 30 nurses in ward"]),
    ("The proxy listens on port 3128.", ["proxy listens_on port 3128"]),
]
SECOND = [
    ("My boss is Oksana, she sits in Ternopil.", ["me reports_to Oksana", "Oksana sits_in Ternopil"]),
    ("My boss is Marek, he sits in Prague.", ["me reports_to Marek", "Marek sits_in Prague"]),
    ("My manager is Ilse Wolf, her extension is 410.", ["me reports_to Ilse Wolf", "Ilse Wolf extension 410"]),
    ("Our supplier is Agrimill, they deliver on Fridays.", ["me supplier Agrimill", "Agrimill delivers Fridays"]),
    (
        "My mother has asthma and takes prednisone.",
        ["me mother_has_condition asthma", "me mother_medication prednisone"],
    ),
    ("My name is Benedikt, but colleagues call me Ben.", ["me name Benedikt", "me nickname Ben"]),
]
KIN = [
    ("My son Ole started kindergarten last year.", ["me has_child Ole", "Ole started kindergarten"]),
    ("My husband does the bookkeeping.", ["me husband_does bookkeeping"]),
]
WANTED = [
    ("I take my tea with milk and no sugar.", ["me tea_preference with milk and no sugar"]),
    ("I drink my espresso black.", ["me espresso_preference black"]),
    ("I don't eat pork any more.", ["me avoids pork"]),
    ("I always book a window seat.", ["me seat_preference window seat"]),
]
BOUGHT = [
    (
        "I bought a second-hand Volvo for 900 euros.",
        ["me owns second-hand Volvo", "me owns_second_hand_volvo_for 900 euros"],
    ),
    ("We switched from Travis to GitLab CI last year.", ["me uses Travis ended", "me uses GitLab CI"]),
]
LASTING = [
    ("My scooter is broken since Sunday.", ["me scooter_status broken"]),
    ("I taught physics at Lindell School for twelve years.", ["me taught physics at Lindell School for twelve years"]),
    ("My birthday is the ninth of June.", ["me birthday ninth of June"]),
    ("My anniversary is May the twelfth.", ["me anniversary May the twelfth"]),
]
TRAPS = [
    "The tension rose to a new level.",
    "The price went up to 5 euros.",
    "They deliver on Fridays.",
    "I met Tom and Nils, he sits in Prague.",
    "I drink my sorrows black.",
    "I take my chances with milk.",
    "I always want the last word.",
    "My son started trouble.",
    "He sits on every proposal.",
    "I don't eat fish every day.",
    "My heart is broken since Monday.",
    "We switched from hope to despair last month.",
]


@pytest.mark.parametrize(("text", "expected"), [*HOURS, *FIGURES, *SECOND, *KIN, *WANTED, *BOUGHT, *LASTING])
def test_everyday_talk_is_read_whole(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


@pytest.mark.parametrize("text", TRAPS)
def test_what_only_sounds_like_it_gives_no_fact(text: str) -> None:
    assert told(text) == []


def test_a_pronoun_that_may_mean_two_is_told_as_unclear() -> None:
    diff = read("My sister Eva met my cousin Anna, her extension is 410.")
    assert not any(fact.key == "extension" for fact in diff.facts)
