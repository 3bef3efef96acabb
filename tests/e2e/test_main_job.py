"""The main job with real processes: a scheduled provider fills the store, an analyzer finds, documents expire."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from config.stack_record import read_stack
from tests import ROOT
from tests.e2e.conftest import Larder, free_port, start, stop, wait_for
from tests.e2e.provider import BRIEF_S

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
PROVIDERS = "/api/v1/plugins/context_provider"
KNOWLEDGE = "/api/v1/knowledge"


@pytest.fixture(scope="module")
def directory(larder: Larder) -> Iterator[httpx.Client]:
    """The provider process, registered by the API. It is due when a test says so in the database."""
    port, secret = free_port(), "shared with the provider"
    key = larder.create_key("directory", role="provider", source="directory")
    command = [sys.executable, "-m", "tests.e2e.provider", str(port), larder.url, key, secret]
    process = subprocess.Popen(command, cwd=ROOT)
    wait_for(lambda: listens(port))
    admin = larder.client(larder.create_key("admin", role="admin"))
    fields = {"id": "directory", "name": "Directory", "url": f"http://127.0.0.1:{port}", "secret": secret}
    created = admin.post(PROVIDERS, json=fields | {"sync_schedule": "0 0 1 1 *", "sync_timeout_ms": 30_000})
    assert created.status_code == 201, created.text
    yield admin
    admin.delete(f"{PROVIDERS}/directory")
    process.terminate()
    process.wait(timeout=10)


def listens(port: int) -> bool:
    with closing(socket.socket()) as found:
        return found.connect_ex(("127.0.0.1", port)) == 0


def test_a_scheduled_sync_fills_the_store_and_documents_expire(larder: Larder, directory: httpx.Client) -> None:
    analyzer = larder.client(larder.create_key("reports", role="analyzer"))

    def found(text: str, tags: str | None = None) -> list[str]:
        question = {"text": text, "tags": tags, "top_k": 3, "source": "directory"}
        answer = analyzer.post(f"{KNOWLEDGE}/query", json=question)
        assert answer.status_code == 200, answer.text
        return [document["id"] for document in answer.json()["documents"]]

    def succeeded() -> dict[str, Any] | None:
        runs = directory.get(f"{PROVIDERS}/directory/runs").json()["runs"]
        return next((run for run in runs if run["state"] == "succeeded" and run["trigger"] == "schedule"), None)

    assert found("is there lunch today?") == []  # and the model is loaded, so that nothing expires meanwhile
    stack = read_stack(larder.data_dir)
    assert stack
    with psycopg.connect(stack.database_url, autocommit=True) as database:
        database.execute("UPDATE providers_provider SET next_run_at = now() WHERE id = 'directory'")
    run = wait_for(succeeded, what=larder.log)
    assert "brief" in found("is there lunch today?")
    assert (run["created"], run["error"]) == (4, None)
    assert found("who leads technology?")[0] == "cto"
    assert found("people", tags="employee+executive|policy") in (["cto", "travel"], ["travel", "cto"])
    wait_for(lambda: "brief" not in found("is there lunch today?"), within_s=BRIEF_S + 10)
    assert analyzer.get(f"{KNOWLEDGE}/documents/brief").status_code == 404


def test_sync_now_answers_with_the_run_and_ends_by_itself(larder: Larder, directory: httpx.Client) -> None:
    started = directory.post(f"{PROVIDERS}/directory/sync")
    assert started.status_code in (202, 409), started.text

    def idle() -> Any:
        run = directory.get(f"{PROVIDERS}/directory/sync").json()["run"]
        return run and run["state"] == "succeeded" and run

    assert wait_for(idle, what=larder.log)


@pytest.mark.parametrize("expression", ["* * * *", "61 * * * *", "0 0 30 2 *", "often", "@reboot", "* * * * * *"])
def test_an_invalid_schedule_is_refused_with_a_sentence(
    larder: Larder, directory: httpx.Client, expression: str
) -> None:
    refused = directory.patch(f"{PROVIDERS}/directory", json={"sync_schedule": expression})
    assert refused.status_code == 422
    assert len(refused.json()["detail"]) > 20


def test_a_second_start_finds_its_data_again(tmp_path: Path) -> None:
    first = start(tmp_path / "data", "--no-demo")
    key = first.create_key("notes", role="provider", source="notes")
    first.client(key).post(f"{KNOWLEDGE}/upsert", json={"id": "kept", "content": "This note stays."}).raise_for_status()
    assert stop(first) == 0, first.log()
    second = start(tmp_path / "data", "--no-demo")
    try:
        assert second.client(key).get(f"{KNOWLEDGE}/documents/kept").json()["content"] == "This note stays."
        assert "password" not in second.log()
    finally:
        assert stop(second) == 0


def test_an_embedder_that_is_down_is_said_and_lists_keep_working(tmp_path: Path) -> None:
    larder = start(tmp_path / "data", "--no-demo", OLLAMA_URL="http://127.0.0.1:1", EMBEDDING_MODEL="ollama:bge-m3")
    try:
        client = larder.client(larder.create_key("notes", role="provider", source="notes"))
        refused = client.post(f"{KNOWLEDGE}/upsert", json={"id": "x", "content": "text"})
        assert refused.status_code == 503
        assert refused.json()["embedding"] == {"url": "http://127.0.0.1:1", "model": "bge-m3", "reachable": False}
        assert refused.json()["detail"] == (
            "Embedding backend unreachable at http://127.0.0.1:1. Ensure Ollama is running and reachable, "
            "and that the 'bge-m3' model has been pulled."
        )
        assert client.get(f"{KNOWLEDGE}/documents").json()["documents"] == []
        assert client.get("/readiness").json()["status"] == "degraded"
    finally:
        assert stop(larder) == 0
