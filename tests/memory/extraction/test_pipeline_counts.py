"""What came of a turn is counted for all processes, at once."""

from uuid import uuid4

import pytest

from core.counters import Counters
from memory.extraction import tally
from memory.extraction.diff import SELF
from memory.extraction.pipeline import read_turn
from tests.memory.extraction.played import played, relation, reply, turn

RIGA = reply(relations=[relation(SELF, "lives_in", "Riga")])


def test_another_process_knows_of_a_turn_as_soon_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    key = f"larder:test:{uuid4().hex}"
    monkeypatch.setattr(tally, "counters", Counters(key))
    with played("no", RIGA) as model:
        read_turn(turn("Ich wohne in Riga"), readers=model.readers("small"), floor=0.7)
    monkeypatch.setattr(tally, "counters", Counters(key))
    assert tally.read_counts() == {
        "turns": {("fast", "read"): 1},
        "calls": {("small", "invalid"): 1, ("small", "read"): 1},
        "tokens": {("small", "in"): 240, ("small", "out"): 60},
    }


def test_counts_that_are_none_of_ours_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Counters(f"larder:test:{uuid4().hex}")
    monkeypatch.setattr(tally, "counters", mine)
    mine.add({"turns|rules": 1, "other|a|b": 1, "turns|rules|read": 1})
    assert tally.read_counts()["turns"] == {("rules", "read"): 1}
