"""The embedding model is changed while the store serves: built beside the active one, switched to, and back."""

import json
import re
from collections.abc import Iterator
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.axe import faults_here
from tests.e2e.conftest import Larder

SMALL = "ollama:pocket"
LOCAL = "local:all-MiniLM-L6-v2"


class Ollama(BaseHTTPRequestHandler):
    """Just enough of it: every model is there, and a text's vector of eight dimensions comes of its digest."""

    def do_GET(self) -> None:
        self.answer({"version": "0.12.0"})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        digests = [blake2b(text.encode(), digest_size=8).digest() for text in asked.get("input", [])]
        self.answer({"embeddings": [[byte / 255 + 0.01 for byte in digest] for digest in digests]})

    def answer(self, body: dict[str, object]) -> None:
        payload = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def ollama(larder: Larder) -> Iterator[None]:
    """Where the stack expects one; afterwards the stack is on its own model again."""
    server = ThreadingHTTPServer(("127.0.0.1", larder.ollama_port), Ollama)
    Thread(target=server.serve_forever, daemon=True).start()
    yield
    if SMALL in larder.manage("embedding_model", "status"):
        larder.manage("embedding_model", "activate", LOCAL, "--force")
    server.shutdown()
    server.server_close()


def test_a_model_is_built_beside_the_active_one_and_switched_to(page: Page, shop: str, ollama: None) -> None:
    page.goto("/models/")
    page.get_by_label("Model", exact=True).fill(SMALL)
    page.get_by_role("button", name="Build it").click()
    small = page.locator("section.card", has_text=SMALL)
    expect(small).to_contain_text("100 %", timeout=60_000)
    assert not list(faults_here(page, "a model beside the active one"))
    small.get_by_role("link", name="Switch to it").click()
    page.get_by_role("button", name="Switch to it").click()
    expect(page.locator("section.card", has_text=SMALL)).to_contain_text(re.compile("active", re.IGNORECASE))
    page.goto("/knowledge/?text=fruit&source=shop")
    expect(page.locator("#search .hit").first).to_be_visible()
