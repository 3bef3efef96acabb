"""What is read of a plain clause by its grammar alone: its verb names the key, what stands behind it is the value."""

import pytest

from memory.extraction.diff import Modality
from memory.vocabulary.keys import known_key
from tests.memory.extraction.told import read, told

STATES = [
    ("The server moved from Leeds to York.", ["server location York", "server moved_from Leeds"]),
    ("My blood type is A positive.", ["me blood_type A positive"]),
    ("My seat is A 12.", ["me seat A 12"]),
    ("Karim owns the invoicing service.", ["Karim owns invoicing service"]),
    ("I oversee payroll for the Leeds office.", ["me oversees payroll for Leeds office"]),
    ("My kids attend the Steiner school in Basel.", ["me kids_attends Steiner school in Basel"]),
    ("Ines commutes by tram from Essen.", ["Ines commutes_by tram from Essen"]),
    ("We ship to Malta and Cyprus.", ["me ships_to Malta and Cyprus"]),
    ("Mira's aunt lives in Braga.", ["Mira aunt_lives_in Braga"]),
    ("The leaflet covers three regions.", ["leaflet covers three regions"]),
    ("I'm renovating my bathroom.", ["me renovating bathroom"]),
    ("Tickets cost 20 dollars each.", ["Tickets price 20 dollars each"]),
]
EVENTS = [
    ("The poster was designed by Kim.", ["poster designed_by Kim"]),
    ("In March we launched the web shop.", ["me launched web shop"]),
    ("My father died in 2011.", ["me father_died 2011"]),
    ("I gave up smoking in 2020.", ["me gave_up smoking"]),
    ("I grew up in a hamlet near Bruges.", ["me hometown hamlet near Bruges"]),
]
COPULAS = [
    ("The production database is Postgres 16.", ["production database is Postgres 16"]),
    ("Our biggest customer is Statkraft.", ["me biggest_customer Statkraft"]),
    ("Statkraft is our biggest customer.", ["me biggest_customer Statkraft"]),
    ("I'm in charge of payroll and expenses.", ["me in_charge_of payroll and expenses"]),
    ("My passport is in the top drawer of my desk.", ["me passport_location in the top drawer of my desk"]),
    ("The pool is closed on Mondays.", ["pool described_as closed on Mondays"]),
    ("My dog is a beagle named Biscuit.", ["me has_pet Biscuit", "Biscuit breed beagle"]),
    ("My daughter's teacher is Mrs. Okafor.", ["me daughters_teacher Mrs. Okafor"]),
    ("Our budget for the fair is 9,000 euros.", ["me budget_for_fair 9,000 euros"]),
]
PLACED = [
    ("The spare key is kept under the mat.", ["spare key kept_under mat"]),
    ("Our staging server runs on Hetzner.", ["staging server runs_on Hetzner"]),
    ("Our barn was built in 1890.", ["me barn_built 1890"]),
]
AGAIN = [
    ("The backup runs every night at 2:30.", ["backup runs every night at 2:30"]),
    ("The wifi password changes every month.", ["wifi password changes every month"]),
    ("I go to the gym every Tuesday and Thursday.", ["me routine go to the gym every Tuesday and Thursday"]),
    ("I usually get up at half past five.", ["me routine get up at half past five"]),
]
FURTHER = [
    ("I bought a cabin on Gotland with two friends.", ["me owns cabin", "me owns_cabin_on Gotland"]),
    ("We use Ansible for our backups.", ["me uses Ansible", "me uses_ansible_for backups"]),
    ("I play the flute in a village band.", ["me plays flute", "me plays_flute_in village band"]),
    ("My wife Anna, a nurse, works nights at Karolinska.", ["me married_to Anna", "Anna role nurse"]),
]


