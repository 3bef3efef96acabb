"""One memory, told through the API and asked in every way that there is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from memory.models import Fact, Trace, Turn
from tests.memory.conftest import MemoryApi, Speak

pytestmark = pytest.mark.django_db

PLACE = "org/acme/user/alice"
JANUARY, FEBRUARY = "2026-01-10T09:00:00Z", "2026-02-01T00:00:00Z"
BEFORE_KNOWN, MARCH = "2026-03-15T00:00:00Z", "2026-03-18T10:00:00Z"


@pytest.fixture
def alice(memory: MemoryApi) -> MemoryApi:
    """Acme since January; Globex since a week before 18 March, which was learnt on that day."""
    for text, at in (("I work at Acme.", JANUARY), ("I started at Globex last week.", MARCH)):
        told = memory("post", "facts", {"text": text, "observed_at": at, "scopes": PLACE, "session_id": "chat"})
        assert told.status_code == 200, told.content
    _learn_on(JANUARY, MARCH)
    return memory


def _learn_on(first: str, second: str) -> None:
    """As if each had been told on its day."""
    old, new = Fact.objects.get(value="Acme"), Fact.objects.get(value="Globex")
    Fact.objects.filter(pk=old.pk).update(known_from=first, known_until=second)
    Fact.objects.filter(pk=new.pk).update(known_from=second)


def ask(memory: MemoryApi, text: str, **fields: Any) -> dict[str, Any]:
    answer = memory("post", "query", {"query": text, **fields})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_question_that_names_what_it_asks_for_is_read_off_the_rows(alice: MemoryApi) -> None:
    found = ask(alice, "Where does Alice work?")
    assert (found["tier"], found["classificationKind"]) == ("direct", "direct_lookup")
    [hit] = found["hits"]
    assert (hit["text"], hit["score"], hit["source"]) == ("alice · works at: Globex", 1.0, "relation")
    assert found["seedEntities"] == ["alice"]
    assert Trace.objects.get().tier == "direct"


@pytest.mark.parametrize(
    ("said", "question", "answer"),
    [
        ("I don't eat pork.", "What does Alice avoid?", "alice · avoids: pork"),
        ("I own a canoe.", "what did Alice own?", "alice · owns: canoe"),
        ("I speak Polish.", "Which languages does Alice speak?", "alice · speaks: Polish"),
    ],
)
def test_a_verb_that_lost_its_ending_asks_for_the_same(alice: MemoryApi, said: str, question: str, answer: str) -> None:
    assert alice("post", "facts", {"text": said, "scopes": PLACE}).status_code == 200
    found = ask(alice, question)
    assert (found["tier"], found["hits"][0]["text"]) == ("direct", answer)


def test_the_speaker_may_ask_of_themselves_and_others_of_a_place(alice: MemoryApi) -> None:
    assert ask(alice, "where do I work?")["hits"][0]["text"] == "alice · works at: Globex"
    assert ask(alice, "who works at Globex?")["hits"][0]["text"] == "alice · works at: Globex"


@pytest.mark.parametrize(
    ("moment", "employer"),
    [
        ({"asOf": FEBRUARY}, "Acme"),
        ({"asOf": BEFORE_KNOWN}, "Acme"),  # what was known then
        ({"atInstant": MARCH}, "Globex"),
        ({"validFrom": BEFORE_KNOWN, "validUntil": BEFORE_KNOWN}, "Globex"),  # what was so
        ({"valid_from": FEBRUARY, "valid_until": FEBRUARY}, "Acme"),
    ],
)
def test_what_was_believed_and_what_was_so_are_two_questions(
    alice: MemoryApi, moment: dict[str, str], employer: str
) -> None:
    found = ask(alice, "where does Alice work?", **moment)
    assert [hit["text"] for hit in found["hits"]] == [f"alice · works at: {employer}"]


def test_the_chain_is_whole(alice: MemoryApi) -> None:
    history = alice("get", "entities/person/alice/history/works_at").json()["history"]
    assert [(each["value"], each["validFrom"], each["validUntil"]) for each in history] == [
        ("Acme", JANUARY, "2026-03-11T10:00:00Z"),
        ("Globex", "2026-03-11T10:00:00Z", None),
    ]
    assert (history[0]["supersededBy"], history[1]["supersedes"]) == (history[1]["id"], history[0]["id"])


def test_state_and_profile_show_the_present(alice: MemoryApi) -> None:
    state = alice("get", "state").json()
    assert [each["object"] for each in state["identity"]["relations"]] == ["Globex"]
    assert (state["truncated"], state["unknowns"]) == (False, [])
    assert alice("get", "profile").json()["static"] == [{"key": "works_at", "value": "Globex"}]
    assert alice("post", "state", {"asOf": FEBRUARY}).json()["identity"]["relations"][0]["object"] == "Acme"


def test_a_block_for_a_prompt_is_known_when_it_is_sent_back(alice: MemoryApi) -> None:
    told = alice("post", "context", {"query": "where does Alice work?"}).json()
    assert "works at: Globex" in told["context"]
    assert all(line.startswith("[memory] ") for line in told["context"].splitlines())
    again = alice("post", "facts", {"text": told["context"], "scopes": PLACE}).json()
    assert (again["created"], again["extraction"]["relations"]) == (0, [])


def test_what_nobody_names_is_found_by_words(alice: MemoryApi) -> None:
    for number in range(12):
        alice("post", "facts", {"text": f"Remark {number} on weather.", "infer": "none", "scopes": PLACE})
    alice("post", "facts", {"text": "The lantern festival was lovely.", "infer": "none", "scopes": PLACE})
    found = ask(alice, "lantern festival", k=3)
    assert (found["tier"], found["hits"][0]["text"]) == ("hybrid", "The lantern festival was lovely.")
    assert found["hits"][0]["source"] == "memory_chunk"
    assert all(0 <= hit["score"] <= 1 for hit in found["hits"])
    only_facts = ask(alice, "lantern festival", include=["facts"])
    assert all(hit["source"] != "memory_chunk" for hit in only_facts["hits"])


def test_words_find_while_the_embedder_is_away(alice: MemoryApi, embedder: Any) -> None:
    alice("post", "facts", {"text": "The lantern festival was lovely.", "infer": "none", "scopes": PLACE})
    embedder.available = False
    found = ask(alice, "lantern festival")
    assert found["hits"][0]["text"] == "The lantern festival was lovely."
    assert alice("post", "query", {"query": "lantern", "mode": "vector"}).status_code == 503


def test_a_lens_narrows_and_never_widens(agent: Speak, alice: MemoryApi) -> None:
    reader = agent({"memory:read": [PLACE]})
    assert ask(reader, "where does Alice work?")["hits"]
    assert ask(reader, "where does Alice work?", lens="org/acme")["hits"] == []
    assert ask(reader, "where does Alice work?", lens="org/other")["hits"] == []
    assert ask(alice, "where does Alice work?", lens="org/acme")["hits"] == []
    assert ask(alice, "where does Alice work?", lens="org/acme/*")["hits"]


@pytest.mark.parametrize(
    ("body", "culprit"),
    [
        ({}, "query"),
        ({"query": " "}, "query"),
        ({"query": "x", "k": 51}, "k is"),
        ({"query": "x", "k": 0}, "k is"),
        ({"query": "x", "mode": "magic"}, "mode"),
        ({"query": "x", "include": ["dreams"]}, "include"),
        ({"query": "x", "asOf": "yesterday"}, "asOf"),
        ({"query": "x", "lens": "//"}, "scope"),
        ({"query": "x", "scopeView": "wide"}, "scopeView"),
    ],
)
def test_what_is_malformed_is_named(memory: MemoryApi, body: dict[str, Any], culprit: str) -> None:
    answer = memory("post", "query", body)
    assert (answer.status_code, culprit.casefold() in answer.json()["detail"].casefold()) == (400, True), answer.content


def test_places_on_a_map_are_not_offered(memory: MemoryApi) -> None:
    assert memory("post", "query", {"query": "x", "location": {"lat": 1}}).status_code == 501


def test_a_session_is_read_and_deleted_with_its_words_alone(alice: MemoryApi) -> None:
    turns = alice("get", "sessions/chat/turns").json()["turns"]
    assert [(each["seq"], each["content"]) for each in turns] == [
        (0, "I work at Acme."),
        (1, "I started at Globex last week."),
    ]
    assert "Globex" in alice("post", "sessions/chat/context").json()["context"]
    assert alice("delete", "sessions/chat").status_code == 204
    assert alice("get", "sessions/chat").status_code == 404
    assert not Turn.objects.exists()
    assert ask(alice, "where does Alice work?")["hits"][0]["text"] == "alice · works at: Globex"


def test_forgetting_is_tried_first_then_done(alice: MemoryApi) -> None:
    dry = alice("post", "forget", {"query": "where Alice works", "dryRun": True}).json()
    assert dry["deleted"] >= 1
    assert ask(alice, "where does Alice work?")["tier"] == "direct"
    assert alice("post", "forget", {"query": "where Alice works"}).json()["deleted"] == dry["deleted"]
    assert ask(alice, "where does Alice work?")["tier"] != "direct"
    assert len(alice("get", "entities/person/alice/history/works_at").json()["history"]) == 2


def test_purging_leaves_nothing_of_it(alice: MemoryApi) -> None:
    alice("post", "forget", {"query": "where Alice works", "purge": True})
    assert not Fact.objects.exists()
    assert not Turn.objects.exists()
    assert ask(alice, "Globex")["hits"] == []


def test_an_entity_expires_and_keeps_its_history(alice: MemoryApi) -> None:
    assert alice("delete", "entities/person/alice").status_code == 204
    assert alice("get", "state").json()["identity"]["relations"] == []
    assert len(alice("get", "entities/person/alice/history/works_at").json()["history"]) == 2


@pytest.mark.parametrize(
    "ref", ["entity:person/alice", "attribute:person/alice/works_at", "relation:alice/works_at/Globex"]
)
def test_an_object_is_inspected_with_every_version(alice: MemoryApi, ref: str) -> None:
    told = alice("get", f"inspect?ref={ref}").json()
    assert told["kind"] == ref.partition(":")[0]
    assert any("Globex" in (each.get("value") or each.get("object")) for each in told["versions"])


@pytest.mark.parametrize(("ref", "status"), [("nothing", 400), ("entity:person/nobody", 404), ("trace:1", 404)])
def test_what_cannot_be_inspected_says_so(alice: MemoryApi, ref: str, status: int) -> None:
    assert alice("get", f"inspect?ref={ref}").status_code == status


def test_traces_are_listed_and_counted(alice: MemoryApi) -> None:
    ask(alice, "where does Alice work?")
    [trace] = alice("get", "traces").json()["traces"]
    assert (trace["queryText"], trace["resolutionTier"]) == ("where does Alice work?", "direct")
    assert alice("get", f"traces/{trace['id']}").json()["id"] == trace["id"]
    stats = alice("get", "traces/stats").json()
    assert (stats["totalQueries"], stats["tierCounts"]) == (1, {"direct": 1})


def test_an_end_that_is_stated_takes_effect_by_itself(memory: MemoryApi) -> None:
    told = memory("post", "facts", {"text": "I'm on parental leave until the end of next month."}).json()
    assert told["extraction"]["attributes"], told
    until = datetime.now(UTC) + timedelta(days=70)
    assert memory("get", "state").json()["context"]["attributes"]
    later = memory("post", "state", {"validFrom": until.isoformat(), "validUntil": until.isoformat()}).json()
    assert later["context"]["attributes"] == []
