"""A ranking as it is remembered."""

from datetime import datetime

import pytest

from knowledge.search.query import Candidate, Plan
from knowledge.search.ranking import Ranking, unpack_ranking


@pytest.mark.parametrize("expires", [True, False])
def test_a_ranking_is_remembered_as_it_was_and_nonsense_as_none(now: datetime, expires: bool) -> None:
    candidates = [Candidate(2**40, 3, 0, 2**30, 0.1 + 0.2), Candidate(1, 0, 5, 9, 1.0, None, by_words=True)]
    until = now if expires else None
    whole = Ranking(generation=7, plan=Plan.WORDS, candidates=candidates, since=now, until=until)
    packed = whole.pack()
    assert unpack_ranking(packed) == whole
    broken = (packed[:-1], packed[1:], b"2" + packed[1:], packed.replace(b"words", b"wirds"), b"\xff", b"[1, 2]", b"")
    for each in broken:
        assert unpack_ranking(each) is None
    assert unpack_ranking(None) is None
