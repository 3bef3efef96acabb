"""Relatives whom nobody named: told of the speaker, and never of somebody made up."""

import pytest

from memory.vocabulary.keys import known_key
from tests.memory.extraction.told import read, told

READ = [
    ("My husband works at Hooli and lives in Bonn.", ["me husband_works_at Hooli", "me husband_lives_in Bonn"]),
    ("My wife is a doctor.", ["me wife_role doctor"]),
    ("My boss is Canadian.", ["me boss_nationality Canadian"]),
    ("My older brother lives in Oslo.", ["me older_brother_lives_in Oslo"]),
    ("My son is seven. He loves dinosaurs.", ["me son_age 7", "me son_likes dinosaurs"]),
    ("My parents are Greek.", ["me parents_nationality Greek"]),
    ("Both my parents are retired.", ["me parents_status retired"]),
    ("My daughter plays the harp.", ["me daughter_plays harp"]),
    ("My son goes to Oakfield Primary.", ["me son_studied_at Oakfield Primary"]),
    ("My sister's birthday is 3 May.", ["me sister_birthday 3 May"]),
    ("My brother's wife is a dentist.", ["me brothers_wife_role dentist"]),
    ("My husband no longer works at Hooli.", ["me husband_works_at Hooli ended", "me husband_used_to work at Hooli"]),
    ("Sorry, I meant my sister lives in Graz, not Linz.", ["me sister_lives_in Graz corrected"]),
    ("My wife is Anna.", ["me married_to Anna"]),
    ("Dad lives in Rome.", ["me dad_lives_in Rome"]),
]
UNREAD = [
    "My ex-husband works at Hooli.",
    "My ex is called Trouble.",
    "My late father worked at Hooli.",
    "My other brother lives in Rome.",
    "My mother is a saint.",
    "My boss is the devil.",
    "My brother is taller than me.",
    "My sister reports to my brother.",
    "My wife lived in Rome.",
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_what_a_relative_without_a_name_does_is_the_speaker_s(text: str, expected: list[str]) -> None:
    diff = read(text)
    assert told(text) == expected
    assert [row.type for row in diff.entities if row.name.startswith("$kin")] == []


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_not_plainly_told_of_a_relative_stays_unread(text: str) -> None:
    diff = read(text)
    assert (diff.facts, bool(diff.unread)) == ((), True)


@pytest.mark.parametrize("text", ["My sister would kill for a job at Prada.", "If my wife works at Hooli, fine."])
def test_wishes_and_conditions_of_relatives_claim_nothing(text: str) -> None:
    assert told(text) == []


def test_a_husband_has_one_employer_and_friends_may_have_several() -> None:
    assert known_key("husband_works_at").single
    assert not known_key("friend_works_at").single
