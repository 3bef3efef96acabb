"""A provider of the client package that brings changes alone, on real processes from sync to sync."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import ROOT
from tests.e2e.conftest import Larder, free_port, wait_for

BASE = "/api/v1/plugins/context_provider/changes"
SECRET = "whsec_" + "c2hhcmVkIHdpdGggdGhlIHByb3ZpZGVy"
PROVIDER = """
from larder_sdk import KnowledgeDocument
from larder_sdk.provider import create_provider_app

async def sync(client, run):
    last = run.state.get("last", 0) if run.since else 0
    yield KnowledgeDocument(id=f"page-{last}", content=f"Page number {last}, {run.mode}")
    run.state["last"] = last + 1

app = create_provider_app(name="changes", sync=sync, incremental=True)
"""

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_each_sync_goes_on_from_the_last_and_after_a_reset_from_the_beginning(larder: Larder, tmp_path: Path) -> None:
    admin = larder.client(larder.create_key("incremental admin", role="admin"))
    with provider(larder, tmp_path) as url:
        registered = {"id": "changes", "url": url, "secret": SECRET, "prune": "unseen", "delete_percent": 100}
        assert admin.post("/api/v1/plugins/context_provider", json=registered).status_code == 201
        runs = [sync(admin, larder), sync(admin, larder)]
        assert ids(admin) == ["page-0", "page-1"]
        assert admin.get(f"{BASE}/sync_state").json()["state"] == {"last": 2}
        assert admin.delete(f"{BASE}/sync_state").status_code == 204
        runs.append(sync(admin, larder))
    assert [(run["state"], run["mode"]) for run in runs] == [
        ("succeeded", "full_refresh"),
        ("succeeded", "incremental"),
        ("succeeded", "full_refresh"),
    ]
    assert ids(admin) == ["page-0"]  # a full refresh prunes again
    assert admin.get(f"{BASE}/sync_state").json()["state"] == {"last": 1}


def sync(admin: httpx.Client, larder: Larder) -> Any:
    """One run, to its end."""
    begun = admin.post(f"{BASE}/sync").json()["id"]

    def ended() -> Any:
        run = admin.get(f"{BASE}/runs/{begun}").json()
        return run if run["state"] not in ("queued", "running") else None

    return wait_for(ended, within_s=60, what=larder.log)


def ids(admin: httpx.Client) -> list[str]:
    found = admin.get("/api/v1/knowledge/documents", params={"source": "changes"}).json()["documents"]
    return sorted(document["id"] for document in found)


@contextmanager
def provider(larder: Larder, folder: Path) -> Iterator[str]:
    """Its address, once it answers."""
    (folder / "changes.py").write_text(PROVIDER)
    port = free_port()
    environment = os.environ | {
        "PYTHONPATH": f"{ROOT / 'sdk'}:{folder}",
        "LARDER_URL": larder.url,
        "LARDER_KEY": larder.create_key("changes", role="provider", source="changes"),
        "LARDER_PROVIDER_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "uvicorn", "changes:app", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command, env=environment, cwd=folder)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: is_healthy(url), within_s=30)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def is_healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False
