"""The plans that PostgreSQL keeps for statements without their values: a few rows are looked up by an index."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from core.sql import Statement
from knowledge.embedding.vector_space import Space
from knowledge.models import CountDelta
from knowledge.search import Plan
from knowledge.search.index import catching_up
from knowledge.search.index.catching_up import catch_up
from knowledge.search.query import Query
from knowledge.search.scope import may_wait, scope_of
from knowledge.search.vector import VectorSearch
from knowledge.tagexpr import parse_tags

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = ", d.source, d.key, d.content, d.tags"


@pytest.fixture
def wants(
    push: Callable[..., Any],
    space: Space,
    now: datetime,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> VectorSearch:
    """All five of a narrow tag, beside 800 others, by codes."""
    settings.SEARCH_INDEX, settings.SEARCH_INDEX_DIR = "codes", tmp_path / "index"
    monkeypatch.setattr(catching_up, "LEAST", 1)
    push(*({"id": f"{at}", "content": f"amber {at}", "tags": ["few"] if at < 5 else []} for at in range(800)))
    assert catch_up(space.model)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    scope = scope_of(Query(text="amber", tags=parse_tags("few")), now=now)
    [vector] = space.embedder.embed(["amber"])
    return VectorSearch(scope=scope, model=space.model, vector=vector, wanted=10)


def kept_plan(statement: Statement) -> str:
    """As it is made without the values."""
    names = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement.text)))
    text = re.sub(r"%\((\w+)\)s", lambda found: f"${names.index(found[1]) + 1}", statement.text).replace("%%", "%")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (GENERIC_PLAN) {text}")
        return "\n".join(line for (line,) in cursor.fetchall())


def test_a_narrow_question_by_codes_joins_no_whole_table(wants: VectorSearch) -> None:
    step = wants.first_step(columns=COLUMNS)
    assert step.plan is Plan.INDEX
    assert "Hash" not in kept_plan(step.statement)
    assert "Seq Scan on knowledge_document" not in kept_plan(step.statement)


def test_whether_anything_waits_is_asked_of_no_other_deltas(space: Space, now: datetime) -> None:
    about = {"scope": "wiki", "name": str(space.model.pk), "documents": 1, "chars": 1}
    CountDelta.objects.bulk_create(CountDelta(kind="passage", **about) for _ in range(1_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE knowledge_countdelta")
    scope = scope_of(Query(text="amber"), now=now)
    asked = Statement(text=f"SELECT {may_wait(scope, model=space.model)}", parameters=scope.parameters)
    assert "count_delta_waiting" in kept_plan(asked)
