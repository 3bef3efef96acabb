"""Who asks by the very string finds the document that has it first, by words and by both."""

import time
from collections.abc import Callable
from datetime import datetime

import pytest

from knowledge.embedding.vector_space import Space
from knowledge.run_counts import Counts
from knowledge.search import Mode, Query, search
from knowledge.search.frequencies import forget_frequencies
from knowledge.words.stems import find_places
from tests.knowledge.identifiers import KINDS, make_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(space: Space, now: datetime) -> Callable[..., list[str]]:
    def run(text: str, mode: Mode = Mode.KEYWORD) -> list[str]:
        return [hit.document.content for hit in search(Query(text=text, mode=mode), now=now, space=space).hits]

    return run


@pytest.mark.parametrize("kind", KINDS)
def test_the_very_string_comes_first(kind: str, push: Callable[..., Counts], ask: Callable[..., list[str]]) -> None:
    texts, questions = make_store(kind, seed=1)
    push(*(f"{at} {text}" for at, text in enumerate(texts)))
    forget_frequencies()
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        firsts = sum(ask(asked, mode)[0] == f"{row} {texts[row]}" for asked, row in questions)
        assert firsts >= 98, f"{firsts} of 100 by {mode}"


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("10.0.0.12", "host 10.0.0.12 is up", "10.0.0.12:80 10.0.0.12:81 10.0.0.12/24 10.0.0.12:82"),
        ("1.2.3", "out: 1.2.3", "1.2.3-rc1, 1.2.3-rc2 and 1.2.3-rc3 of 1.2.3-beta"),
        ("C++", "some C++ here", "C and C and C#, C code in C"),
        ("C#", "some C# here", "C and C and C++, C code in C"),
        (".NET", "on .NET of old", "net net net, a fishing net"),
        ("1234.50", "paid $1,234.50 then", "1234 and 50 and 1234 and 50"),
        ("2024-03-05", "on 2024-03-05 or so", "2024-03-05T10:00:00Z and 2024-03-05T11:00:00Z"),
        ("a.b.C", "calls a.b.C now", "C b a, and a, b, C; c.b.a b.c"),
        ("ORA\u201100942", "saw ORA-00942 once", "ORA 1 00942 00942 ora"),
        ("what does ORA-00942 mean", "saw ORA-00942 once", "what does it mean: mean ORA 00942, ORA 942"),
        ("１０．０．０．１２", "host 10.0.0.12 is up", "12.0.0.10 12.0.0.10"),
    ],
)
def test_what_is_alone_goes_before_what_is_inside_and_that_before_its_words(
    question: str, first: str, second: str, push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push(second, first, "the words of nothing")
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        assert ask(question, mode)[:2] == [first, second]


def test_quotes_ask_for_words_side_by_side(push: Callable[..., Counts], ask: Callable[..., list[str]]) -> None:
    push(
        "the green house stood", "a house, green and old", "greens of the houses", "green", "green houses", "greenhouse"
    )
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        assert set(ask('"green house"', mode)) == {"the green house stood", "green houses"}
        assert set(ask("“green house” stood", mode)) == {"the green house stood", "green houses"}
        assert ask('"house green"', mode) == ["a house, green and old"]
        assert ask('"greens of the house"', mode) == ["greens of the houses"]
        assert ask('"green moon"', mode) == []
        assert len(ask('"the of" green', mode)) >= 5
    assert len(ask('"green house"', Mode.SEMANTIC)) == 6


def test_a_quoted_identifier_is_asked_for_as_it_stands(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    push("at 10.0.0.12.", "at 10.0.0.12.5", "10.0.0.12:80", "12.0.0.10")
    for mode in (Mode.KEYWORD, Mode.HYBRID):
        assert ask('"10.0.0.12"', mode) == ["at 10.0.0.12.", "10.0.0.12:80"]


def test_words_that_may_be_written_together_are_found_however_they_are(
    push: Callable[..., Counts], ask: Callable[..., list[str]]
) -> None:
    texts = ["a wellknown fact", "a well-known fact", "a fact well known", "known wells of water"]
    push(*texts)
    for question in ("wellknown", "well-known", "well known"):
        assert set(ask(question)[:3]) == set(texts[:3])


def test_no_text_takes_long_to_cut() -> None:
    for hostile in ("a" * 100_000, "a-" * 50_000, "1,234" * 20_000, "a.b/" * 30_000, "é\u0301" * 50_000, "-" * 100_000):
        began = time.perf_counter()
        find_places([hostile, f"{hostile}!"])
        assert time.perf_counter() - began < 3
