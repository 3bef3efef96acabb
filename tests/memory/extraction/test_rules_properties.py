"""What holds of any text: nothing raises, nothing is made up, quotes and conditions claim nothing, cost is linear."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.extraction.rules.catalogue import read_triples_text
from memory.extraction.rules.text.words import words
from tests.memory.extraction.told import WEDNESDAY, read

WORDS = words(
    """I my we she who which and but if not no since until the end of June last week I'm don't Anna Hooli work
    works at live in is are been was joined left moved wife manager name Product costs 29.99 always stop said
    that when never answer French haha actually forget what about job for as a designer CEO favourite colour
    my husband wife's dog every Tuesday at 9:45 twice a week the meeting due $9 called expires two kids of metformin
    both going got moved to take usually @ 's can't rather 2019 ' ( ) , . : ; - ? ! > " \n ``` “ ’s"""
)
SENTENCES = st.lists(st.sampled_from(sorted(WORDS)), min_size=1, max_size=40).map(" ".join)
STATEMENTS = st.sampled_from(
    [
        "I work at Hooli",
        "my manager is Dana",
        "I live in Graz and love jazz",
        "I'm Theo, a baker",
        "Omar left Contoso",
        "always answer in French",
    ]
)


@given(st.one_of(SENTENCES, st.text(max_size=200)))
@settings(max_examples=300)
def test_any_text_is_read_without_an_error_and_nothing_is_made_up(text: str) -> None:
    diff = read(text)
    for fact in diff.facts:
        assert fact.span is not None
        start, end = fact.span
        assert 0 <= start < end <= len(text)
        assert bool(fact.value) + bool(fact.target) <= 1
    for row in diff.entities:
        assert row.name
        assert row.name.isprintable()
    read_triples_text(text, spoken_at=WEDNESDAY)


@pytest.mark.parametrize("text", ["Tom works in", "my sister lives in", "we drink in", "I have been there since from"])
def test_a_clause_that_breaks_off_is_read_without_an_error(text: str) -> None:
    assert read(text).unread


@given(STATEMENTS)
def test_nothing_comes_out_of_quote_marks(statement: str) -> None:
    for text in (
        f'She wrote "{statement}".',
        f"It reads “{statement}. {statement}.”",
        f'"{statement}" is what he said.',
    ):
        diff = read(text)
        assert not diff.facts
        assert not diff.instructions


@given(STATEMENTS)
def test_nothing_comes_out_of_a_condition_or_a_question(statement: str) -> None:
    for text in (f"If {statement}, then it rains.", f"Suppose {statement}.", f"Is it so that {statement}?"):
        assert not read(text).facts


UNITS = [
    "I work at Hooli and ",
    "Hooli, ",
    "'a ",
    '"a ',
    "not a but ",
    "if I ",
    "the end of ",
    "a,\n",
    "Bank of ",
    "(a) ",
]


@pytest.mark.parametrize("unit", [*UNITS, "Anna said ", "until the end of the end of ", "since early "])
def test_a_long_turn_costs_in_proportion(unit: str) -> None:
    read("I joined Hooli in January.")
    costs = []
    for chars in (2_000, 20_000):
        begun = time.process_time()
        read((unit * chars)[:chars])
        costs.append(time.process_time() - begun)
    assert costs[1] < max(30 * costs[0], 1)
