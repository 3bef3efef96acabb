"""Plain statements, by family: what is said of the speaker, of others and of things."""

import pytest

from memory.extraction.diff import SELF
from tests.memory.extraction.told import line_of, read, told

WORK = [
    ("I work for Hooli as a data engineer.", ["me role data engineer", "me works_at Hooli"]),
    ("I'm head of logistics at Baltic Freight.", ["me role head of logistics", "me works_at Baltic Freight"]),
    ("I am employed by Deutsche Bahn.", ["me works_at Deutsche Bahn"]),
    ("I've just started a new job at Airbus.", ["me works_at Airbus"]),
    ("I work part-time as a barista at Café Letka.", ["me role barista", "me works_at Café Letka"]),
    ("My new title is principal engineer.", ["me role principal engineer"]),
    ("I'm a cartographer.", ["me role cartographer"]),
    ("I report directly to Dr. Fraser.", ["me reports_to Dr. Fraser"]),
    ("Ravi is my manager.", ["me reports_to Ravi"]),
    ("I'm on the payments team.", ["me member_of payments team"]),
    ("My side project is called Pantry.", ["me works_on Pantry"]),
    ("I was laid off from Nokia in January.", ["me works_at Nokia ended"]),
    ("I no longer work at Initech.", ["me works_at Initech ended", "me used_to work at Initech"]),
    ("I studied architecture at TU Delft.", ["me field_of_study architecture", "me studied_at TU Delft"]),
    ("I have an MBA from INSEAD.", ["me studied_at INSEAD"]),
    ("I'm certified in first aid.", ["me certified_in first aid"]),
]
LIFE = [
    ("My name is Amara Okonkwo.", ["me name Amara Okonkwo"]),
    ("I'm Theo, I'm 29 and I live in Ghent.", ["me name Theo", "me age 29", "me lives_in Ghent"]),
    ("I live in Austin, Texas.", ["me lives_in Austin"]),
    ("I moved from Paris to Lyon three years ago.", ["me lives_in Lyon", "me moved_from Paris"]),
    ("We live in Antwerp.", ["me lives_in Antwerp"]),
    ("i live in berlin", ["me lives_in Berlin"]),
    ("My husband's name is Pavel.", ["me married_to Pavel"]),
    ("I have two brothers, Sam and Eli.", ["me has_sibling Sam", "me has_sibling Eli"]),
    ("My daughter Freya is 4 years old.", ["me has_child Freya", "Freya age 4"]),
    ("We adopted a cat named Miso.", ["me has_pet Miso", "Miso species cat"]),
    ("I was born on 12 July 1988.", ["me birthday 12 July 1988"]),
    ("You can reach me at jo@acme.example.", ["me email jo@acme.example"]),
    ("My phone number is +420 601 234 567.", ["me phone +420 601 234 567"]),
    ("My pronouns are they/them.", ["me pronouns they/them"]),
    ("I am a Canadian citizen.", ["me nationality Canadian"]),
    (
        "I speak Spanish, Portuguese and a little Catalan.",
        ["me speaks Spanish", "me speaks Portuguese", "me speaks Catalan", "me catalan_level a little"],
    ),
]
TASTE = [
    ("I love hiking and rock climbing.", ["me likes hiking", "me likes rock climbing"]),
    ("I'm a huge fan of Studio Ghibli.", ["me likes Studio Ghibli"]),
    ("I prefer tea to coffee.", ["me likes tea", "me prefers tea to coffee"]),
    ("I can't stand loud music.", ["me dislikes loud music"]),
    ("I don't like olives.", ["me dislikes olives"]),
    ("I'm allergic to latex and bee stings.", ["me allergic_to latex", "me allergic_to bee stings"]),
    ("I'm allergic to walnuts, unfortunately.", ["me allergic_to walnuts"]),
    ("I have a peanut allergy.", ["me allergic_to peanut"]),
    ("My favorite dish is svíčková.", ["me favourite_dish svíčková"]),
    ("I've been vegan since 2020.", ["me diet vegan"]),
    ("I switched from Java to Kotlin.", ["me uses Java ended", "me uses Kotlin"]),
    ("I own a Tesla Model 3.", ["me owns Tesla Model 3"]),
]
OTHERS = [
    ("Marta works at Contoso as an accountant.", ["Marta role accountant", "Marta works_at Contoso"]),
    ("Our CTO Miguel lives in Porto.", ["Miguel role CTO", "Miguel lives_in Porto"]),
    ("My manager, Elena, is based in Madrid.", ["me reports_to Elena", "Elena lives_in Madrid"]),
    ("Karl and Greta live in Munich.", ["Karl lives_in Munich", "Greta lives_in Munich"]),
    ("Hugo's manager is Petra.", ["Hugo reports_to Petra"]),
    ("Peter is married to Ingrid.", ["Peter married_to Ingrid"]),
    ("The CEO of Initech is Bill Lumbergh.", ["Bill Lumbergh role CEO", "Bill Lumbergh works_at Initech"]),
    ("Lumen was acquired by Vestas in 2025.", ["Vestas acquired Lumen"]),
    ("Contoso was founded by Erik Nygaard.", ["Erik Nygaard founded Contoso"]),
    ("Globex Inc. is headquartered in Zurich.", ["Globex Inc. located_in Zurich"]),
    ("The Luna Lamp costs 89 EUR.", ["Luna Lamp price 89 EUR"]),
    ("The Luna Lamp is made by Herman Miller.", ["Luna Lamp manufacturer Herman Miller"]),
    ("The return window for the Shoes policy is 14 days.", ["Shoes policy return_window 14 days"]),
    ("The Bergen store is open from 10 to 20.", ["Bergen store opening_hours 10 to 20"]),
    ("The deadline for Apollo is next Friday.", ["Apollo deadline next Friday"]),
]


