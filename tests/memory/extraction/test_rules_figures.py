"""What a plain clause only seems to say: figures of speech, what is over, and what nobody can do."""

import pytest

from tests.memory.extraction.told import told

TURNED = [
    "I cut corners.",
    "I raised my voice.",
    "I raised the bar.",
    "I moved heaven and earth.",
    "I returned to form.",
    "I went to pieces in May.",
    "We are going to great lengths on Friday.",
    "Our server died of boredom.",
    "I finished second.",
    "I serve two masters.",
    "Coffee is our biggest sponsor.",
    "I'm in the club now.",
    "Far from owning a boat, I rent one.",
    "I'm running on fumes.",
    "Our manager sits on every proposal.",
    "My dog runs the household.",
    "My laptop lives in the repair shop.",
    "I ship Ross and Rachel.",
    "I bought the farm.",
    "I train dragons.",
    "I study people.",
    "I teach my kids patience.",
    "I own my mistakes.",
    "The plan has holes.",
    "My flat is close to perfect.",
    "I'm close to tears.",
    "I'm part of the problem.",
    "I move fast.",
    "I built a wall around myself.",
    "I have a bone to pick with Anna.",
    "I have a soft spot for cats.",
    "I keep my word.",
    "I make mistakes.",
    "I take the blame.",
    "My evil twin lives in Paris.",
    "I obviously love Mondays.",
    "I'm kidding, my name is Batman.",
    "All invoices above 500 euros need two signatures.",
    "We moved from hope to despair.",
    "I run the show.",
    "I drive my parents up the wall.",
    "My boss is a dragon.",
    "My life is a mess.",
    "My sister owns the world.",
    "The plan covers everything.",
    "I built castles in the air.",
    "I would manage the Oslo office.",
    "My uncle secretly owns a castle.",
    "Nobody oversees payroll.",
    "I oversee almost all of payroll.",
    "You own the invoicing service.",
    "The house I own is in a dream.",
    "We lived on hope.",
    "I managed the Oslo office.",
    "The server ran on Windows.",
    "My cat Plum died in March.",
]


@pytest.mark.parametrize("text", TURNED)
def test_what_is_turned_figurative_or_over_claims_nothing(text: str) -> None:
    assert told(text) == []
