"""A row needs evidence for its type, its sense and its bounds; without it the verb is told, or the clause as unread."""

import pytest

from tests.memory.extraction.told import read, told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I moved from Acme to Initech.", ["me has_moved_to Initech", "me moved_from Acme"]),
        ("Priya has moved to Marketing.", ["Priya has_moved_to Marketing"]),
        ("I moved to Norwich in 2019.", ["me lives_in Norwich"]),
        ("I moved to Lower Slaughter in 2019.", ["me lives_in Lower Slaughter"]),
        ("I joined Tinder last month.", ["me has_joined Tinder"]),
        ("I joined Hooli in January.", ["me works_at Hooli"]),
        ("I quit Facebook in May.", ["me quit Facebook"]),
        ("We left Lisbon on Monday.", ["me left Lisbon"]),
        ("I left Oslo in 2019.", ["me lives_in Oslo ended", "me left Oslo"]),
        ("I work in the planning department at the council.", ["me works_in planning department at council"]),
        ("I've been with Halden since March.", ["me is_with Halden"]),
        ("I'm on antibiotics.", ["me takes antibiotics"]),
        ("Our broadband is with Zen.", ["me broadband_provided_by Zen"]),
        ("The key is with Rajiv.", ["key kept_by Rajiv"]),
    ],
)
def test_a_verb_of_several_senses_is_no_relation_without_a_name_of_its_kind(text: str, expected: list[str]) -> None:
    assert told(text) == expected
    assert not read(text).unread


@pytest.mark.parametrize(
    "text",
    [
        "My partner is Deaf.",
        "We moved to Zoom.",
        "I live in Excel.",
        "I work for peanuts.",
        "Farida has been promoted over me.",
        "I'm vegan except for honey.",
        "I'm mostly vegan.",
        "My gran turned 90 and still drives.",
        "Model A weighs 2 kg, Model B 3 kg.",
        "The server in Frankfurt has 64 gigs of RAM and the one in Dublin 32.",
        "The depot has relocated to Unit 9, Crane Road.",
        "My daughter wants to be one.",
        "My dog walker charges 12 pounds for an hour.",
        "We've been married since 2012, together since 2009.",
        "I bank with Lloyds and Zara with Monzo.",
        "Payments is three engineers and one tester.",
        "Alfie's teaching assistant left at half term.",
        "Giles's dog is a Weimaraner.",
        "My sister's boyfriend Kofi works at Hooli.",
        "My brother's getting married in May.",
        "I was moving to Riga but it fell through.",
        "I'm in Riga for a year.",
        "The rent was 900 until June.",
        "We use Slack from now on.",
        "I'm vegetarian, Graham and Sid aren't.",
        "My brother is the Tom Cruise of Ripon.",
        "The rest is due on 1 June.",
        "The new card comes in 5 days.",
        "I'm on holiday from the 1st to the 15th.",
        "My train is at 9.",
        "Order 55821 shipped on Tuesday from the Leeds warehouse.",
        "Caller is Mrs Adeyemi, account 20118.",
    ],
)
def test_what_may_be_meant_otherwise_or_holds_more_than_one_thing_is_told_as_unread(text: str) -> None:
    diff = read(text)
    assert not diff.facts
    assert diff.unread


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My cousin Leila married a Norwegian and moved to Bergen.", ["me cousin Leila", "Leila lives_in Bergen"]),
        ("My brother's partner Declan is a vet.", ["Declan role vet"]),
        ("I've got a friend in Leeds who keeps bees.", []),
        ("Parking's free after six and all day Sunday.", []),
        ("I moved to Hathersage, Derbyshire.", ["me lives_in Hathersage"]),
    ],
)
def test_what_is_of_another_or_was_narrowed_leaves_no_row(text: str, expected: list[str]) -> None:
    assert told(text) == expected
    assert read(text).unread
