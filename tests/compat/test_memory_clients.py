"""The published clients of a memory over their whole surface, unmodified, awaited and blocking."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.compat.conftest import interpreter
from tests.compat.memories import new_memory
from tests.compat.model import REPLY, THOUGHT
from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
RunScript = Callable[..., dict[str, Any]]
CLIENTS = [
    ("surrealdb-memory", "surrealdb_memory:Memory", "Memory"),
    ("surrealdb-memory", "surrealdb_memory:AsyncMemory", "Memory"),
    ("surrealdb", "surrealdb.spectron:Spectron", "Spectron"),
    ("surrealdb", "surrealdb.spectron:AsyncSpectron", "Spectron"),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "shipping.txt"
    found.write_text("Parcels leave our house every morning.")
    return found


@pytest.mark.parametrize(("installed", "named", "family"), CLIENTS, ids=[each[1] for each in CLIENTS])
def test_a_published_client_works_over_its_whole_surface(
    installed: str, named: str, family: str, run_script: RunScript, larder: Larder, file: Path
) -> None:
    interpreter(installed)
    name = named.rpartition(":")[2].lower()
    memory, files = new_memory(larder, name), new_memory(larder, f"{name}-files", use_models=False)
    of_memory = (memory.context, memory.key, memory.principal)
    told = run_script(installed, "memory_client.py", named, larder.url, *of_memory, files.context, files.key, str(file))
    assert told.pop("not_called") == []
    assert told == expected(family)


def expected(family: str) -> dict[str, Any]:
    """What each part of the script tells, whichever client runs it; a refusal is [class, status, text, trace]."""
    forbidden = [f"{family}ScopeError", 403, True, True]
    missing = [f"{family}NotFoundError", 404, True, True]
    other = f"{family}APIError"
    return {
        "facts": {
            "first": ["full", "desk", [["works_at", "Acme", "created"]]],
            "first_is_chunk": True,
            "preview": [True, [["Riga", "created"]]],
            "triples": ["triples", True, [["price", "29.99"]]],
            "batch": ["desk", 3, 3],
            "corrections": [["works_at", "Acme", "Globex"]],
            "instructions": 1,
            "placed": [["has_pet", "Rex"]],
        },
        "reading": {
            "tier": ["direct", "direct_lookup", ["user", "bo"]],
            "hit": ["user · works at: Globex", 1.0, "relation"],
            "passages": True,
            "before": 0,
            "there": True,
            "block": [True, "direct"],
            "state": [[["has_pet", "Rex"], ["works_at", "Globex"]], [["species", "dog"], ["price", "29.99"]], 1, 0],
            "profile": [["works_at", "Globex"], ["has_pet", "Rex"]],
            "wishes": 1,
            "inspected": "relation",
            "health": {"status": "ok"},
        },
        "conversing": {
            "reply": [REPLY, "desk", "trace:", "turn:"],
            "stream": REPLY,
            "pieces": 7,
            "done": [True, "desk", "trace:"],
            "thought": [THOUGHT, 1, [["reflection", THOUGHT]]],
            "consolidated": [True, 0, []],
            "elaborated": [0, []],
        },
        "entities": {
            "names": ["Acme", "Globex"],
            "widget": ["Widget", [["price", "29.99"]]],
            "history": [["Acme", True], ["Globex", False]],
            "gone": False,
        },
        "sessions": {
            "scopes": [["org/acme"]],
            "turns": [[1, "user", "I work at Globex now."], [2, "assistant", "Congratulations."]],
            "block": True,
            "again": missing,
        },
        "documents": {
            "again": [True, True, False, True],
            "broken": [other, 415, True, True],
            "done": [["ready", False], ["ready", False], ["ready", False]],
            "file": ["Shipping", "wiki", "text/plain", 1],
            "page": [2, 2, 0, 10],
            "chunks": ["Parcels may be returned within 30 days."],
            "hits": [["Parcels may be returned within 30 days.", True, True]],
            "raw": True,
            "words": [["parcel"], ["parcel", 2, 2], ["parcel"], True],
            "once_more": [True],
            "links": 0,
            "deleted": missing,
        },
        "access": {
            "scopes": True,
            "closed": [other, 409, True, True],
            "forgotten": True,
            "granted": {"memory:read": ["org/acme/*"], "memory:write": ["org/acme/*"]},
            "effective": ["org/acme/user/bo", ["memory:read", "memory:write"]],
            "delegated": [True, True],
            "outside": forbidden,
            "revoked": {"memory:read": ["org/acme/*"]},
            "found": [True, 1],
            "keys": [True, True, [f"{family}AuthError", 401, True, True], forbidden, "user · works at: Globex", True],
        },
        "upkeep": {
            "traces": [5, True, True],
            "stats": [True, 24],
            "audit": 5,
            "responses": ["response", "response", "response"],
            "lifecycle": [0, 0],
            "fsck": [0, []],
            "forgotten": 1,
            "purged": True,
            "missing": missing,
            "malformed": [other, 400, True, True],
            "elsewhere": [other, 501, True, True],
        },
    }
