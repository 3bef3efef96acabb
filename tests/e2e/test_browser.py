"""What a person does, in a real Chromium against real processes.

Get one with `apt-get install chromium`, or let `CHROMIUM` name its program.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.e2e.conftest import ROOT, Larder, free_port

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
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

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason=HOW_TO_GET_ONE),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, HOW_TO_GET_ONE
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.fixture(scope="module")
def shop(larder: Larder) -> Iterator[str]:
    """A provider that runs only when asked, and a source of its own with three documents."""
    larder.client(larder.create_key("shop", role="provider", source="shop")).post(
        "/api/v1/knowledge/bulk-upsert", json={"documents": SHOP}
    ).raise_for_status()
    port, secret = free_port(), "shared with the provider"
    key = larder.create_key("counter", role="provider", source="counter")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.provider", str(port), larder.url, key, secret], cwd=ROOT
    )
    admin = larder.client(larder.create_key("browser tests", role="admin"))
    fields = {"id": "counter", "name": "Counter", "url": f"http://127.0.0.1:{port}", "secret": secret}
    admin.post("/api/v1/plugins/context_provider", json=fields).raise_for_status()
    yield "counter"
    admin.delete("/api/v1/plugins/context_provider/counter")
    process.terminate()
    process.wait(timeout=10)


@pytest.fixture(scope="module")
def session(browser: Browser, larder: Larder) -> Any:
    """The cookies of somebody who has signed in."""
    with browser.new_context(base_url=larder.url) as context:
        sign_in(context.new_page(), larder)
        return context.storage_state()


@pytest.fixture
def page(browser: Browser, larder: Larder, session: Any) -> Iterator[Page]:
    """Signed in, on the overview; a console error or a broken script fails the test that caused it."""
    context = browser.new_context(base_url=larder.url, storage_state=session)
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto("/")
    yield opened
    context.close()
    assert not complaints


def is_complaint(said: ConsoleMessage) -> bool:
    """Chromium notes each 422 as an error too; to the pages it is an answer."""
    return said.type == "error" and "422" not in said.text


def sign_in(page: Page, larder: Larder) -> None:
    page.goto("/")
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(larder.admin_password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in as admin")).to_be_visible()


def test_a_person_signs_in_and_out(browser: Browser, larder: Larder) -> None:
    with browser.new_context(base_url=larder.url) as context:
        page = context.new_page()
        sign_in(page, larder)
        expect(page).to_have_title("Overview · Larder")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.goto("/knowledge/")
        expect(page).to_have_url(re.compile(r"/login/\?next=/knowledge/$"))


def test_a_search_finds_and_opens_a_document(page: Page, shop: str) -> None:
    page.goto("/knowledge/")
    search = page.locator("#search")
    search.get_by_label("Question").fill("which fruit can I eat?")
    search.get_by_label("Source").select_option("shop")
    search.get_by_role("button", name="Search").click()
    first = search.locator(".hit").first
    expect(first).to_contain_text("Apples are red")
    expect(page).to_have_url(re.compile(r"text=which%20fruit"))
    first.get_by_role("link", name="apples").click()
    expect(page.get_by_role("heading", name="apples")).to_be_visible()
    expect(page.locator("#passage-1")).to_contain_text("They are eaten raw.")


def test_a_wrong_tag_expression_is_said_beside_its_field(page: Page, shop: str) -> None:
    page.goto("/knowledge/")
    page.locator("#search").get_by_label("Question").fill("anything")
    page.locator("#search_tags").fill("fruit+")
    page.locator("#search").get_by_role("button", name="Search").click()
    expect(page.locator("#search_tags_error")).to_contain_text("position 6")


def test_browsing_filters_while_one_types_and_keeps_its_address(page: Page, shop: str) -> None:
    page.goto("/knowledge/?source=shop")
    expect(page.locator("#documents tbody tr")).to_have_count(3)
    page.get_by_label("Tag expression").press_sequentially("bakery", delay=20)
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"tags=bakery"))
    page.reload()
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    page.get_by_role("link", name="bread/white").first.click()
    expect(page.get_by_role("heading", name="bread/white")).to_be_visible()


def test_deleting_asks_and_restoring_brings_back(page: Page, shop: str) -> None:
    page.goto("/knowledge/?source=shop&tags=fruit")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("link", name="Delete apples").click()
    expect(page.locator("#documents tbody tr")).to_have_count(1)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Delete apples").click()
    expect(page.get_by_text("apples is in the trash")).to_be_visible()
    page.goto("/knowledge/trash/")
    page.get_by_role("button", name="Restore apples").click()
    expect(page.get_by_text("apples is back")).to_be_visible()


def test_sync_now_shows_progress_and_ends_by_itself(page: Page, shop: str) -> None:
    page.goto("/")
    row = page.locator(f"#provider-row-{shop}")
    row.get_by_role("button", name="Sync now").click()
    expect(row).to_have_attribute("hx-trigger", "every 2s")
    expect(row).to_contain_text("Succeeded", timeout=30_000)
    expect(row).not_to_have_attribute("hx-trigger", "every 2s")
    row.get_by_role("link", name=shop).click()
    expect(page.locator("#provider-live tbody tr").first).to_contain_text("Succeeded")


def test_sync_now_on_the_provider_s_page_ends_by_itself(page: Page, shop: str) -> None:
    page.goto(f"/providers/{shop}/")
    runs = page.locator("#provider-live .card tbody tr")
    before = runs.count()
    page.get_by_role("button", name="Sync now").click()
    expect(runs).to_have_count(before + 1)
    expect(page.locator("#provider-live h1")).to_contain_text("Succeeded", timeout=30_000)
    expect(page.get_by_role("button", name="Sync now")).to_be_visible()


def test_a_schedule_is_explained_while_one_types(page: Page) -> None:
    page.goto("/providers/new/")
    page.get_by_label("Schedule", exact=True).fill("0 6 * * mon")
    expect(page.locator("#schedule-preview")).to_contain_text("at 06:00 on Monday, UTC")
    page.get_by_label("Schedule", exact=True).fill("0 66 * * mon")
    expect(page.locator("#schedule-preview")).to_contain_text("The hour is between 0 and 23, not 66.")


def test_hostile_content_runs_nothing(page: Page, shop: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto("/knowledge/shop/markup/")
    expect(page.locator("#passage-1")).to_contain_text("<b>stays text</b>")


def test_pages_work_without_javascript(browser: Browser, larder: Larder, shop: str) -> None:
    with browser.new_context(base_url=larder.url, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, larder)
        page.goto("/knowledge/?source=shop")
        page.get_by_label("Tag expression").fill("odd")
        page.get_by_role("button", name="Filter").click()
        expect(page.locator("#documents tbody tr")).to_have_count(1)
        page.get_by_role("link", name="Delete markup").click()
        page.get_by_role("button", name="Move it to the trash").click()
        expect(page.get_by_text("markup is in the trash")).to_be_visible()
        page.goto(f"/providers/{shop}/")
        page.get_by_role("button", name="Sync now").click()
        expect(page).to_have_url(re.compile(rf"/providers/{shop}/$"))


@pytest.mark.parametrize(
    "path", ["/", "/providers/", "/providers/new/", "/providers/counter/", "/knowledge/?text=fruit"]
)
def test_no_page_is_wider_than_its_screen(page: Page, shop: str, path: str) -> None:
    page.goto(path)
    for width in (360, 600, 820, 900, 1100, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
