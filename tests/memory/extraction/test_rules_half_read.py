"""Values that hold half of something else, names of places that are people's, and everyday frames with their slots."""

import pytest

from tests.memory.extraction.told import line_of, read, told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I prefer the train to flying.", ["me likes train", "me prefers the train to flying"]),
        ("I prefer the bus to driving.", ["me likes bus", "me prefers the bus to driving"]),
        ("I prefer driving to the bus.", ["me likes driving", "me prefers driving to the bus"]),
        ("I prefer the sea to the mountains.", ["me likes sea", "me prefers the sea to the mountains"]),
        ("I prefer the window seat.", ["me likes window seat"]),
        (
            "My sister prefers the cinema to reading.",
            ["me sister_likes cinema", "me sister_prefers the cinema to reading"],
        ),
        ("I prefer going to the cinema.", []),
        ("I prefer walking to the office.", []),
    ],
)
def test_a_comparison_has_two_sides(text: str, expected: list[str]) -> None:
    assert told(text) == expected
    assert bool(read(text).unread) == (not expected)


@pytest.mark.parametrize(
    "text",
    [
        "I play one at parties.",
        "I'm not a doctor, I just play one at parties.",
        "I drink some at Christmas.",
        "I keep some in the fridge.",
        "I drive to some of the shops in town.",
        "Mum's in hospital and Dad's at home.",
        "The church was built in 1890 by the villagers.",
        "My flatmates are Jonas from Germany and Mireille.",
    ],
)
def test_a_pronoun_and_a_second_thing_are_no_value(text: str) -> None:
    assert not told(text)
    assert read(text).unread


def test_of_several_that_are_one_of_it_is_still_a_value() -> None:
    assert told("I own one of the oldest boats in Cork.") == ["me owns one of the oldest boats in Cork"]


@pytest.mark.parametrize("name", ["Paris", "Florence", "Sydney"])
def test_who_comes_round_is_a_person_and_has_not_come_yet(name: str) -> None:
    found = read(f"{name} is coming round for tea on Sunday.")
    assert [(each.name, each.type) for each in found.entities] == [(name, "person")]
    assert [line_of(each) for each in found.facts] == [f"{name} coming_round for tea future"]


def test_a_town_is_not_the_country_that_it_lies_in() -> None:
    assert not told("My mum is from Kingston, Jamaica.")
    assert read("My mum is from Kingston, Jamaica.").unread


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "My kids are Aoife, Cormac and little Finn.",
            [f"me has_child {each}" for each in ("Aoife", "Cormac", "Finn")],
        ),
        ("I take my coffee black, no sugar.", ["me coffee_preference black, no sugar"]),
        (
            "My boss, Helen Marsh, is based in the Chicago office.",
            ["me reports_to Helen Marsh", "Helen Marsh works_in Chicago office"],
        ),
        ("Mam is from Tralee and Dad's from Lagos.", ["me mam_comes_from Tralee", "me dad_hometown Lagos"]),
        ("My sister's husband is called Emeka.", ["me sisters_husband Emeka"]),
        ("My boss's husband is called Piet.", ["me boss_husband Piet"]),
        (
            "My doctor put me on ramipril for my blood pressure.",
            [
                "me medication ramipril",
                "me medication_ramipril_for blood pressure",
                "me medication_ramipril_prescribed_by doctor",
            ],
        ),
        ("My cat Plum died on Friday.", ["me late_cat Plum", "Plum died 2026-03-13"]),
        ("My dog Rolo died in March.", ["me late_dog Rolo", "Rolo died 2026-03"]),
        (
            "Our daughter Maeve is starting at Trinity College Dublin in September.",
            ["me has_child Maeve", "Maeve starting_at Trinity College Dublin future"],
        ),
        ("We're on the Team plan.", ["me plan Team"]),
        (
            "Caller is on the Business Plus plan, renewal due 15 January 2027.",
            ["Caller plan Business Plus", "Caller renewal_due 15 January 2027"],
        ),
        (
            "Oak side table, 45 cm tall, £89.",
            ["Oak side table height 45 cm tall", "Oak side table price £89"],
        ),
        (
            "Fenwick & Daughters is a cheese shop in Ludlow run by Joan Fenwick.",
            [
                "Fenwick & Daughters is cheese shop",
                "Fenwick & Daughters located_in Ludlow",
                "Fenwick & Daughters run_by Joan Fenwick",
            ],
        ),
        (
            "The novel was published in 1871 by George Eliot.",
            ["novel published_in 1871", "novel published_by George Eliot"],
        ),
        (
            "I'm training for the Connemara half marathon in April.",
            ["me training_for the Connemara half marathon in April"],
        ),
        (
            "I speak English and a bit of Malayalam.",
            ["me speaks English", "me speaks Malayalam", "me malayalam_level a bit"],
        ),
        ("My son speaks a little Welsh.", ["me son_speaks Welsh", "me son_welsh_level a little"]),
        ("The Harrogate branch opens at 8.30.", ["Harrogate branch opens 8.30"]),
        ("My daughter's eight now.", ["me daughter_age 8"]),
        ("No wait, my daughter's eight now, not seven.", ["me daughter_age 8 corrected"]),
        (
            "Sorry, I said my appointment was Tuesday, it's actually Wednesday the 9th of December.",
            ["me appointment_date Wednesday the 9th of December corrected"],
        ),
        ("I said my mum was 60, it's 61.", ["me mum_age 61 corrected"]),
        (
            "Rook & Co is an agency in Bristol founded by Ana Reis and Tom Holt.",
            [
                "Rook & Co is agency",
                "Rook & Co located_in Bristol",
                "Rook & Co founded_by Ana Reis",
                "Rook & Co founded_by Tom Holt",
            ],
        ),
    ],
)
def test_an_everyday_frame_is_read_whole(text: str, expected: list[str]) -> None:
    assert told(text) == expected
    assert not read(text).unread


@pytest.mark.parametrize(
    "text",
    [
        "My kids are Tom and big trouble.",
        "My doctor put me on hold.",
        "My doctor put my mum on ramipril.",
        "My boss is mad about delays.",
        "My boss is mad about the delay.",
        "The customer was on the Gold plan.",
        "Tom & Jerry is a cartoon in colour.",
        "Great day, 20 km run, £5 beer.",
        "I said my boss was mean, it's true.",
        "I said my sister was in Rome, it's actually Milan.",
        "She said her flight was at nine, it's actually at ten.",
        "My dog Rex died laughing.",
        "My doctor put me on ramipril for a week.",
        "I prefer to be called Sam.",
    ],
)
def test_what_only_looks_like_such_a_frame_is_told_as_unread(text: str) -> None:
    assert not told(text)
    assert read(text).unread


def test_what_one_may_have_said_corrects_nothing() -> None:
    assert not told("If I said my boss was Kalle, it's Triin.")
    assert not told("I never said my boss was Kalle, it's Triin.")
