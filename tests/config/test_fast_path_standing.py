"""The fast path takes nothing for granted: what changed about who asks is known with the very next question."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.keys import USE_NOTED_EVERY, create_key
from accounts.models import AccessKey, Stage, User
from core.sql import Statement, fetch_lent
from knowledge.models import Document, EmbeddingModel
from knowledge.run_counts import Counts
from knowledge.search import fast_path, vector
from knowledge.search.scope import scope_of
from tests.config.fast_clients import FastClient, FullClient, Made, PassedOn

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=400)

Change = Callable[[UUID, datetime], Any]


def of_key(**fields: Any) -> Change:
    return lambda key, now: AccessKey.objects.filter(pk=key).update(**fields)


def of_model(**fields: Any) -> Change:
    return lambda key, now: EmbeddingModel.objects.update(**fields)


CHANGES: dict[str, Change] = {
    "revoked": lambda key, now: AccessKey.objects.filter(pk=key).update(revoked_at=now),
    "expired": lambda key, now: AccessKey.objects.filter(pk=key).update(expires_at=now - LONG_AGO),
    "deleted": lambda key, now: AccessKey.objects.filter(pk=key).delete(),
    "another text": of_key(digest=b"x" * 32),
    "renamed": of_key(name="another"),
    "another role": of_key(role="provider", stage=None),
    "bound": of_key(source="hr"),
    "narrowed to sources": of_key(sources=["hr"]),
    "narrowed to a tag": of_key(tags="food"),
    "narrowed to verbs": of_key(verbs=["read"]),
    "put in a stage": lambda key, now: AccessKey.objects.filter(pk=key).update(stage=Stage.objects.get(name="other")),
    "taken out of its stage": of_key(stage=None),
    "stage renamed": lambda key, now: Stage.objects.filter(name="triage").update(name="new"),
    "stage's top_k": lambda key, now: Stage.objects.filter(name="triage").update(max_top_k=7),
    "stage's floor": lambda key, now: Stage.objects.filter(name="triage").update(min_score_floor=0.5),
    "owner suspended": lambda key, now: User.objects.update(is_active=False),
    "another model": of_model(name="another"),
    "model retired": of_model(state="retired"),
    "model's dimensions": of_model(dimensions=7),
    "model's windows": of_model(passage_chars=7, passage_overlap=1),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("remembered", [True, False])
def test_what_changed_is_known_with_the_next_question(
    store: None, fresh_process: None, now: datetime, change: str, remembered: bool
) -> None:
    owner = User.objects.create_user("jo", password="x", is_staff=True)
    stage = Stage.objects.create(name="triage", max_top_k=9)
    Stage.objects.create(name="other", max_top_k=9)
    key, raw = create_key("test", role="analyzer", owner=owner, stage=stage)
    asked = FastClient(raw)
    FullClient(raw)({"text": "bread"})
    assert len(asked.ids({"text": "bread"})) == 9
    CHANGES[change](key.pk, now)
    with pytest.raises(PassedOn):
        asked({"text": "bread"} if remembered else {"text": "bread", "min_score": 0.01})


def test_a_use_is_noted_at_most_once_a_minute(store: None, made: Made, fast: FastClient, full: FullClient) -> None:
    full({"text": "bread"})
    now = timezone.now()
    for before, noted_anew in ((timedelta(), False), (USE_NOTED_EVERY / 2, False), (USE_NOTED_EVERY * 2, True)):
        AccessKey.objects.update(last_used_at=now - before)
        fast({"text": "bread"})
        assert (AccessKey.objects.get(pk=made[0].pk).last_used_at != now - before) is noted_anew
    AccessKey.objects.update(last_used_at=None)
    fast({"text": "bread"})
    assert AccessKey.objects.get(pk=made[0].pk).last_used_at is not None


@pytest.mark.parametrize("text", ["bread", "Butter and bread?", "number 7"])
@pytest.mark.parametrize("more", [{}, {"tags": "food"}, {"tags": "none"}, {"top_k": 30}])
def test_a_search_without_settings_takes_one_statement_and_answers_alike(
    store: None, fast: FastClient, full: FullClient, monkeypatch: pytest.MonkeyPatch, text: str, more: dict[str, Any]
) -> None:
    """None of a plan's own rows, as the index gives where nothing matches, is no row of the standing's either."""
    asked: list[int] = []
    monkeypatch.setattr(fast_path, "fetch_lent", lambda each: (asked.append(len(each)), fetch_lent(each))[1])
    full({"text": text})
    monkeypatch.setattr(vector, "ALWAYS_EXACT", 0)
    with_settings = fast({"text": text, "min_score": 0.01, **more})[1]
    monkeypatch.setattr(vector, "ALWAYS_EXACT", 1_000)
    without = fast({"text": text, "min_score": 0.02, **more})[1]
    expected = full({"text": text, "min_score": 0.02, **more})[1]
    assert asked == [1, 2, 1]
    assert json.loads(without) == json.loads(with_settings) == json.loads(expected)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT 1 WHERE false", []),
        ("SELECT NULL, NULL", [(None, None)]),
        ("SELECT n FROM generate_series(9, 1, -1) n", [(n,) for n in range(9, 0, -1)]),
    ],
)
@pytest.mark.parametrize("tuned", [{}, {"enable_sort": "off"}])
def test_rows_come_as_they_are_with_the_standing_or_after_it(
    store: None, fresh_process: None, made: Made, text: str, rows: list[Any], tuned: dict[str, str]
) -> None:
    asked = fast_path.read_fast_query(made[1], b'{"text": "bread"}', now=timezone.now())
    assert asked
    (is_unnoted, *_, version), found = fast_path._fetch(
        asked, Statement(text=text, tuned=tuned), scope_of(asked.query, now=asked.now)
    )
    assert (is_unnoted, version, found) == (True, asked.known.version, rows)


def test_a_text_whose_vector_the_process_holds_needs_no_redis(
    store: None,
    fresh_process: None,
    fast: FastClient,
    full: FullClient,
    push: Callable[..., Counts],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is written meanwhile is found all the same, and what is gone is not."""
    full({"text": "bread"})
    before = fast({"text": "bread"})[1]
    monkeypatch.setattr(fast_path, "recall", lambda keys: pytest.fail("Redis was asked"))
    assert fast({"text": "bread"})[1] == before
    assert len(fast.ids({"text": "bread", "top_k": 3})) == 3
    push({"id": "new", "content": "bread"})
    assert "new" in fast.ids({"text": "bread"})
    Document.objects.filter(key="new").delete()
    assert fast({"text": "bread"})[1] == before
