"""Pages keep still, keep the focus, go back, go by keyboard, fit their screens and weigh little."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Counter, register

POLL_MS = 15_500
MOST_FIRST_LOAD_BYTES = 100_000


def test_nothing_moves_while_a_page_asks_again(page: Page, counter: Counter) -> None:
    page.clock.install()
    page.goto("/")
    page.evaluate("""() => {
        window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((each) => { window.moved += each.value; }))
            .observe({type: "layout-shift", buffered: true});
    }""")
    for _ in range(3):
        with page.expect_response("**/situation/"):
            page.clock.run_for(POLL_MS)
        page.wait_for_timeout(100)
    assert page.evaluate("window.moved") < 0.01


def test_the_focus_stays_where_it_was_when_a_page_asks_again(page: Page, counter: Counter) -> None:
    page.clock.install()
    page.goto("/")
    page.locator(f"#open-{counter.id}").focus()
    with page.expect_response("**/situation/"):
        page.clock.run_for(POLL_MS)
    page.clock.run_for(200)
    expect(page.locator(f"#open-{counter.id}")).to_be_focused()


def test_going_back_finds_the_list_as_it_was_left(page: Page, counter: Counter) -> None:
    page.goto("/providers/")
    page.get_by_label("Id or name contains").press_sequentially("count", delay=10)
    expect(page.locator("#providers tbody tr")).to_have_count(1)
    page.locator(f"#open-{counter.id}").click()
    expect(page.locator("#provider-live")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Id or name contains")).to_have_value("count")
    expect(page.locator("#providers tbody tr")).to_have_count(1)


STANDING_OUT = """(width) => [...document.querySelectorAll("main *")]
    .filter((each) => each.getBoundingClientRect().right > width).map((each) => each.outerHTML.slice(0, 200))"""


def test_a_provider_is_paused_and_resumed_by_keyboard_alone(page: Page, admin: httpx.Client, counter: Counter) -> None:
    register(admin, "by-keyboard", url=counter.url)
    page.goto("/")
    press_on(page, "Skip to the content")
    press_on(page, "by-keyboard")
    expect(page).to_have_url(re.compile("/providers/by-keyboard/$"))
    press_on(page, "Pause")
    expect(page.get_by_role("heading", name="Pause")).to_be_visible()
    press_on(page, "Reason", key="")
    page.keyboard.type("moves to another server")
    page.keyboard.press("Enter")
    expect(page.locator(".banner")).to_contain_text("moves to another server")
    press_on(page, "Resume")
    expect(page.get_by_text("by-keyboard is on schedule again.")).to_be_visible()


def press_on(page: Page, name: str, *, key: str = "Enter") -> None:
    """Tab until what is called so has the focus, and can be seen to have it; then press."""
    for _ in range(80):
        page.keyboard.press("Tab")
        called, outline = page.evaluate("""() => {
            const here = document.activeElement;
            const label = here.labels?.[0]?.innerText ?? here.innerText ?? "";
            return [label, getComputedStyle(here).outlineStyle];
        }""")
        if called.strip().startswith(name):
            assert outline != "none"
            if key:
                page.keyboard.press(key)
            return
    pytest.fail(f"{name} cannot be reached by Tab")


def test_motion_is_left_out_for_those_who_ask_for_it(page: Page, counter: Counter) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    page.evaluate("document.querySelector('.state').classList.add('turning')")
    duration = page.evaluate("getComputedStyle(document.querySelector('.turning .icon')).animationDuration")
    assert float(duration.removesuffix("s")) < 0.001


def test_the_first_page_weighs_less_than_a_hundred_kilobytes(page: Page, counter: Counter) -> None:
    page.goto("/")
    weights = page.evaluate("""() => [...performance.getEntriesByType("navigation"),
        ...performance.getEntriesByType("resource")].map((each) => each.transferSize || each.encodedBodySize)""")
    assert sum(weights) < MOST_FIRST_LOAD_BYTES


@pytest.mark.parametrize(
    "path", ["/", "/providers/", "/providers/new/", "/providers/counter/", "/knowledge/?text=fruit"]
)
def test_no_page_is_wider_than_its_screen(page: Page, shop: str, counter: Counter, path: str) -> None:
    page.goto(path)
    for width in (360, 600, 820, 900, 1100, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            pytest.fail(f"at {width} px these stand out: {page.evaluate(STANDING_OUT, width)}")