HAD = [
    ("We've got a caravan down in Tenby.", ["me has caravan in Tenby"]),
    ("I've got a hearing aid.", ["me has hearing aid"]),
    ("Our neighbour Hamish has the spare keys.", ["me neighbour Hamish", "Hamish has spare keys"]),
]
HABITS = [
    ("Mr. Oyelaran approves travel expenses.", ["Mr. Oyelaran approves travel expenses"]),
    ("I keep bees.", ["me keeps bees"]),
    ("We make garden gnomes.", ["me makes garden gnomes"]),
    ("My publisher takes 30 percent.", ["me publisher_takes 30 percent"]),
    ("The auditor comes in every November.", ["auditor comes_in every November"]),
    ("Payroll goes out on the 25th.", ["Payroll goes_out the 25th"]),
    ("My working days are Monday to Thursday.", ["me working_days Monday to Thursday"]),
]
MEASURES = [
    ("My shifts are twelve hours long.", ["me shifts twelve hours long"]),
    ("I work four days on, four days off.", ["me works four days on, four days off"]),
    ("I commute two hours a day.", ["me commutes two hours a day"]),
    ("The board meets on the first Tuesday of every quarter.", ["board meets the first Tuesday of every quarter"]),
    ("My mum turns 70 on 8 April.", ["me mum_age 70 future"]),
    ("I have a mild lactose intolerance.", ["me intolerant_to lactose"]),
    ("I'm the treasurer of our tennis club.", ["me treasurer_of tennis club"]),
    ("My editor is Helix.", ["me editor Helix"]),
]
FURTHER_STATES = [
    ("Our son Milan is in second grade.", ["me has_child Milan", "Milan grade second grade"]),
    ("The hotel belongs to the Orion group.", ["hotel belongs_to Orion group"]),
    ("I learned the trade from my grandfather.", ["me learned trade from my grandfather"]),
    ("My bike got stolen in January.", ["me bike_stolen 2026-01"]),
    ("I sing in a choir on Monday nights.", ["me routine sing in a choir on Monday nights"]),
    ("I gave away my car last year.", ["me gave_away car"]),
    ("I'm on a keto diet.", ["me diet keto"]),
    ("Logs are kept for 90 days.", ["Logs kept_for 90 days"]),
    ("My teammates are Ada, Oskar and Liis.", ["me teammate Ada", "me teammate Oskar", "me teammate Liis"]),
    ("Our Slack channel is #infra-help.", ["me slack_channel #infra-help"]),
    ("The API is written in Go and deployed on Kubernetes.", ["API uses Go", "API uses Kubernetes"]),
    (
        "My manager isn't Kalle any more, it's Triin.",
        ["me reports_to Kalle ended", "me former_reports_to Kalle", "me reports_to Triin"],
    ),
]
RELATIVES = [
    ("My sister, who lives in Porto, is a nurse.", ["me sister_role nurse", "me sister_lives_in Porto"]),
    ("I run a small shop that sells old clocks.", ["me runs small shop that sells old clocks"]),
    ("Anna takes care of the invoices.", ["Anna takes_care_of invoices"]),
    ("Tom is our contact at Vodafone.", ["me contact_at_vodafone Tom"]),
    ("The fair takes place in Vienna.", ["fair takes_place_in Vienna"]),
    ("My dentist appointment is on Monday at 10.", ["me dentist_appointment_date Monday at 10"]),
    ("The invoice of Acme is due on the 3rd of May.", ["invoice of Acme deadline the 3rd of May"]),
    ("The bridge project is behind schedule.", ["bridge project status behind schedule"]),
    ("I had knee surgery in 2022.", ["me had knee surgery"]),
    ("Piotr left the team in January.", ["Piotr left team"]),
    ("I have two meetings with Acme on Friday.", ["me has two meetings with Acme future"]),
    ("I'm married and we have three daughters.", ["me marital_status married", "me number_of_daughters 3"]),
    ("Please keep in mind that our office closes at 6 pm.", ["me office_ends 6 pm"]),
    ("Note to self: the dentist is on Tuesday at 8.", ["dentist date Tuesday at 8"]),
]
CIRCLES = [
    ("I'm in the bakers' union.", ["me member_of bakers' union"]),
    ("I'm diabetic and I carry glucose tablets.", ["me has_condition diabetes", "me carries glucose tablets"]),
    ("My husband Declan does the accounts.", ["me married_to Declan", "Declan does accounts"]),
    ("My daughter Niamh helps out on Saturdays.", ["me has_child Niamh", "Niamh helps_out Saturdays"]),
    ("Safety shoes are mandatory on the floor.", ["Safety shoes described_as mandatory on floor"]),
    ("I owe Marco 200 euros.", ["me owes Marco 200 euros"]),
    ("Hi, Luca here.", ["me name Luca"]),
]
WORKPLACES = [
    ("I'm a tour guide in Mombasa.", ["me role tour guide", "me works_in Mombasa"]),
    ("The office moved to Moi Avenue.", ["office location Moi Avenue"]),
    ("Bookings are handled by Faith.", ["Bookings handled_by Faith"]),
    ("A full-day tour costs 90 dollars per person.", ["full-day tour price 90 dollars per person"]),
    ("My rent is due on the fifth of every month.", ["me rent_deadline the fifth of every month"]),
    ("Most people call me Ify.", ["me nickname Ify"]),
    ("I'm saving for a motorbike.", ["me saves_for motorbike"]),
    ("My languages are Swahili and German.", ["me speaks Swahili", "me speaks German"]),
]
PLAIN = [*STATES, *EVENTS, *COPULAS, *PLACED, *AGAIN]
LIVES = [
    ("I live on my own.", ["me lives alone"]),
    ("My husband works offshore.", ["me husband_works offshore"]),
    ("I go by Ash.", ["me name Ash"]),
    ("The wife's called Maureen.", ["me married_to Maureen"]),
    ("I stopped breastfeeding in January.", ["me gave_up breastfeeding"]),
    ("Marcus is getting married in August.", ["Marcus married 2026-08 future"]),
    ("My thesis is about phase transitions in films.", ["me thesis_about phase transitions in films"]),
    ("The allotment is behind St. Mark's church.", ["allotment location behind St. Mark's church"]),
    ("We moved from SAP to Odoo in 2024.", ["me moved_from SAP to Odoo"]),
]


