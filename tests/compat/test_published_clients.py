"""What programs that were written for the published clients see when Larder answers them."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from tests.compat.conftest import SCRIPTS, interpreter
from tests.e2e.conftest import Larder, free_port, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
RunScript = Callable[..., dict[str, Any]]


def test_contract_1_pushes_asks_and_deletes(run_script: RunScript, larder: Larder) -> None:
    interpreter("spot-1")
    key = larder.create_key("compat 1", role="provider", source="spot-one")
    assert run_script("spot-1", "client_1.py", larder.url, key, "spot-one") == {
        "hits": ["employee:alice@acme.com"],
        "delete_prefix_of_others": 404,
        "delete": 200,
        "delete_again": 404,
        "delete_with_question_mark": 200,
        "delete_with_unknown_question_mark": 404,
        "hits_after": ["wiki/vpn/reset"],
    }


def test_contract_2_pushes_asks_deletes_and_replaces(run_script: RunScript, larder: Larder) -> None:
    interpreter("spot-2")
    key = larder.create_key("compat 2", role="provider", source="spot-own")
    answers = run_script("spot-2", "client_2.py", larder.url, key, "spot-own")
    assert all(0 <= score <= 1 for score in answers.pop("scores"))
    assert answers == {
        "hits": ["alice"],
        "capped": 1,
        "foreign_source": 403,
        "bad_expression": 422,
        "delete": 200,
        "delete_again": 404,
        "wiki_after_replace": [],
        "policy_after_replace": ["new"],
    }


def test_a_provider_of_contract_2_is_registered_synced_and_queried(larder: Larder) -> None:
    key = larder.create_key("compat provider", role="provider", source="spot-two")
    admin = larder.client(larder.create_key("compat admin", role="admin"))
    with provider_of_contract_2(larder, key) as url:
        registered = {"id": "spot-two", "name": "Contract 2", "url": url, "secret": key}
        assert admin.post("/api/v1/plugins/context_provider", json=registered).status_code == 201
        assert admin.post("/api/v1/plugins/context_provider/spot-two/sync").status_code == 202
        run = wait_for(lambda: ended_run(admin), within_s=30, what=larder.log)
    assert (run["state"], run["error"] or None, run["created"]) == ("succeeded", None, 2)
    question = {"text": "when do I have to book a flight?", "tags": "policy", "source": "spot-two"}
    assert [hit["id"] for hit in admin.post("/api/v1/knowledge/query", json=question).json()["documents"]] == ["travel"]


@contextmanager
def provider_of_contract_2(larder: Larder, key: str) -> Iterator[str]:
    """The published SDK's own provider app under uvicorn; its address once it answers."""
    python, port = interpreter("spot-2"), free_port()
    environment = os.environ | {
        "SPOT_PLUGIN_TOKEN": key,
        "SPOT_PLUGIN_ID": "spot-two",
        "SPOT_KNOWLEDGE_URL": f"{larder.url}/api/v1/knowledge",
    }
    process = subprocess.Popen([str(python), str(SCRIPTS / "provider_2.py"), str(port)], env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: is_healthy(url), within_s=20)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def ended_run(admin: httpx.Client) -> dict[str, Any] | None:
    run = admin.get("/api/v1/plugins/context_provider/spot-two/runs").json()["runs"][0]
    return run if run["state"] not in ("queued", "running") else None
