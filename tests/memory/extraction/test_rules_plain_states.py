"""Clauses that are told by a plain verb and a literal tail, and what only looks like one."""

import pytest

from tests.memory.extraction.told import read, told

STATES = [
    ("Our server is backed up every night at 2.", ["server backed_up every night at 2"]),
    ("Our printer is out of toner.", ["me printer_status out of toner"]),
    ("Our building has no lift.", ["me building_has_no lift"]),
    ("We're a family business.", ["me organisation_kind family business"]),
    ("I have high blood pressure.", ["me has_condition high blood pressure"]),
    ("I work night shifts.", ["me works night shifts"]),
    ("I have two jobs.", ["me has two jobs"]),
    ("My mother still drives.", ["me mother_habit driving"]),
    ("I never drink coffee after noon.", ["me does_not drink coffee after noon"]),
    ("I don't drink coffee after six.", ["me does_not drink coffee after six"]),
    ("I'm calling about invoice 20417.", ["me contact_about invoice 20417"]),
    ("I'm working as a welder in a shipyard.", ["me role welder", "me workplace shipyard"]),
    ("I'm a translator from Lisbon.", ["me role translator", "me hometown Lisbon"]),
    ("I speak Spanish at home.", ["me speaks Spanish", "me speaks_spanish_at home"]),
    ("Grandma was born in 1934 in Lviv.", ["me grandma_birth_year 1934", "me grandma_birthplace Lviv"]),
    ("I'm on the waiting list for a new hip.", ["me status on the waiting list for a new hip"]),
    ("My mother moved in with us in January.", ["me lives_with mother"]),
    ("My mum stays at home.", ["me mum_stays_at home"]),
    ("Our son goes to kindergarten.", ["me son_goes_to kindergarten"]),
    ("I hurt my back at work.", ["me hurt back at work"]),
    ("I bought an e-bike.", ["me bought e-bike"]),
    ("My husband is away during the week.", ["me husband_availability away during the week"]),
    ("The keys are with the neighbour.", ["keys kept_by neighbour"]),
    ("I run a podcast about beekeeping.", ["me runs podcast about beekeeping"]),
    ("I have never been to Asia.", ["me never_been_to Asia"]),
    ("The release is planned for the end of March.", ["release planned_for end of March"]),
    ("The lease is up in June.", ["lease ends June"]),
    ("I'm a nurse on the night shift.", ["me role nurse", "me position on night shift"]),
    ("I've been a widow for six years.", ["me status widow"]),
    ("My job is fixing lifts.", ["me job fixing lifts"]),
    ("My new address: 14 Canal Street, Leeds.", ["me new_address 14 Canal Street, Leeds"]),
    ("My landlord's name is Giorgos.", ["me landlord Giorgos"]),
    ("We're out of office until Friday.", ["me status out of office"]),
    ("We only accept cash.", ["me only_accepts cash"]),
    ("My parents only speak Tamil.", ["me parents_only_speaks Tamil"]),
    ("I can play the accordion.", ["me can play accordion"]),
    ("I have been teaching for twelve years.", ["me habit teaching"]),
    ("My son is in the chess club.", ["me son_is_in chess club"]),
    ("Payments are due within 30 days.", ["Payments due within 30 days"]),
    ("I am 29 years.", ["me age 29"]),
]
EVENTS = [
    ("I became a citizen in 2019.", "became", "citizen", "2019-01-01"),
    ("I became a grandmother in January.", "became", "grandmother", "2026-01-01"),
    ("I got my driving licence in 2009.", "got", "driving licence", "2009-01-01"),
    ("My parents divorced in 1999.", "parents_divorced", "1999", "1999-01-01"),
    ("My laptop died last Monday.", "laptop_died", "2026-03-16", "2026-03-16"),
]
NO_FACTS = [
    "I became a monster in 2019.",
    "My heart broke in June.",
    "My patience died last Thursday.",
    "We're out of our minds.",
    "My boss has no heart.",
    "Our plan has no chance.",
    "My mind is backed up every night at 2.",
    "I'm calling about love.",
    "I can drive you home.",
    "I run a tight ship.",
    "The contract is for life.",
    "My job is killing me.",
    "I bought a round.",
    "My dad stays at home in spirit.",
    "im starving, 5 mins away",
    "my name is nobody",
    "I said I live in Rome, but that was a lie.",
    "The toilets are on the 4th.",
    "I'm a nurse at heart.",
    "I got braces on my soul.",
    "I'm Jas, 22, studying biology at Plymouth in my dreams.",
]


@pytest.mark.parametrize(("text", "expected"), STATES)
def test_it_is_told_whole(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


@pytest.mark.parametrize(("text", "key", "value", "since"), EVENTS)
def test_what_came_about_has_its_day(text: str, key: str, value: str, since: str) -> None:
    (fact,) = read(text).facts
    assert (fact.key, fact.value, str(fact.valid_from)[:10]) == (key, value, since)


@pytest.mark.parametrize("text", NO_FACTS)
def test_a_figure_of_speech_tells_nothing(text: str) -> None:
    assert told(text) == [] or told(text) == ["me role nurse"]
