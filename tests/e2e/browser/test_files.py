"""Files are dropped on the page, followed to where they end, understood when they fail, and tried again."""

import re
import time
from base64 import b64encode

import httpx
import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, StorageState, expect

from tests.e2e.browser.axe import faults_here
from tests.e2e.conftest import Larder
from tests.ingestion.files import pdf

GIVE = """(files) => {
    const given = new DataTransfer();
    for (const [name, content] of files) {
        given.items.add(new File([Uint8Array.from(atob(content), (each) => each.charCodeAt(0))], name));
    }
    return given;
}"""
WHILE_IT_LASTS_MS = 150_000
POLL_MS = 3_500


def drop(page: Page, files: dict[str, bytes], *, over: str = "[data-drop]") -> None:
    """Let go of the files over the zone, or somewhere else, as a hand would."""
    given = page.evaluate_handle(GIVE, [[name, b64encode(body).decode()] for name, body in files.items()])
    zone, place = page.locator("[data-drop]"), page.locator(over)
    place.dispatch_event("dragover", {"dataTransfer": given})
    expect(zone).to_have_class(re.compile("over"))
    place.dispatch_event("drop", {"dataTransfer": given})
    expect(zone).not_to_have_class(re.compile("over"))


def row(page: Page, name: str) -> Locator:
    return page.locator("#files-live tbody tr", has_text=name)


@pytest.fixture(scope="module", autouse=True)
def dropped(admin: httpx.Client) -> None:
    """A collection for what these tests upload."""
    admin.post("/v1/collections", json={"name": "dropped"}).raise_for_status()


def test_dropped_files_are_followed_to_their_end_without_touching_the_page(page: Page) -> None:
    page.goto("/files/?collection=dropped")
    files = {
        "harbour.md": b"# Harbour\n\nThe pilot boards at the outer buoy.",
        "tides.pdf": pdf("High water at noon.", "Low water at six."),
        "scan.pdf": pdf(""),
    }
    drop(page, files)
    expect(page.locator("[data-chosen]")).to_have_text("harbour.md, tides.pdf, scan.pdf")
    page.get_by_label("Collection", exact=True).last.select_option("dropped")
    page.get_by_role("button", name="Upload it").click()
    expect(page.get_by_text("Uploaded. What comes of it shows below by itself.")).to_be_visible()
    for name in files:
        expect(row(page, name)).to_be_visible()
    address = page.url
    expect(row(page, "harbour.md")).to_contain_text("Done", timeout=WHILE_IT_LASTS_MS)
    expect(row(page, "tides.pdf")).to_contain_text("Done", timeout=WHILE_IT_LASTS_MS)
    expect(row(page, "scan.pdf")).to_contain_text("Failed", timeout=WHILE_IT_LASTS_MS)
    expect(page.locator("#files-live[hx-trigger]")).to_have_count(0, timeout=WHILE_IT_LASTS_MS)
    assert page.url == address
    assert not list(faults_here(page, "files, some failed"))
    row(page, "tides.pdf").get_by_role("link", name="tides.pdf").click()
    expect(page.locator("#chunk-1 .place")).to_contain_text("p. 2")


def test_files_that_miss_the_zone_are_taken_all_the_same(page: Page) -> None:
    page.goto("/files/")
    drop(page, {"buoys.txt": b"Red to port."}, over="h1")
    expect(page.locator("[data-chosen]")).to_have_text("buoys.txt")


def test_more_files_than_go_at_once_are_told_of_before_they_are_sent(page: Page) -> None:
    page.goto("/files/")
    drop(page, {f"{n}.txt": b"Red to port." for n in range(11)})
    expect(page.locator("[data-chosen]")).to_contain_text("11 files; at most 10 go at once.")
    assert page.evaluate("document.querySelector('[data-drop] input').files.length") == 0
    assert not list(faults_here(page, "too many files dropped"))


def test_the_keyboard_keeps_its_place_while_the_list_follows(page: Page) -> None:
    page.clock.install()
    page.goto("/files/")
    drop(page, {"fog.txt": "\n".join(f"Fog on day {n} for {n % 7} hours." for n in range(2_000)).encode()})
    page.get_by_role("button", name="Upload it").click()
    row(page, "fog.txt").get_by_role("link", name="fog.txt").focus()
    with page.expect_response(lambda answer: "/files/live/" in answer.url):
        page.clock.run_for(POLL_MS)
    page.clock.run_for(200)
    expect(row(page, "fog.txt").get_by_role("link", name="fog.txt")).to_be_focused()


def test_a_file_that_fails_says_what_to_do_and_is_tried_again(page: Page) -> None:
    page.goto("/files/")
    drop(page, {"picture.pdf": pdf("")})
    page.get_by_role("button", name="Upload it").click()
    expect(row(page, "picture.pdf")).to_contain_text("Failed", timeout=WHILE_IT_LASTS_MS)
    expect(row(page, "picture.pdf")).to_contain_text("recognised")
    row(page, "picture.pdf").get_by_role("link", name="picture.pdf").click()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It is tried again.")).to_be_visible()
    expect(page.get_by_role("heading", name="It could not be processed")).to_be_visible(timeout=WHILE_IT_LASTS_MS)
    expect(page.locator(".banner")).to_contain_text("only pictures of pages")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert not list(faults_here(page, "a file that failed"))


def test_the_stages_of_a_long_file_pass_before_ones_eyes(page: Page) -> None:
    page.goto("/files/")
    drop(page, {"log.txt": "\n".join(f"On day {n} the wind was {n * 37 % 360}." for n in range(2_000)).encode()})
    page.get_by_role("button", name="Upload it").click()
    row(page, "log.txt").get_by_role("link", name="log.txt").click()
    now = page.locator(".stages [aria-current=step]")
    expect(now).to_contain_text(re.compile("Queued|Extracting|Chunking|Embedding|Indexing|Done"))
    assert not list(faults_here(page, "a file on its way"))
    expect(now).to_contain_text("Done", timeout=WHILE_IT_LASTS_MS)
    expect(page.locator("#chunk-0")).to_contain_text("On day 0 the wind")


def test_without_javascript_the_plain_form_takes_files(browser: Browser, larder: Larder, session: StorageState) -> None:
    with browser.new_context(base_url=larder.url, storage_state=session, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/files/")
        files: list[FilePayload] = [
            {"name": name, "mimeType": "text/plain", "buffer": b"Rope is spliced, not knotted: " + name.encode()}
            for name in ("rope.txt", "splice.txt")
        ]
        page.locator("input[type=file]").set_input_files(files)
        page.get_by_role("button", name="Upload it").click()
        expect(page.get_by_text("Uploaded.")).to_be_visible()
        for name in ("rope.txt", "splice.txt"):
            ends_at = time.monotonic() + WHILE_IT_LASTS_MS / 1_000
            while "Done" not in row(page, name).inner_text() and time.monotonic() < ends_at:
                page.wait_for_timeout(200)
                page.reload()
            expect(row(page, name)).to_contain_text("Done")
