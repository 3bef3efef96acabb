"""What a query leaves out: documents with a tag, or with any flag; never more, and never fewer hits for it."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.embedding.vector_space import Space
from knowledge.models import Document
from knowledge.run_counts import Counts
from knowledge.schemas import QueryIn
from knowledge.search import Mode, Query, search, vector
from knowledge.search.query import Answer
from knowledge.tagexpr import parse_tags

pytestmark = pytest.mark.django_db

TAGS = ("a", "b", "c", "flag:hidden-text", "flag:chat-template", "flagged")
CASES = list(product((None, "a", "a+b|c"), ((), ("b",), ("c", "flag:hidden-text")), (False, True), (1, 7, 999)))
"""tags, exclude_tags, exclude_flags, top_k"""


@pytest.fixture
def ask(space: Space, now: datetime) -> Callable[..., Answer]:
    def run(text: str = "bread", *, tags: str | None = None, **options: Any) -> Answer:
        return search(Query(text=text, tags=parse_tags(tags), **options), now=now, space=space)

    return run


@pytest.fixture
def store(push: Callable[..., Counts]) -> list[Document]:
    chance = random.Random(73)
    push(
        *(
            {"id": f"{n}", "content": f"bread number {n}", "tags": chance.sample(TAGS, k=chance.randint(0, 3))}
            for n in range(150)
        )
    )
    return list(Document.objects.all())


def matching(store: list[Document], tags: str | None, without: Sequence[str], without_flags: bool) -> set[str]:
    parsed = parse_tags(tags)
    return {
        document.key
        for document in store
        if (parsed is None or parsed.matches(document.tags))
        and not set(without) & set(document.tags)
        and not (without_flags and any(tag.startswith("flag:") for tag in document.tags))
    }


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.usefixtures("graph")
@pytest.mark.parametrize("up_to", [10**9, -1], ids=["exact", "index"])
def test_exactly_as_many_come_back_as_match_and_were_asked_for(
    store: list[Document], ask: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, mode: Mode, up_to: int
) -> None:
    monkeypatch.setattr(vector, "exact_up_to", lambda *_, **__: up_to)
    for tags, without, without_flags, top_k in CASES:
        found = ask(tags=tags, exclude_tags=without, exclude_flags=without_flags, top_k=top_k, mode=mode)
        wanted = matching(store, tags, without, without_flags)
        keys = {hit.document.key for hit in found.hits}
        assert keys <= wanted
        assert len(keys) == len(found.hits) == min(top_k, len(wanted))


def test_an_answer_without_flags_is_not_remembered_for_a_question_with_them(
    push: Callable[..., Counts], ask: Callable[..., Answer]
) -> None:
    push({"id": "plain", "content": "bread"}, {"id": "odd", "content": "bread too", "tags": ["flag:hidden-text"]})
    assert len(ask(exclude_flags=True).hits) == 1
    assert len(ask().hits) == 2
    assert len(ask(exclude_tags=("flag:hidden-text",)).hits) == 1


def test_explained_alternatives_are_counted_without_what_is_excluded(
    store: list[Document], ask: Callable[..., Answer]
) -> None:
    explained = ask(tags="a|b", exclude_flags=True, explain=True).explanation
    assert [branch.documents for branch in explained.branches] == [
        len(matching(store, tag, (), True)) for tag in ("a", "b")
    ]


def test_what_is_excluded_has_to_be_a_tag() -> None:
    with pytest.raises(ValidationError, match="a tag is lower-case"):
        QueryIn(text="bread", exclude_tags=["Not A Tag"])
