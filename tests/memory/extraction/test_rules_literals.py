"""Things with a day, a price, a number or an address; what is done again and again; how many there are."""

import pytest

from tests.memory.extraction.told import read, told

THINGS = [
    ("My passport runs out on 30 September 2031.", ["me passport_expires 30 September 2031"]),
    ("My flight to Nairobi leaves on Friday at 10:40.", ["me flight_to_nairobi_departs Friday at 10:40"]),
    ("Beth's flight lands at 18:20.", ["Beth flight_arrives 18:20"]),
    ("Harbor goes live on 14 May.", ["Harbor goes_live 14 May"]),
    ("Rent is due on the fifth.", ["Rent deadline the fifth"]),
    ("The meeting is on Tuesday, not Monday.", ["meeting date Tuesday corrected"]),
    ("The standup got pushed to 9:45.", ["standup date 9:45"]),
    ("Our book club meets every other Tuesday.", ["me book_club_meets every other Tuesday"]),
    ("The Solo plan is $9 now.", ["Solo plan price $9"]),
    ("Choir costs 12 quid a month.", ["Choir price 12 quid a month"]),
    ("Warehouse B holds 1,400 pallets.", ["Warehouse B capacity 1,400 pallets"]),
    ("The API rate limit is 500 requests per minute.", ["API rate limit value 500 requests per minute"]),
    ("The office wifi is called BlueOtter.", ["office wifi name BlueOtter"]),
    ("Our repo lives at git.example/acme/heron.", ["me repo_address git.example/acme/heron"]),
    ("My bank is Monzo.", ["me bank Monzo"]),
    ("My Telegram is @alexm.", ["me telegram @alexm"]),
    ("Luca's school is Oakfield Primary.", ["Luca school Oakfield Primary"]),
]
MORE_THINGS = [
    ("My address is 17 Quarry Lane, Flat 3B, Sheffield.", ["me address 17 Quarry Lane, Flat 3B, Sheffield"]),
    ("There are seven people on the payments team.", ["payments team team_size seven people"]),
    ("My laptop runs Fedora 40.", ["me laptop_uses Fedora 40"]),
    ("My team has eight people.", ["me team_size eight people"]),
    ("The deadline for the grant is 1 December.", ["grant deadline 1 December"]),
    ("Our anniversary falls on Halloween.", ["me anniversary Halloween"]),
    ("I work part-time at a bookstore called Inkwell.", ["me works_at Inkwell"]),
    ("Kwame and I got married in 2016.", ["me married_to Kwame"]),
    ("I'm getting married on 20 September.", ["me wedding_date 20 September"]),
    ("I'm reading Middlemarch.", ["me reading Middlemarch"]),
    ("I'm training for a half marathon in October.", ["me training_for half marathon in October"]),
    ("I support Slavia.", ["me supports Slavia"]),
    ("We are a family of five.", ["me household_size 5"]),
]
HABITS = [
    ("I go to the gym three times a week.", ["me routine go to the gym three times a week"]),
    ("We deploy every Thursday at 4pm.", ["me routine deploy every Thursday at 4pm"]),
    ("I usually get up at 5:30.", ["me routine get up at 5:30"]),
    ("I've got a meeting with Lars every Monday.", ["me routine meeting with Lars every Monday"]),
    ("I take metformin for my diabetes.", ["me medication metformin"]),
    ("I'm on cetirizine until July.", ["me medication cetirizine"]),
    ("I have two brothers and a sister.", ["me number_of_brothers 2", "me number_of_sisters 1"]),
    ("I'm deaf in my left ear.", ["me has_condition deaf in my left ear"]),
]
CHAT = [
    ("I started at Vestas this morning as a controller.", ["me role controller", "me works_at Vestas"]),
    ("living in Bristol since Monday", ["me lives_in Bristol"]),
    ("Bought a house in May!", ["me owns house"]),
    ("Learning Danish at the moment", ["me learns Danish"]),
    ("Turned 34 yesterday", ["me age 34"]),
    ("can't stand cilantro", ["me dislikes cilantro"]),
    ("Vegan since 2019", ["me diet vegan"]),
    ("blood type's O negative", ["me blood_type O negative"]),
]
UNREAD = [
    "Love costs nothing.",
    "My patience runs out tomorrow.",
    "Life starts at 40.",
    "The story starts on Monday.",
    "The world ends on Friday.",
    "My problem is Monday.",
    "My dream is Paris.",
    "The landlord's called Trouble.",
    "I die a little every Monday.",
    "I change my mind every five minutes.",
    "I go crazy every Monday.",
    "I'm deaf to your pleas.",
    "I have a cat in my arms.",
    "Working at Acme is hell.",
    "Left my heart in San Francisco.",
    "Lost my keys at Siemens.",
    "Married my job in 2010",
    "I'd rather be addressed as Professor Lind.",
    "I'd rather get emails than calls, always.",
    "It's spelled Katharyn, with no e on the end.",
    "I'm Batman, obviously.",
    "I'm Tom, obviously.",
    "I'm Batman.",
    "On paper I'm Alexandra.",
    "My head has eight people.",
    "The limit is 59.",
    "The exit code is 1.",
    "There are seven people in the room.",
    "The cost of the love is 5 euros.",
    "I'm reading between the lines.",
    "I'm reading Anna the riot act.",
    "I'm training for life.",
    "I support Anna.",
    "My kryptonite is Monday.",
    "My Friday is Monday.",
    "I see ghosts every night.",
    "I lived in Hamburg until last summer.",
    "can't stand the rain, tastes like soap to me",
]


@pytest.mark.parametrize(("text", "expected"), THINGS + MORE_THINGS + HABITS + CHAT)
def test_a_literal_or_a_habit_is_read(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize("text", UNREAD)
def test_idioms_and_abstract_subjects_stay_unread_and_are_told(text: str) -> None:
    diff = read(text)
    assert (diff.facts, bool(diff.unread)) == ((), True)


def test_who_was_named_before_may_be_the_subject_that_was_left_out() -> None:
    assert told("Where is Anna? Moved to Oslo.") == []


def test_what_nobody_ever_said_claims_nothing() -> None:
    assert told("The train leaves at 9:15, said no one ever.") == []


def test_a_text_to_be_written_tells_nothing_and_orders_nothing_for_good() -> None:
    diff = read("Write me a short bio of a plumber called Stan who lives in Perth.")
    assert (diff.facts, diff.instructions) == ((), ())


def test_a_rest_that_was_not_understood_is_told() -> None:
    diff = read("I drive a 2014 Skoda Octavia, the grey estate.")
    assert ([fact.value for fact in diff.facts], len(diff.unread)) == (["2014 Skoda Octavia"], 1)
