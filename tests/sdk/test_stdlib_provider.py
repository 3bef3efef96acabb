"""The demo provider as a process, pushing over a real socket."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from larder_sdk import KnowledgeDocument

from examples.stdlib_provider.documents import library_documents

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def library() -> dict[str, KnowledgeDocument]:
    return {document.id: document for document in library_documents(now=NOW)}


def test_the_library_has_thousands_of_documents(library: dict[str, KnowledgeDocument]) -> None:
    assert 4_000 < len(library) < 12_000
    assert {"json", "json.loads", "builtins.str.split", "datetime.datetime.strptime", "os.path.join"} <= library.keys()


def test_every_document_is_acceptable_to_the_store(library: dict[str, KnowledgeDocument]) -> None:
    for document in library.values():
        assert document.content.strip()
        assert "\0" not in document.content
        assert all(re.fullmatch(r"[a-z0-9][a-z0-9_\-:]*", tag) for tag in document.tags), document.tags


def test_a_document_tells_what_it_is(library: dict[str, KnowledgeDocument]) -> None:
    document = library["json.loads"]
    assert document.content.startswith("json.loads(s, *, cls=None")
    assert {"python", "kind:function", "module:json"} == set(document.tags)
    assert document.metadata["qualname"] == "loads"
    assert document.expires_at == NOW + timedelta(hours=24)


def test_a_submodule_is_tagged_with_its_parents(library: dict[str, KnowledgeDocument]) -> None:
    assert {"module:email", "module:email_utils"} <= set(library["email.utils.parsedate"].tags)


def test_two_walks_give_the_same(library: dict[str, KnowledgeDocument]) -> None:
    assert list(library_documents(now=NOW)) == list(library.values())


class Sink(ThreadingHTTPServer):
    """Takes pushes and counts their documents."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SinkHandler)
        self.pushes: list[tuple[str, dict[str, str], int]] = []


class SinkHandler(BaseHTTPRequestHandler):
    server: Sink

    def do_POST(self) -> None:
        documents = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["documents"]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.pushes.append((self.path, headers, len(documents)))
        answer = json.dumps({"upserted": len(documents)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Quietly."""


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def provider(sink: Sink) -> Iterator[tuple[httpx.Client, subprocess.Popen[bytes]]]:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    environment = os.environ | {
        "LARDER_URL": f"http://127.0.0.1:{sink.server_port}",
        "LARDER_KEY": "key",
        "LARDER_PROVIDER_SECRET": "secret",
        "LARDER_PROVIDER_PORT": str(port),
    }
    process = subprocess.Popen([sys.executable, "-m", "examples.stdlib_provider"], env=environment, cwd=ROOT)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": "Bearer secret"}) as client:
        wait_until(lambda: answers(client))
        yield client, process
    process.kill()
    process.wait()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/health").is_success
    except httpx.TransportError:
        return False


def wait_until(look: Any, within_s: float = 20) -> None:
    ends_at = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < ends_at
        time.sleep(0.05)


def test_a_sync_pushes_the_whole_library_and_a_signal_ends_the_process(
    provider: tuple[httpx.Client, subprocess.Popen[bytes]], sink: Sink
) -> None:
    client, process = provider
    assert client.post("/internal/sync", headers={"X-Correlation-ID": "run-1"}).status_code == 202
    wait_until(lambda: not client.get("/internal/state").json()["in_progress"])
    state = client.get("/internal/state").json()
    assert (state["last_error"], state["last_sync_count"]) == (None, sum(count for _, _, count in sink.pushes))
    assert {(headers["x-correlation-id"], headers["prefer"]) for _, headers, _ in sink.pushes} == {("run-1", "wait=0")}
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0


def test_a_port_in_use_is_an_error(provider: tuple[httpx.Client, subprocess.Popen[bytes]]) -> None:
    client, _ = provider
    command = [sys.executable, "-m", "examples.stdlib_provider", "--port", str(client.base_url.port)]
    environment = os.environ | {"LARDER_URL": "http://127.0.0.1:9", "LARDER_PROVIDER_SECRET": "x"}
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode != 0
    assert "Address already in use" in done.stderr
