"""Search returns what it promises: exactly min(top_k, matching documents), by true distance."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product
from math import log

import numpy as np
import pytest

from core.errors import QueryInvalid
from knowledge.deleting.trash import delete_rows
from knowledge.models import Document, FullTextRow
from knowledge.run_counts import Counts
from knowledge.search import Mode, vector
from knowledge.search.keyword import searching
from knowledge.search.query import Answer, CountedIn, Hit
from knowledge.tagexpr import parse_tags
from knowledge.words.stems import count_stems
from tests.embedding import HashingEmbedder
from tests.knowledge.statistics import analyze_tables

pytestmark = pytest.mark.django_db


def keys(answer: Answer) -> list[str]:
    return [hit.document.key for hit in answer.hits]


def test_the_nearest_comes_first_with_a_score_between_0_and_1(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push("red apples taste sweet", "bread is baked in ovens", "sweet red cherries")
    answer = ask("red apples taste sweet")
    assert keys(answer)[0] == "red apples taste sweet"
    assert answer.hits[0].score == pytest.approx(1, abs=1e-3)
    assert all(0 <= hit.score <= 1 for hit in answer.hits)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("a+b", {"ab"}), ("a|b", {"ab", "a", "b"}), ("a+b|c", {"ab", "c"}), ("d", set()), (None, {"ab", "a", "b", "c"})],
)
def test_tags_filter_with_and_before_or(
    push: Callable[..., Counts], ask: Callable[..., Answer], expression: str | None, expected: set[str]
) -> None:
    for name in ("ab", "a", "b", "c"):
        push({"id": name, "content": f"text {name}", "tags": list(name)})
    assert set(keys(ask("text", tags=expression))) == expected


def test_expired_and_deleted_documents_never_appear(
    push: Callable[..., Counts], ask: Callable[..., Answer], now: datetime
) -> None:
    push({"id": "brief", "content": "sweet apples", "expires_at": now + timedelta(minutes=1)}, "sweet pears")
    assert len(keys(ask("sweet"))) == 2
    assert keys(ask("sweet", at=now + timedelta(minutes=2))) == ["sweet pears"]
    delete_rows([Document.objects.get(key="sweet pears").pk], now=now, actor="test")
    assert keys(ask("sweet", at=now + timedelta(minutes=2))) == []


def test_a_hit_carries_its_best_passage(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    filler = "nothing to see here " * 150
    push({"id": "long", "content": filler + "quantum chromodynamics " * 40 + filler})
    hit = ask("quantum chromodynamics").hits[0]
    assert "quantum" in hit.document.content[hit.start : hit.end]
    assert hit.passages > 2


def test_a_source_narrows_the_search(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push({"id": "1", "content": "same words", "source": "hr"}, {"id": "2", "content": "same words here"})
    assert keys(ask("same words", source="hr")) == ["1"]


def test_min_score_leaves_weak_hits_out(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push("alpha beta gamma", "delta epsilon")
    assert keys(ask("alpha beta gamma", min_score=0.9)) == ["alpha beta gamma"]


def test_a_blank_text_is_refused(ask: Callable[..., Answer]) -> None:
    with pytest.raises(QueryInvalid):
        ask("  ")


def test_diverse_prefers_novelty_over_a_near_copy(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push("red apples taste sweet", "red apples taste sweet too", "red wagons roll")
    assert keys(ask("red apples sweet wagons", top_k=2))[1].startswith("red apples")
    assert keys(ask("red apples sweet wagons", top_k=2, diverse=True))[1] == "red wagons roll"


ENDINGS = ("", "s", "ed", "ing")
STEMS = ["bake", "walk", "sail", "paint", "climb", "knit", "sing", "plant", "count", "fold", "zzyx", "wx", "wy"]


@pytest.fixture
def random_store(push: Callable[..., Counts], now: datetime) -> dict[str, Document]:
    """300 documents of 3 to 700 words; some are expired, some in the trash. Those that are live, by their ids."""
    chance = random.Random(4)
    push(
        *(
            {
                "id": f"{number}",
                "content": random_text(chance, chance.choice((3, 8, 700))),
                "tags": chance.sample("abcdef", k=chance.randint(0, 3)),
                "source": chance.choice(("wiki", "hr")),
                "expires_at": now + timedelta(hours=chance.choice((-1, 1))) if chance.random() < 0.3 else None,
            }
            for number in range(300)
        )
    )
    delete_rows(chance.sample(list(Document.objects.values_list("pk", flat=True)), k=30), now=now, actor="test")
    analyze_tables()
    return {
        document.key: document for document in Document.objects.live(now).prefetch_related("passages", "fulltext_rows")
    }


def random_text(chance: random.Random, count: int) -> str:
    rare = chance.choices([f"word{chr(97 + n // 20)}{chr(97 + n % 20)}" for n in range(200)], k=count)
    common = [stem + chance.choice(ENDINGS) for stem in chance.choices(STEMS, k=count)]
    return " ".join(chance.sample(rare + common, k=count))


def matching(store: dict[str, Document], expression: str | None, source: str | None) -> dict[str, Document]:
    parsed = parse_tags(expression)
    return {
        key: document
        for key, document in store.items()
        if (parsed is None or parsed.matches(document.tags)) and source in (None, document.source)
    }


CASES = list(product((None, "a", "a+b|c", "f+e+d", "zzz"), (None, "hr"), (1, 7, 999)))
"""tags, source, top_k"""


@pytest.mark.usefixtures("graph")
@pytest.mark.parametrize("up_to", [10**9, -1, 5], ids=["exact", "index", "exact until there are too many"])
def test_both_plans_agree_with_brute_force_over_random_stores(
    random_store: dict[str, Document],
    ask: Callable[..., Answer],
    embedder: HashingEmbedder,
    monkeypatch: pytest.MonkeyPatch,
    up_to: int,
) -> None:
    monkeypatch.setattr(vector, "exact_up_to", lambda *_, **__: up_to)
    chance = random.Random(5)
    for tags, source, top_k in CASES:
        text = random_text(chance, 4)
        wanted = embedder.embed([text])[0]
        best = [
            max(cosine(wanted, np.array(passage.vector)) for passage in document.passages.all())
            for document in matching(random_store, tags, source).values()
        ]
        found = ask(text, tags=tags, source=source, top_k=top_k)
        assert len(found.hits) == min(top_k, len(best))
        assert [hit.score for hit in found.hits] == pytest.approx(sorted(best, reverse=True)[:top_k], abs=2e-3)


def test_keyword_scores_as_bm25_does_over_random_stores(
    random_store: dict[str, Document], ask: Callable[..., Answer]
) -> None:
    """By the counts of what the scope leaves, as if nothing else were stored."""
    chance = random.Random(6)
    for tags, source, top_k in CASES:
        left = matching(random_store, tags, source).values()
        passages = [fulltext for document in left for fulltext in document.fulltext_rows.all()]
        counts = dict(zip(map(place, passages), count_stems(list(map(text_of, passages))), strict=True))
        average = sum(each.end - each.start for each in passages) / max(len(passages), 1)
        text = random_text(chance, 4)
        terms = count_stems([text])[0]
        weights = {}
        for term in terms:
            holding = sum(term in counted for counted in counts.values())
            weights[term] = log(1 + (len(passages) - holding + 0.5) / (holding + 0.5))

        def score(
            fulltext: FullTextRow,
            weights: dict[str, float] = weights,
            average: float = average,
            counts: dict[tuple[int, int], Counter[str]] = counts,
        ) -> float:
            norm = 1.5 * (0.25 + 0.75 * (fulltext.end - fulltext.start) / average)
            held = counts[place(fulltext)]
            return sum(w * held[term] / (held[term] + norm) for term, w in weights.items()) / sum(weights.values())

        scores = {
            key: max(score(fulltext) for fulltext in document.fulltext_rows.all())
            for key, document in matching(random_store, tags, source).items()
        }
        best = sorted((score for score in scores.values() if score > 0), reverse=True)
        found = ask(text, tags=tags, source=source, top_k=top_k, mode=Mode.KEYWORD)
        assert [hit.score for hit in found.hits] == pytest.approx(best[:top_k], abs=1e-6)


@pytest.mark.parametrize("filtered", [{"source": "own"}, {"tags": "own"}])
def test_keyword_scores_are_the_same_alone_and_beside_a_thousand_others(
    push: Callable[..., Counts], ask: Callable[..., Answer], filtered: dict[str, str]
) -> None:
    chance = random.Random(9)
    texts = [random_text(chance, 20) for _ in range(40)]
    questions = [random_text(chance, 4) for _ in range(10)]
    push(*({"id": str(n), "content": text, "source": "own", "tags": ["own"]} for n, text in enumerate(texts)))

    def found(**options: str) -> list[list[tuple[str, float]]]:
        answers = [ask(each, mode=Mode.KEYWORD, explain=True, **options) for each in questions]
        assert {each.explanation.counted_in for each in answers} == {CountedIn.SCOPE}
        return [[(hit.document.key, hit.score) for hit in each.hits] for each in answers]

    alone = found()
    others = ({"id": f"x{n}", "content": random_text(chance, 90), "source": "other"} for n in range(1_000))
    push(*others, budget_s=0)
    analyze_tables()
    assert found(**filtered) == alone


def test_a_scope_too_large_to_count_is_weighed_by_the_whole_store(
    random_store: dict[str, Document], ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "CANDIDATES", 1)
    found = ask("alpha", mode=Mode.KEYWORD, explain=True)
    assert found.explanation.counted_in is CountedIn.STORE


def test_words_beyond_those_that_are_scored_carry_no_numbers(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    many = " ".join(f"w{chr(97 + n // 20)}{chr(97 + n % 20)}z" for n in range(searching.MOST_TERMS + 3))
    push(many)
    terms = ask(many, mode=Mode.KEYWORD, explain=True).explanation.terms
    assert [each.passages for each in terms] == [1] * searching.MOST_TERMS + [None] * 3
    assert {each.weight for each in terms[searching.MOST_TERMS :]} == {None}


@pytest.mark.parametrize("most", [20_000, 30, 1])
def test_keyword_finds_all_that_match_however_few_candidates_it_may_look_at(
    random_store: dict[str, Document], ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(searching, "CANDIDATES", most)
    chance = random.Random(7)
    for tags, source, top_k in CASES:
        text = random_text(chance, 3)
        stems = set(count_stems([text])[0])
        holding = [
            key
            for key, document in matching(random_store, tags, source).items()
            if stems & set(count_stems([document.content])[0])
        ]
        assert len(ask(text, tags=tags, source=source, top_k=top_k, mode=Mode.KEYWORD).hits) == min(top_k, len(holding))


def test_hybrid_finds_as_many_as_match_and_falls_from_hit_to_hit(
    random_store: dict[str, Document], ask: Callable[..., Answer]
) -> None:
    chance = random.Random(8)
    for tags, source, top_k in CASES:
        found = ask(random_text(chance, 4), tags=tags, source=source, top_k=top_k, mode=Mode.HYBRID)
        scores = [hit.score for hit in found.hits]
        assert len(scores) == min(top_k, len(matching(random_store, tags, source)))
        assert len(set(keys(found))) == len(scores)
        assert scores == sorted(scores, reverse=True)
        assert all(0 < score <= 1 for score in scores)


def test_highlights_lie_within_the_best_passage_of_every_mode(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push("red apples taste sweet")
    for mode in Mode:
        assert marked(ask("a sweet apple", mode=mode).hits[0]) == ["apples", "sweet"]


def test_an_explanation_counts_each_branch_and_names_near_misses(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push({"id": "1", "content": "red apples", "tags": ["a", "b"]}, {"id": "2", "content": "red walls", "tags": ["c"]})
    found = ask("red apples", tags="a+b|c", min_score=0.9, explain=True)
    assert [(list(each.tags), each.documents, each.more) for each in found.explanation.branches] == [
        (["a", "b"], 1, False),
        (["c"], 1, False),
    ]
    assert keys(found) == ["1"]
    assert [miss.key for miss in found.explanation.near_misses] == ["2"]


def marked(hit: Hit) -> list[str]:
    return [hit.document.content[start:end] for start, end in hit.highlights]


def place(fulltext: FullTextRow) -> tuple[int, int]:
    return fulltext.document_id, fulltext.ordinal


def text_of(fulltext: FullTextRow) -> str:
    return fulltext.document.content[fulltext.start : fulltext.end]


def cosine(left: np.ndarray, right: np.ndarray) -> float:
    return float(left @ right / (np.linalg.norm(left) * np.linalg.norm(right)))
