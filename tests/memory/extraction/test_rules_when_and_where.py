"""Kinds that were wrong or silent once: whose move it was, what is to come, times that are no date, ellipsis."""

import pytest

from tests.memory.extraction.told import read, told

MOVES = [
    ("Our dentist has moved to Park Street.", ["me dentist_moved_to Park Street"]),
    ("My doctor moved to Elm Road last month.", ["me doctor_moved_to Elm Road"]),
    ("My hairdresser moved to Main Street in 2024.", ["me hairdresser_moved_to Main Street"]),
    ("Our vet moved to a new building.", ["me vet_moved_to new building"]),
    ("Our landlord moved to Spain.", ["me landlord_moved_to Spain"]),
    ("My physio is moving to Bath in May.", ["me physio_moved_to Bath future"]),
    ("My employer moved to Dublin.", ["me employer_location Dublin"]),
    ("My company has moved to Dublin.", ["me company_location Dublin"]),
    ("Our bank moved to King Street.", ["me bank_location King Street"]),
    ("The school moved to Hill Lane.", ["school location Hill Lane"]),
    ("My brother moved to Leeds.", ["me brother_lives_in Leeds"]),
    ("I moved from Madrid to Berlin in 2020.", ["me lives_in Berlin", "me moved_from Madrid"]),
    ("I moved to Berlin from Madrid.", ["me lives_in Berlin", "me moved_from Madrid"]),
    ("We moved from Madrid to Berlin in 2020.", ["me lives_in Berlin", "me moved_from Madrid"]),
    ("My sister relocated from Paris to Rome.", ["me sister_lives_in Rome", "me sister_moved_from Paris"]),
    ("Mia moved from Oslo to Bergen last year.", ["Mia lives_in Bergen", "Mia moved_from Oslo"]),
    ("My firm moved from Leeds to York.", ["me firm_location York", "me firm_moved_from Leeds"]),
    ("The office moved from Graz to Vienna.", ["office location Vienna", "office moved_from Graz"]),
    ("My rent went up from 800 to 900 euros.", ["me rent 900 euros"]),
]
EVERYDAY = [
    ("I can't stand the smell of coriander.", ["me dislikes smell of coriander"]),
    ("My wife can't stand the sound of chalk.", ["me wife_dislikes sound of chalk"]),
    ("I can't stand my boss.", ["me dislikes boss"]),
    ("I'm married and have two kids.", ["me marital_status married", "me number_of_children 2"]),
    ("I can't stand on one leg.", ["me cannot stand on one leg"]),
    ("I can't stand up straight.", ["me cannot stand up straight"]),
    ("I'm learning to bake sourdough bread.", ["me learning_to bake sourdough bread"]),
    ("My sister is learning to drive.", ["me sister_learning_to drive"]),
    ("I'm learning how to knit.", ["me learning_to knit"]),
    ("I'm learning to play the cello.", ["me learns cello"]),
    (
        "I go swimming on Mondays and play badminton on Thursdays.",
        ["me routine go swimming on Mondays", "me plays badminton", "me plays_badminton_when on Thursdays"],
    ),
    ("I swim on Mondays and run a bakery.", ["me routine swim on Mondays", "me runs bakery"]),
    ("I bake bread on Sundays and run on Mondays.", ["me bakes bread on Sundays", "me runs on Mondays"]),
]
EXPECTED = [
    (
        "My wife is expecting our second child in April.",
        ["me wife_expecting our second child", "me wife_baby_due 2026-04"],
    ),
    ("I am expecting twins in June.", ["me expecting twins", "me baby_due 2026-06"]),
    ("We're expecting a baby on 3 May.", ["me expecting baby", "me baby_due 2026-05-03"]),
    (
        "We're expecting our first grandchild in three weeks.",
        ["me expecting first grandchild", "me baby_due 2026-04-08"],
    ),
    ("My sister is expecting twins next month.", ["me sister_expecting twins", "me sister_baby_due 2026-04"]),
    ("My sister is due in May.", ["me sister_due May"]),
    ("Our baby is due on 3 May.", ["me baby_due 3 May"]),
    ("The report is due on Friday.", ["report deadline Friday"]),
]
NO_DATE = [
    ("I broke my left wrist while skiing two winters ago.", ["me broke left wrist while skiing"]),
    ("I broke my arm a few summers ago.", ["me broke arm"]),
    ("I sprained my ankle the other week.", ["me sprained ankle"]),
    ("I lost my keys the other night.", ["me lost keys"]),
    ("My brother broke his leg last winter.", ["me brother_broke his leg"]),
    ("I moved house last Christmas.", ["me moved house"]),
    ("We renovated the kitchen the spring before last.", ["me renovated kitchen"]),
    ("I bought a flat a year and a half ago.", ["me owns flat"]),
    ("I lost my ring three weeks and two days ago.", ["me lost ring"]),
    ("I visited Peru in my twenties.", ["me visited Peru"]),
    ("I broke my elbow in the early nineties.", ["me broke elbow"]),
    ("I learned chess as a kid.", ["me learned chess"]),
    ("I broke my toe one summer.", ["me broke toe"]),
    ("I am allergic to penicillin and have been since childhood.", ["me allergic_to penicillin"]),
    ("I am vegan and have been for ages.", ["me diet vegan"]),
]
SINCE = [
    ("I live in Riga and have since 2019.", "2019-01-01"),
    ("I am a nurse and have been for six years.", "2020-03-18"),
    ("I work at Acme and have done for ten years.", "2016-03-18"),
    ("My brother is a pilot and has been since 2015.", "2015-01-01"),
    ("We live in Bonn, and we have since 2012.", "2012-01-01"),
]
UNREAD = [
    ("I'm learning to live with pain.", []),
    ("Our dentist Ida Roos has moved to Park Street.", []),
    ("Dr. Okafor has moved to Park Street.", []),
    ("My sister is expecting a baby in March.", ["me sister_expecting baby"]),
    ("My wife is expecting our second child this summer.", ["me wife_expecting our second child"]),
    ("I'm a vegetarian and have been since I was a teenager.", ["me diet vegetarian"]),
    ("I'm allergic to cats and always have been.", ["me allergic_to cats"]),
    ("I am married and was before.", ["me marital_status married"]),
    ("My brother is a pilot and I have been since 2015.", ["me brother_role pilot"]),
    ("I work at Acme as a designer and have since 2019.", ["me role designer", "me works_at Acme"]),
    ("I am diabetic and so is my mother.", ["me has_condition diabetes"]),
    ("I play chess and so does my brother.", ["me plays chess"]),
    ("I live in Oslo and have been to Rome.", ["me lives_in Oslo"]),
    ("I live in Oslo and go to a gym near the river.", ["me lives_in Oslo"]),
    ("I have a dog and take it to the lake every day.", ["me number_of_dogs 1"]),
]
SECOND_VERBS = [
    ("The flat faces north and costs 900 a month.", ["flat faces north", "flat price 900 a month"]),
    ("The kitchen faces east and has a skylight.", ["kitchen faces east", "kitchen has skylight"]),
    ("The hotel faces the park and offers free breakfast.", ["hotel faces park", "hotel offers free breakfast"]),
    ("The terrace faces south and seats twelve people.", ["terrace faces south", "terrace capacity twelve people"]),
    ("The house faces the sea and needs a new roof.", ["house faces sea", "house needs new roof"]),
    ("The garden faces south and west.", ["garden faces south", "garden faces west"]),
    ("I like cakes and baked goods.", ["me likes cakes", "me likes baked goods"]),
]
PURPOSES = [
    ("Our team uses Kanban boards for planning.", ["me uses Kanban boards", "me uses_kanban_boards_for planning"]),
    ("We use Jira for planning.", ["me uses Jira", "me uses_jira_for planning"]),
    ("The team uses wooden boards for planning.", ["team uses wooden boards for planning"]),
    (
        "I use a spreadsheet for planning meals.",
        ["me uses spreadsheet", "me uses_spreadsheet_for planning meals"],
    ),
    ("I use LinkedIn for applying to jobs.", ["me uses LinkedIn", "me uses_linkedin_for applying to jobs"]),
    ("We use the whiteboard for planning.", ["me uses whiteboard for planning"]),
]
STEPS = [
    (
        "My stepson Kofi is studying marine biology in Plymouth.",
        ["me stepson Kofi", "Kofi studying marine biology in Plymouth"],
    ),
    ("My stepdaughter is called Lila.", ["me stepdaughter_name Lila"]),
    ("My stepmother Rita lives in Bonn.", ["me stepmother Rita", "Rita lives_in Bonn"]),
    ("My stepfather's name is Karl.", ["me stepfather Karl"]),
    ("Kofi is my stepson.", ["me stepson Kofi"]),
    ("My stepsons are Tim and Tom.", ["me stepson Tim", "me stepson Tom"]),
    ("My stepson is six.", ["me stepson_age 6"]),
    ("My stepdad lives in Rome.", ["me stepdad_lives_in Rome"]),
]
ON_A_DAY = [
    ("My train to Lyon leaves at noon tomorrow.", "me train_to_lyon_departs noon future", "2026-03-19", "2026-03-20"),
    (
        "My flight to Oslo leaves at ten past six tomorrow morning.",
        "me flight_to_oslo_leaves_at ten past six in the morning future",
        "2026-03-19",
        "2026-03-20",
    ),
    ("The train leaves tomorrow at noon.", "train departs noon future", "2026-03-19", "2026-03-20"),
    ("My appointment is at 3 pm tomorrow.", "me appointment_date 3 pm future", "2026-03-19", "2026-03-20"),
    ("The plumber comes at four this afternoon.", "plumber comes four in the afternoon", "None", "2026-03-19"),
    ("My bus leaves at half past seven tonight.", "me bus_departs half past seven at night", "None", "2026-03-19"),
    ("The market closes at four today.", "market ends four", "None", "2026-03-19"),
    ("The concert is tomorrow.", "concert date 2026-03-19", "None", "None"),
    ("Hanna got married in May.", "Hanna married 2025-05", "2025-05-01", "None"),
    ("My brother retired in April.", "me brother_retired 2025-04", "2025-04-01", "None"),
    ("We got married in June 2015.", "me married June 2015", "2015-06-01", "None"),
    ("My train leaves at noon.", "me train_departs noon", "None", "None"),
]
BEHIND_AND = [
    ("I'm married, and book a table for two.", ["me marital_status married"]),
    ("I'm married and book a table for two.", ["me marital_status married"]),
    ("I quit, and send the letter.", []),
    ("I'm vegan, and order the lentil curry.", ["me diet vegan"]),
    ("I live in Oslo, and remind me to call Tom.", ["me lives_in Oslo"]),
    ("I work at Acme, and set an alarm for six.", ["me works_at Acme"]),
    ("I have two kids, and add a high chair to the booking.", ["me number_of_children 2"]),
    ("My brother is a chef, and show me the menu.", ["me brother_role chef"]),
    ("The garden faces south and gets sun all day long.", []),
    ("The window faces south and the door faces north.", []),
]