@pytest.mark.parametrize(
    ("text", "facts"), [*PLAIN, *HAD, *HABITS, *MEASURES, *FURTHER_STATES, *RELATIVES, *CIRCLES, *WORKPLACES, *LIVES]
)
def test_a_plain_clause_is_told_under_its_verb(text: str, facts: list[str]) -> None:
    assert told(text) == facts
    assert read(text).unread == ()


@pytest.mark.parametrize(("text", "facts"), FURTHER)
def test_what_stands_behind_a_fact_belongs_to_it(text: str, facts: list[str]) -> None:
    assert set(facts) <= set(told(text))
    assert read(text).unread == ()


def test_an_end_ends_what_the_verb_says() -> None:
    assert told("I used to manage the Oslo office.") == [
        "me manages Oslo office ended",
        "me used_to manage the Oslo office",
    ]
    assert told("Tom no longer oversees payroll.") == ["Tom oversees payroll ended", "Tom used_to oversee payroll"]
    assert told("I don't drive any more.") == ["me drives ended", "me used_to drive"]
    assert told("I was a bus driver for forty years.") == [
        "me role bus driver ended",
        "me was bus driver for forty years",
    ]
    assert told("I'm no longer with Deloitte.") == ["me works_at Deloitte ended", "me used_to be with Deloitte"]


def test_what_only_has_a_relative_day_is_told_by_the_day() -> None:
    (fact,) = read("My licence was renewed last month.").facts
    assert (fact.key, fact.value) == ("licence_renewed", "2026-02")


def test_what_somebody_does_since_a_day_is_no_day_of_being_kin() -> None:
    kin, place = read("My brother Anton moved to Vienna in 2021.").facts
    assert (kin.key, kin.valid_from) == ("has_sibling", None)
    assert str(place.valid_from)[:4] == "2021"


def test_a_journey_to_come_is_of_the_future() -> None:
    (fact,) = read("I'm flying to Lisbon on Friday.").facts
    assert (fact.key, fact.value, fact.modality) == ("flying_to", "Lisbon", Modality.FUTURE)
    assert str(fact.valid_from)[:10] == "2026-03-20"


def test_confidence_of_a_fact_by_grammar_is_that_of_an_inferred_one() -> None:
    assert [fact.confidence for fact in read("Karim owns the invoicing service.").facts] == [0.75]


@pytest.mark.parametrize("key", ["passport_location", "location", "is", "biggest_customer", "badge_number", "grade"])
def test_what_a_thing_can_have_but_one_of_holds_one_value(key: str) -> None:
    assert known_key(key).single


@pytest.mark.parametrize("key", ["oversees", "described_as", "teammate", "has", "location_of_shops"])
def test_other_keys_of_the_grammar_hold_several(key: str) -> None:
    assert not known_key(key).single
