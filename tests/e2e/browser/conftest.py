"""A person in a real Chromium, signed in to real processes.

Get one with `apt-get install chromium-headless-shell` or `chromium`, or let `CHROMIUM` name its program.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests import ROOT
from tests.e2e.conftest import Larder, free_port

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, PROGRAMS)), None)
HOW_TO_GET_ONE = (
    "No Chromium was found. Debian and Ubuntu: `apt-get install chromium`; else set CHROMIUM to its program."
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOP = [
    {"id": "apples", "content": "Apples are red and grow on trees. They are eaten raw.", "tags": ["fruit"]},
    {"id": "bread/white", "content": "White bread is baked from wheat flour.", "tags": ["bakery"]},
    {"id": "markup", "content": "<img src=x onerror=alert(1)> <b>stays text</b>", "tags": ["odd"]},
]
SECRET = "shared with the provider"
expect.set_options(timeout=30_000)
"""Nobody waits so long but where something is wrong, or the machine is busy."""
MARKS = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason=HOW_TO_GET_ONE),
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder bears these marks."""
    for item in items:
        if "e2e/browser" in item.nodeid:
            for mark in MARKS:
                item.add_marker(mark)


@dataclass(frozen=True, kw_only=True)
class Counter:
    """A provider as a process of its own; `counter` is registered and runs only when asked."""

    id: str
    url: str


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, HOW_TO_GET_ONE
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="package")
def admin(larder: Larder) -> httpx.Client:
    """The API, asked by an admin's program."""
    return larder.client(larder.create_key("browser tests", role="admin"))


@pytest.fixture(scope="package")
def shop(admin: httpx.Client) -> str:
    """A source with three documents and no provider."""
    documents = [{**each, "source": "shop"} for each in SHOP]
    admin.post("/api/v1/knowledge/bulk-upsert", json={"documents": documents}).raise_for_status()
    return "shop"


@pytest.fixture(scope="package")
def counter(larder: Larder, admin: httpx.Client) -> Iterator[Counter]:
    port = free_port()
    asked = {"name": "counter", "role": "provider", "source": "counter"}
    key = admin.post("/api/v1/keys", json=asked).raise_for_status().json()["key"]
    command = [sys.executable, "-m", "tests.e2e.provider", str(port), larder.url, key, SECRET]
    process = subprocess.Popen(command, cwd=ROOT)
    there = Counter(id="counter", url=f"http://127.0.0.1:{port}")
    register(admin, there.id, url=there.url, name="Counter")
    yield there
    process.terminate()
    process.wait(timeout=10)


def register(admin: httpx.Client, provider_id: str, *, url: str, secret: str = SECRET, **fields: Any) -> None:
    body = {"id": provider_id, "url": url, "secret": secret, **fields}
    admin.post("/api/v1/plugins/context_provider", json=body).raise_for_status()


@pytest.fixture(scope="package")
def session(browser: Browser, larder: Larder) -> Any:
    """The cookies of somebody who has signed in."""
    with browser.new_context(base_url=larder.url) as context:
        sign_in(context.new_page(), larder)
        return context.storage_state()


@pytest.fixture
def page(browser: Browser, larder: Larder, session: Any) -> Iterator[Page]:
    """Signed in, on no page yet; a console error or a broken script fails the test that caused it."""
    context = browser.new_context(base_url=larder.url, storage_state=session)
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert not complaints


def is_complaint(said: ConsoleMessage) -> bool:
    """Chromium notes each 422 as an error too; to the pages it is an answer."""
    return said.type == "error" and "422" not in said.text


def sign_in(page: Page, larder: Larder) -> None:
    enter(page, "admin", larder.admin_password)


def enter(page: Page, name: str, password: str) -> None:
    page.goto("/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#situation")).to_be_visible()