@pytest.mark.parametrize(("text", "expected"), [*SECOND_VERBS, *PURPOSES, *STEPS])
def test_a_second_verb_a_purpose_and_a_step_relation_stand_by_themselves(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


@pytest.mark.parametrize(("text", "line", "begin", "end"), ON_A_DAY)
def test_no_value_says_tomorrow_or_a_month_of_no_year(text: str, line: str, begin: str, end: str) -> None:
    (fact,) = read(text).facts
    assert told(text) == [line]
    assert (str(fact.valid_from)[:10], str(fact.valid_until)[:10]) == (begin, end)


@pytest.mark.parametrize(("text", "expected"), [*MOVES, *EXPECTED, *EVERYDAY])
def test_a_move_is_of_whom_it_was_said_and_a_birth_is_to_come(text: str, expected: list[str]) -> None:
    assert (told(text), read(text).unread) == (expected, ())


@pytest.mark.parametrize("text", [text for text, _ in EXPECTED[:-1]])
def test_expecting_is_so_from_now_on(text: str) -> None:
    assert {fact.valid_from for fact in read(text).facts} == {None}


@pytest.mark.parametrize(("text", "expected"), NO_DATE)
def test_a_time_that_is_no_date_leaves_an_uncertainty_and_no_words_in_the_value(text: str, expected: list[str]) -> None:
    diff = read(text)
    assert (told(text), diff.unread, [each.kind for each in diff.uncertainties]) == (expected, (), ["time"])
    assert {fact.valid_from for fact in diff.facts} == {None}


@pytest.mark.parametrize(("text", "since"), SINCE)
def test_a_clause_that_leaves_all_out_but_its_time_dates_the_one_before(text: str, since: str) -> None:
    (fact,) = read(text).facts
    assert (str(fact.valid_from)[:10], read(text).unread) == (since, ())


@pytest.mark.parametrize(("text", "expected"), [*UNREAD, *BEHIND_AND])
def test_what_is_left_out_or_stands_in_no_row_is_told(text: str, expected: list[str]) -> None:
    assert told(text) == expected
    assert read(text).unread


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My parents are both in their eighties.", ["me parents_age in eighties"]),
        ("I'm in my thirties.", ["me age in thirties"]),
    ],
)
def test_how_old_somebody_is_stays_a_value(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text", ["I'm married, and book a table for two.", "She's engaged, and plan a party.", "I'm retired or nearly so."]
)
def test_no_value_begins_with_the_next_clause(text: str) -> None:
    assert not [fact for fact in read(text).facts if fact.value.startswith(("and ", "or ", "but "))]
