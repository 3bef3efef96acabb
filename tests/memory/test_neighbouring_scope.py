"""Every address of a memory, called by who may do all in a neighbouring scope: nothing of the other is seen or lost."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from knowledge.models import Document
from memory.access.caller import Verb
from memory.models import Entity, Session, Turn
from tests.memory.conftest import MemoryApi, Speak
from tests.memory.test_isolation import IN_CONTEXT, INSIDE

ALICE, BOB = "org/acme/user/alice", "org/acme/user/bob"
SECRET = "zanzibar"
KEPT = ("Entity", "Fact", "Proof", "Turn", "Session", "Instruction", "Uncertainty", "ContextFile")


@pytest.fixture
def alice(agent: Speak) -> MemoryApi:
    """Who told and filed something about a secret in her own scope."""
    speak = agent({verb: [f"{ALICE}/*"] for verb in Verb.values})
    said = {"text": f"I work at {SECRET.title()}. My favourite colour is {SECRET}.", "session_id": f"of-{SECRET}"}
    node = {"kind": "product", "slug": SECRET, "title": SECRET, "content": {"price": SECRET}}
    triple = {"entity": {"type": "product", "name": SECRET}, "key": "sku", "value": SECRET}
    for path, body in (
        ("facts", said),
        ("facts", {"infer": "triples", "triples": [triple], "session_id": f"of-{SECRET}"}),
        ("knowledge/nodes/batch", {"nodes": [node]}),
    ):
        answer = speak("post", path, body)
        assert answer.status_code == 200, answer.content
    return speak


@pytest.fixture
def bob(agent: Speak) -> MemoryApi:
    return agent({verb: [f"{BOB}/*"] for verb in Verb.values})


def rows() -> dict[str, list[Any]]:
    """All that is kept of conversations and catalogues, and its documents in the store, of whoever's place."""
    kinds: list[type[Model]] = [apps.get_model("memory", name) for name in KEPT]
    found = {kind.__name__: list(kind._default_manager.order_by("pk").values()) for kind in kinds}
    found["Document"] = list(Document.objects.order_by("pk").values("key", "content", "deleted_at"))
    return found


def values_for(name: str) -> list[str]:
    """What a place of an address may be filled with to name what is Alice's."""
    session, turn = Session.objects.get(name=f"of-{SECRET}"), Turn.objects.order_by("seq").first()
    node = Entity.objects.get(slug=SECRET)
    known = {
        "session": [session.name, f"sess:{session.pk}"],
        "turn": [f"turn:{turn.pk}" if turn else ""],
        "kind": ["product"],
        "entity_type": ["product"],
        "type": ["product"],
        "slug": [SECRET],
        "name": [SECRET],
        "key": ["price"],
        "normalised": [SECRET],
        "entity": [f"entity:{node.pk}"],
    }
    return next((found for part, found in known.items() if name.startswith(part)), [f"document:{node.pk.hex}"])


def addresses(path: str) -> Iterator[str]:
    names = re.findall(r"\{(?:\w+:)?(\w+)\}", path.removeprefix(IN_CONTEXT))
    for values in itertools.product(*(values_for(name) for name in names)):
        yield re.sub(r"\{[^}]*\}", "{}", path.removeprefix(f"{IN_CONTEXT}/")).format(*values)


def bodies() -> list[dict[str, Any]]:
    session, turns = f"of-{SECRET}", [f"turn:{pk}" for pk in Turn.objects.values_list("pk", flat=True)]
    asked = {"query": SECRET, "k": 50, "path": ALICE, "sessionId": session, "message": SECRET, "name": "x", "verbs": []}
    return [
        {},
        asked,
        asked | {"lens": ALICE},
        asked | {"lens": "*", "include": ["facts", "passages"]},
        asked | {"purge": True, "entityRef": f"product/{SECRET}", "turnIds": turns, "text": "Hello."},
        {"path": "/"},
    ]


QUERIES = ("", f"?lens={ALICE}", f"?scope={ALICE}&limit=500&page_size=500", f"?q={SECRET}&ref=entity:product/{SECRET}")


def test_the_secret_is_there_to_be_seen(alice: MemoryApi) -> None:
    assert SECRET in alice("get", f"knowledge/nodes/product/{SECRET}").content.decode()


def test_a_neighbouring_scope_sees_and_changes_nothing(alice: MemoryApi, bob: MemoryApi) -> None:
    before, tries = rows(), bodies()
    for method, path in INSIDE:
        for address, query, body in itertools.product(addresses(path), QUERIES, tries if method != "GET" else [None]):
            _try(bob, method, f"{address}{query}", body)
        after = rows()
        for kind, kept in before.items():
            assert [row for row in after[kind] if row in kept] == kept, (kind, method, path)


def _try(bob: MemoryApi, method: str, address: str, body: Any) -> None:
    answer = bob(method, address, body)
    told = json.dumps(answer.json()) if answer["Content-Type"].endswith("json") and answer.content else ""
    assert answer.status_code < 500, (address, body, told)
    if answer.status_code < 300:
        assert SECRET not in _without(told, json.dumps([body, address])), (address, body)


def _without(told: str, sent: str) -> str:
    """What was sent with the request may come back in its answer."""
    return (
        told.replace(f'"query": "{SECRET}"', "").replace(f'"sessionId": "of-{SECRET}"', "") if SECRET in sent else told
    )
