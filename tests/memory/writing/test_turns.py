"""Turns from their words to their facts, through the API and on real PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

import pytest

from knowledge.models import Document
from memory.models import Context, Entity, Fact, Session, Turn
from tests.memory.conftest import MemoryApi

pytestmark = pytest.mark.django_db

COUNTS = ("created", "updated", "relations_created")
PRICES = ("29.99", "29.99", "31.50")

JANUARY, MARCH = "2026-01-10T09:00:00Z", "2026-03-18T10:00:00Z"


def facts(memory: MemoryApi, text: str, **fields: Any) -> dict[str, Any]:
    answer = memory("post", "facts", {"text": text, **fields})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_one_fact_from_a_first_employer_to_the_next(memory: MemoryApi) -> None:
    first = facts(memory, "I work at Acme.", observed_at=JANUARY, scopes="org/acme/user/alice")
    assert (first["created"], first["updated"], first["relations_created"]) == (2, 0, 1)
    second = facts(memory, "I started at Globex last week.", observed_at=MARCH, scopes="org/acme/user/alice")
    [relation] = second["extraction"]["relations"]
    assert (relation["object"], relation["effect"]) == ("Globex", "superseded")
    assert relation["validFrom"] == "2026-03-11T10:00:00Z"
    [correction] = second["extraction"]["corrections"]
    assert (correction["entity"], correction["old"], correction["new"]) == ("alice", "Acme", "Globex")
    assert (second["created"], second["updated"], second["relations_created"]) == (1, 1, 1)
    old, new = Fact.objects.get(state="superseded"), Fact.objects.get(state="current")
    assert (old.ended_at, new.supersedes) == (datetime(2026, 3, 11, 10, tzinfo=UTC), old)
    assert (old.known_until is not None, new.known_until) == (True, None)


def test_only_what_is_believed_is_searched(memory: MemoryApi, context: Context) -> None:
    facts(memory, "I work at Acme.")
    facts(memory, "I work at Globex.")
    live = Document.objects.filter(source=context.source, deleted_at=None)
    assert sorted(live.filter(tags__contains=["kind:fact"]).values_list("content", flat=True)) == [
        "user · works at: Globex"
    ]
    assert live.filter(tags__contains=["kind:turn"]).count() == 2


def test_a_preview_writes_nothing(memory: MemoryApi, context: Context) -> None:
    told = facts(memory, "I work at Acme.", infer="preview", scopes="org/new", session_id="chat")
    assert (told["preview"], told["created"], told["extraction"]["relations"][0]["object"]) == (True, 2, "Acme")
    assert not any(model.objects.exists() for model in (Turn, Session, Fact, Entity))
    assert not Document.objects.filter(source=context.source).exists()
    assert not context.scope_nodes.exists()


def test_none_keeps_the_words_alone(memory: MemoryApi) -> None:
    told = facts(memory, "I work at Acme.", infer="none", role="assistant")
    assert (told["stage"], told["complete"], told["extraction"]["relations"]) == ("none", True, [])
    assert Turn.objects.get().content == "I work at Acme."
    assert not Fact.objects.exists()


def test_a_session_is_begun_by_its_name_and_its_turns_are_numbered(memory: MemoryApi) -> None:
    for text in ("I work at Acme.", "I live in Lisbon."):
        assert facts(memory, text, session_id="chat 7")["sessionId"] == "chat 7"
    assert facts(memory, "I like tea.")["sessionId"].startswith("sess:")
    assert list(Turn.objects.filter(session__name="chat 7").order_by("seq").values_list("seq", flat=True)) == [0, 1]


def test_catalogue_text_counts_as_published(memory: MemoryApi) -> None:
    record = "Product Gadget B (sku_9) costs {} and belongs to category gadgets."
    told = [facts(memory, record.format(price), infer="triples", scope={"org": "acme"}) for price in PRICES]
    counts = [tuple(each[name] for name in COUNTS) for each in told]
    assert counts == [(3, 0, 2), (0, 0, 0), (0, 1, 0)]


def test_triples_are_written_past_any_model(memory: MemoryApi) -> None:
    triples = [
        {"entity": {"type": "product", "name": "Gadget B"}, "key": "price", "value": 5},
        {
            "entity": {"type": "product", "name": "Gadget B"},
            "key": "category",
            "target": {"type": "category", "name": "Gadgets"},
        },
    ]
    answer = memory("post", "facts", {"infer": "triples", "triples": triples}).json()
    assert tuple(answer[name] for name in COUNTS) == (3, 0, 2)
    again = memory("post", "facts", {"infer": "triples", "triples": triples}).json()
    assert tuple(again[name] for name in COUNTS) == (0, 0, 0)
    assert again["sessionId"]
    assert {(each.key, each.value, each.source_kind) for each in Fact.objects.all()} == {
        ("price", "5", "triples"),
        ("belongs_to", "Gadgets", "triples"),
    }


@pytest.mark.parametrize(
    ("body", "culprit"),
    [
        ({}, "text"),
        ({"text": "  "}, "text"),
        ({"text": "x", "infer": "some"}, "infer"),
        ({"text": "x", "role": "boss"}, "role"),
        ({"text": "x", "memory_category": "mood"}, "memory_category"),
        ({"text": "x", "labels": ["plain"]}, "labels[0]"),
        ({"text": "x", "labels": ["_own=1"]}, "labels[0]"),
        ({"text": "x", "labels": [f"k{n}=v" for n in range(21)]}, "labels"),
        ({"text": "x\0y"}, "text"),
        ({"text": "x", "observed_at": "yesterday"}, "observed_at"),
        ({"infer": "triples"}, "triples"),
        ({"infer": "triples", "triples": []}, "triples"),
        ({"infer": "triples", "triples": [{"key": "a", "value": "b"}]}, "triples[0].entity"),
        ({"infer": "triples", "triples": [{"entity": {"name": "A"}, "key": "a"}]}, "triples[0]"),
        ({"infer": "triples", "text": "Nothing of the kind."}, "text"),
    ],
)
def test_what_is_malformed_is_named(memory: MemoryApi, body: dict[str, Any], culprit: str) -> None:
    answer = memory("post", "facts", body)
    assert answer.status_code == 400, answer.content
    assert culprit in answer.json()["detail"]
    assert not Turn.objects.exists()


def test_what_is_too_long_is_refused(memory: MemoryApi) -> None:
    assert memory("post", "facts", {"text": "x" * 20_001}).status_code == 413
    triple = {"entity": {"name": "A"}, "key": "k", "value": "v"}
    assert memory("post", "facts", {"infer": "triples", "triples": [triple] * 3_001}).status_code == 413
    assert memory("post", "facts/batch", {"messages": [{"content": "x"}] * 501}).status_code == 413


def test_a_batch_keeps_every_turn_and_tells_whose_rows_are_whose(memory: MemoryApi) -> None:
    messages = [
        {"role": "user", "content": "I work at Acme.", "ts": JANUARY},
        {"role": "assistant", "content": "You work at Initech."},
        {"role": "user", "content": "I live in Lisbon."},
    ]
    told = memory("post", "facts/batch", {"messages": messages, "session_id": "chat"}).json()
    [whole] = told["extractions"]
    assert [(row["object"], row["turnId"]) for row in whole["relations"]] == [
        ("Acme", told["turnIds"][0]),
        ("Lisbon", told["turnIds"][2]),
    ]
    assert Turn.objects.count() == 3
    each = memory("post", "facts/batch", {"messages": messages, "extract": "per_message"}).json()
    assert [len(one["relations"]) for one in each["extractions"]] == [1, 0, 1]


def test_a_batch_is_refused_by_the_message_that_is_wrong(memory: MemoryApi) -> None:
    answer = memory("post", "facts/batch", {"messages": [{"content": "Fine."}, {"role": "user", "content": ""}]})
    assert (answer.status_code, "messages[1].content" in answer.json()["detail"]) == (400, True)
    assert not Turn.objects.exists()


def test_a_session_of_another_region_is_refused(agent: Any) -> None:
    alice = agent({"memory:write": ["org/acme/user/alice"], "memory:read": ["org/acme/user/alice"]})
    bob = agent({"memory:write": ["org/acme/user/bob"], "memory:read": ["org/acme/user/bob"]})
    assert facts(alice, "I like tea.", session_id="chat")["sessionId"] == "chat"
    assert bob("post", "facts", {"text": "I like tea.", "session_id": "chat"}).status_code == 403


def test_two_scopes_may_hold_two_values(memory: MemoryApi) -> None:
    facts(memory, "I work at Acme.", scopes="org/a/user/al")
    told = facts(memory, "I work at Globex.", scopes="org/b/user/al")
    assert told["extraction"]["corrections"] == []
    assert Fact.objects.filter(state="current").count() == 2


def test_the_embedder_may_be_away(memory: MemoryApi, embedder: Any, context: Context) -> None:
    embedder.available = False
    assert facts(memory, "I work at Acme.")["created"] == 2
    assert Document.objects.filter(source=context.source, deleted_at=None).count() == 2
