"""Keyword search: which words find what, whatever their endings, and when they are written."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from core.sql import fetch
from knowledge.embedding.pending import embed_pending
from knowledge.run_counts import Counts
from knowledge.search import Mode
from knowledge.search.keyword import scoring, searching
from knowledge.search.query import Answer, CountedIn, Hit
from tests.embedding import HashingEmbedder

pytestmark = pytest.mark.django_db


def keys(answer: Answer) -> list[str]:
    return [hit.document.key for hit in answer.hits]


def marked(hit: Hit) -> list[str]:
    return [hit.document.content[start:end] for start, end in hit.highlights]


def test_keyword_finds_a_word_whatever_its_ending_and_marks_it(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push("They walked home.", "A walk, a long walk!", "Nothing of the kind.")
    found = ask("walking", mode=Mode.KEYWORD)
    assert keys(found) == ["A walk, a long walk!", "They walked home."]
    assert marked(found.hits[0]) == ["walk", "walk"]
    assert marked(found.hits[1]) == ["walked"]


def test_keyword_finds_what_waits_for_its_vector_and_what_was_refused_one(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push("bread waits", budget_s=0)
    push("bread is poison ☠")
    assert set(keys(ask("bread", mode=Mode.KEYWORD))) == {"bread waits", "bread is poison ☠"}
    assert ask("bread").hits == []
    assert len(ask("bread", mode=Mode.HYBRID).hits) == 2


def test_keyword_answers_while_the_embedder_is_away(
    push: Callable[..., Counts], ask: Callable[..., Answer], embedder: HashingEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    push("bread")
    embedder.available = False
    assert keys(ask("bread", mode=Mode.KEYWORD)) == ["bread"]


def test_keyword_finds_the_last_word_of_the_longest_content(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push({"id": "long", "content": " ".join(f"word{n}" for n in range(100_000)) + " needle"})
    hit = ask("needle", mode=Mode.KEYWORD).hits[0]
    assert marked(hit) == ["needle"]
    assert hit.ordinal == hit.passages - 1


def test_a_question_of_stop_words_alone_finds_nothing_by_words(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push("to be or not to be")
    assert ask("to be", mode=Mode.KEYWORD).hits == []


def test_a_rewritten_document_is_found_by_its_new_words_only(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push({"id": "1", "content": "apples"})
    push({"id": "1", "content": "pears"})
    assert ask("apples", mode=Mode.KEYWORD).hits == []
    assert keys(ask("pears", mode=Mode.KEYWORD)) == ["1"]


def test_neither_a_renewal_nor_a_tag_nor_a_vector_rewrites_words(push: Callable[..., Counts], now: datetime) -> None:
    push({"id": "1", "content": "apples"}, budget_s=0)
    written = fetch("SELECT xmin::text, ctid::text FROM knowledge_fulltextrow", {})
    push({"id": "1", "content": "apples", "expires_at": now + timedelta(days=1)})
    push({"id": "1", "content": "apples", "tags": ["fruit"]})
    assert embed_pending(now=now) == 1
    assert fetch("SELECT xmin::text, ctid::text FROM knowledge_fulltextrow", {}) == written


def test_ideographs_are_found_one_by_one(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push("知識の倉庫", "別の話")
    assert keys(ask("倉庫", mode=Mode.KEYWORD)) == ["知識の倉庫"]


def test_diverse_keyword_prefers_novelty_too(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push("red apples taste sweet", "red apples taste sweet too", "red wagons roll")
    found = ask("red apples sweet", top_k=2, mode=Mode.KEYWORD, diverse=True)
    assert keys(found)[1] == "red wagons roll"


OCCURRENCES = f"""
SELECT n, {scoring.COUNT.format("word")} FROM (
    SELECT n, CASE WHEN n = 0 THEN 'other:1' ELSE 'word:' || array_to_string(ARRAY(SELECT generate_series(1, n)), ',')
    END::tsvector AS lexemes FROM generate_series(0, 255) AS n
) w
"""


@pytest.mark.usefixtures("db")
def test_occurrences_of_a_word_are_counted_exactly_as_far_as_they_are_kept() -> None:
    counts = fetch(OCCURRENCES, {"word": "'word'"})
    assert [count for _, count in counts] == list(range(256))


def test_what_a_scope_leaves_away_does_not_take_the_place_of_what_it_holds(
    push: Callable[..., Counts], ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = ({"id": f"out{n}", "content": f"apples apples apples {n}", "source": "memory.x"} for n in range(40))
    inside = ({"id": f"in{n}", "content": f"apples {'and others ' * n}", "source": "own"} for n in range(8))
    push(*outside, *inside)
    monkeypatch.setattr(searching, "CANDIDATES", 47)  # so that the words of the whole store tell
    monkeypatch.setattr(searching, "BEST", 1)
    found = ask("apples", top_k=3, mode=Mode.KEYWORD, explain=True)
    assert found.explanation.counted_in is CountedIn.STORE
    assert keys(found) == ["in0", "in1", "in2"]