@pytest.mark.parametrize(("text", "rows"), WORK + LIFE + TASTE + OTHERS)
def test_a_plain_statement_is_read(text: str, rows: list[str]) -> None:
    assert told(text) == rows


def test_each_clause_has_its_own_subject_and_what_follows_and_keeps_it() -> None:
    diff = read("I work at Hooli and live in Graz, but my sister Nora lives in Linz.")
    assert [line_of(fact) for fact in diff.facts] == [
        "me works_at Hooli",
        "me lives_in Graz",
        "me has_sibling Nora",
        "Nora lives_in Linz",
    ]
    assert not diff.unread


def test_a_pronoun_with_one_antecedent_is_resolved_with_less_confidence() -> None:
    facts = read("Karl is a pilot at Lufthansa. He lives in Munich.").facts
    assert [(fact.entity, fact.key, fact.confidence) for fact in facts] == [
        ("Karl", "role", 0.85),
        ("Karl", "works_at", 0.85),
        ("Karl", "lives_in", 0.75),
    ]


def test_a_pronoun_with_two_antecedents_is_an_uncertainty_and_no_fact() -> None:
    diff = read("Bob met Tom. He lives in Bonn.")
    assert not diff.facts
    assert [(row.about, row.kind) for row in diff.uncertainties] == [("He", "reference")]


def test_a_role_is_told_with_its_employer() -> None:
    role, employer = read("I'm a nurse at Charité.").facts
    assert (role.said_with, employer.key, role.entity) == ("works_at", "works_at", SELF)


def test_what_a_slot_holds_gives_the_type() -> None:
    types = {row.name: row.type for row in read("Dana works at Hooli. My project is Zephyr. I live in Tartu.").entities}
    assert types == {"Dana": "person", "Hooli": "organisation", "Zephyr": "project", "Tartu": "location"}


def test_what_was_read_in_part_is_told_as_unread_too() -> None:
    diff = read("I live in Ghent by a canal.")
    assert [line_of(fact) for fact in diff.facts] == ["me lives_in Ghent"]
    assert diff.unread == ("I live in Ghent by a canal",)


@pytest.mark.parametrize(
    "text",
    [
        "Ich wohne in Bremen und arbeite bei Siemens.",
        "Je suis Marie, directrice chez Renault.",
        "Me llamo Ana y vivo en Madrid.",
    ],
)
def test_another_language_is_told_as_unread(text: str) -> None:
    diff = read(text)
    assert not diff.facts
    assert diff.unread


def test_an_assistant_claims_nothing_and_a_tool_nothing_about_the_speaker() -> None:
    assert not read("I work at Hooli.", role="assistant").facts
    assert not read("I work at Hooli.", role="tool").facts
    assert read("Dana works at Hooli.", role="tool").facts
