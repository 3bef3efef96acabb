"""Search returns what it promises: exactly min(top_k, matching documents), by true distance."""

import random
from datetime import timedelta

import numpy as np
import pytest

from knowledge import search as searching
from knowledge.errors import QueryInvalid
from knowledge.models import Document
from knowledge.search import Plan, Query, search
from knowledge.tagexpr import parse_tags
from knowledge.trash import delete_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(space, now):
    def run(text, *, tags=None, at=None, **options):
        return search(Query(text=text, tags=parse_tags(tags), **options), now=at or now, space=space)

    return run


def keys(answer):
    return [hit.document.key for hit in answer.hits]


def test_the_nearest_comes_first_with_a_score_between_0_and_1(push, ask):
    push("red apples taste sweet", "bread is baked in ovens", "sweet red cherries")
    answer = ask("red apples taste sweet")
    assert keys(answer)[0] == "red apples taste sweet"
    assert answer.hits[0].score == pytest.approx(1, abs=1e-3)
    assert all(0 <= hit.score <= 1 for hit in answer.hits)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("a+b", {"ab"}), ("a|b", {"ab", "a", "b"}), ("a+b|c", {"ab", "c"}), ("d", set()), (None, {"ab", "a", "b", "c"})],
)
def test_tags_filter_with_and_before_or(push, ask, expression, expected):
    for name in ("ab", "a", "b", "c"):
        push({"id": name, "content": f"text {name}", "tags": list(name)})
    assert set(keys(ask("text", tags=expression))) == expected


def test_expired_and_deleted_documents_never_appear(push, ask, now):
    push({"id": "brief", "content": "sweet apples", "expires_at": now + timedelta(minutes=1)}, "sweet pears")
    assert len(keys(ask("sweet"))) == 2
    assert keys(ask("sweet", at=now + timedelta(minutes=2))) == ["sweet pears"]
    delete_rows([Document.objects.get(key="sweet pears").pk], now=now, actor="test")
    assert keys(ask("sweet", at=now + timedelta(minutes=2))) == []


def test_a_hit_carries_its_best_passage(push, ask):
    filler = "nothing to see here " * 150
    push({"id": "long", "content": filler + "quantum chromodynamics " * 40 + filler})
    hit = ask("quantum chromodynamics").hits[0]
    assert "quantum" in hit.document.content[hit.start : hit.end]
    assert hit.passages > 2


def test_a_source_narrows_the_search(push, ask):
    push({"id": "1", "content": "same words", "source": "hr"}, {"id": "2", "content": "same words here"})
    assert keys(ask("same words", source="hr")) == ["1"]


def test_min_score_leaves_weak_hits_out(push, ask):
    push("alpha beta gamma", "delta epsilon")
    assert keys(ask("alpha beta gamma", min_score=0.9)) == ["alpha beta gamma"]


def test_a_blank_text_is_refused(ask):
    with pytest.raises(QueryInvalid):
        ask("  ")


def test_diverse_prefers_novelty_over_a_near_copy(push, ask):
    push("red apples taste sweet", "red apples taste sweet too", "red wagons roll")
    assert keys(ask("red apples sweet wagons", top_k=2))[1].startswith("red apples")
    assert keys(ask("red apples sweet wagons", top_k=2, diverse=True))[1] == "red wagons roll"


@pytest.mark.parametrize("plan", list(Plan))
def test_both_plans_agree_with_brute_force_over_random_stores(push, ask, embedder, now, monkeypatch, plan):
    chance = random.Random(4)
    words = [f"w{n}" for n in range(60)]
    documents = []
    for number in range(300):
        documents.append(
            {
                "id": f"{number}",
                "content": " ".join(chance.choices(words, k=chance.choice((3, 8, 700)))),
                "tags": chance.sample("abcdef", k=chance.randint(0, 3)),
                "expires_at": now + timedelta(hours=chance.choice((-1, 1))) if chance.random() < 0.3 else None,
            }
        )
    push(*documents)
    trashed = chance.sample(list(Document.objects.values_list("pk", flat=True)), k=30)
    delete_rows(trashed, now=now, actor="test")
    monkeypatch.setattr(searching, "EXACT_UP_TO", 10**9 if plan is Plan.EXACT else -1)
    live = {document.key: document for document in Document.objects.live(now).prefetch_related("passages")}
    for expression in (None, "a", "a+b", "a+b|c", "f+e+d", "zzz"):
        parsed = parse_tags(expression)
        for top_k in (1, 7, 1_000):
            text = " ".join(chance.choices(words, k=4))
            wanted = embedder.embed([text])[0]
            best = {
                key: max(cosine(wanted, np.array(passage.vector)) for passage in document.passages.all())
                for key, document in live.items()
                if parsed is None or parsed.matches(document.tags)
            }
            found = ask(text, tags=expression, top_k=top_k)
            assert len(found.hits) == min(top_k, len(best))
            expected = sorted((max(0.0, score) for score in best.values()), reverse=True)[:top_k]
            assert [hit.score for hit in found.hits] == pytest.approx(expected, abs=2e-3)


def cosine(left: np.ndarray, right: np.ndarray) -> float:
    return float(left @ right / (np.linalg.norm(left) * np.linalg.norm(right)))
