"""A filtered query finds exactly min(top_k, matching documents), whichever plan answers."""

import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from knowledge.embedding.vector_space import Space
from knowledge.filters import sampling
from knowledge.filters.evaluation import matches
from knowledge.filters.parsing import parse_filter
from knowledge.models import Document
from knowledge.run_counts import Counts
from knowledge.search import Mode, Query, search, vector
from knowledge.search.index import catching_up, reading
from knowledge.search.index.catching_up import catch_up
from knowledge.search.query import Answer, Plan
from knowledge.tagexpr import parse_tags
from tests.knowledge.filters.random_filters import random_document, random_filter
from tests.knowledge.filters.test_evaluation import as_asked
from tests.knowledge.statistics import analyze_tables

pytestmark = pytest.mark.django_db
DOCUMENTS = 150


@pytest.fixture
def ask(space: Space, now: datetime) -> Callable[..., Answer]:
    def run(given: dict[str, Any], *, text: str = "red text", tags: str | None = None, **options: Any) -> Answer:
        query = Query(text=text, filter=parse_filter(given), tags=parse_tags(tags), **options)
        return search(query, now=now, space=space)

    return run


@pytest.fixture(params=["hnsw", "codes"])
def index(request: pytest.FixtureRequest, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which one names candidates; to be used before a model is made."""
    settings.SEARCH_INDEX, settings.SEARCH_INDEX_DIR = request.param, tmp_path / "index"
    monkeypatch.setattr(catching_up, "LEAST", 1)
    reading._readers.clear()
    sampling.forget_shares()
    return str(request.param)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("up_to", [10**9, 0, 5], ids=["exact", "index", "exact until there are too many"])
@pytest.mark.parametrize("seed", range(2))
def test_every_mode_and_plan_agrees_with_python(
    index: str,
    push: Callable[..., Counts],
    ask: Callable[..., Answer],
    space: Space,
    monkeypatch: pytest.MonkeyPatch,
    up_to: int,
    seed: int,
) -> None:
    monkeypatch.setattr(vector, "ALWAYS_EXACT", up_to)
    monkeypatch.setattr(vector, "BREAK_EVEN", 0.0)
    monkeypatch.setattr(vector, "sqrt", lambda _: 0)
    chance, plans = random.Random(seed), set()
    push(*(random_document(chance, number) for number in range(DOCUMENTS)))
    analyze_tables()
    if index == "codes":
        assert catch_up(space.model)
    documents = [as_asked(each) for each in Document.objects.all()]
    for _ in range(60):
        given, tags = random_filter(chance), chance.choice((None, "red", "red|blue+green"))
        top_k, mode = chance.choice((1, 7, 999)), chance.choice(list(Mode))
        answer = ask(given, tags=tags, top_k=top_k, mode=mode, diverse=top_k == 7 and chance.random() < 0.3)
        expected = matching(documents, given, tags, words=mode is Mode.KEYWORD)
        found = {hit.document.key for hit in answer.hits}
        assert len(answer.hits) == len(found) == min(top_k, len(expected)), (given, tags, mode)
        assert found <= expected
        plans.add(answer.plan)
    assert plans >= ({Plan.EXACT} if up_to == 10**9 else {Plan.INDEX})


def matching(documents: list[dict[str, Any]], given: dict[str, Any], tags: str | None, *, words: bool) -> set[str]:
    """All of them have the word `text`."""
    wanted, expression = parse_filter(given), parse_tags(tags)
    assert wanted is not None
    return {
        each["id"]
        for each in documents
        if matches(wanted, each) and (expression is None or expression.matches(each["tags"]))
    }


def test_the_nearest_of_those_that_match_come_in_order(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push(
        {"id": "1", "content": "red apples taste sweet", "metadata": {"year": 2019}},
        {"id": "2", "content": "red apples taste sour", "metadata": {"year": 2020}},
        {"id": "3", "content": "bread is baked", "metadata": {"year": 2021}},
    )
    since = {"key": "metadata.year", "op": "gte", "value": 2020}
    assert [hit.document.key for hit in ask(since, text="red apples taste sweet").hits] == ["2", "3"]


def test_answers_to_two_filters_are_remembered_apart(push: Callable[..., Counts], ask: Callable[..., Answer]) -> None:
    push({"id": "1", "content": "a", "metadata": {"is": 1}}, {"id": "2", "content": "b", "metadata": {"is": True}})
    one, other = ({"key": "metadata.is", "op": "eq", "value": value} for value in (1, True))
    for _ in range(2):
        assert [hit.document.key for hit in ask(one).hits] == ["1"]
        assert [hit.document.key for hit in ask(other).hits] == ["2"]
    assert ask(one).cached


@pytest.mark.parametrize("documents", [0, 1, 400])
def test_the_sample_tells_about_which_share_matches(push: Callable[..., Counts], documents: int) -> None:
    push(*({"id": f"{n}", "content": f"text {n}", "metadata": {"half": n % 2}} for n in range(documents)))
    sampling.forget_shares()
    wanted = parse_filter({"key": "metadata.half", "op": "eq", "value": 0})
    assert wanted is not None
    share = sampling.share_of(wanted, documents=documents)
    assert share == (0.5 if documents == 400 else 1.0)
