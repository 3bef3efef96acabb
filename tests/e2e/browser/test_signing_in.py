"""The way in, from the first page to the first document, and what becomes of pages when the session has ended."""

import re

from playwright.sync_api import Browser, expect

from tests.e2e.browser.conftest import Counter, sign_in
from tests.e2e.conftest import Larder


def test_a_person_signs_in_and_out(browser: Browser, larder: Larder) -> None:
    with browser.new_context(base_url=larder.url) as context:
        page = context.new_page()
        sign_in(page, larder)
        expect(page).to_have_title("Overview · Larder")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.goto("/knowledge/")
        expect(page).to_have_url(re.compile(r"/login/\?next=/knowledge/$"))


def test_from_the_first_sign_in_to_the_first_document_it_is_a_question_and_a_click(
    browser: Browser, larder: Larder, shop: str
) -> None:
    with browser.new_context(base_url=larder.url) as context:
        page = context.new_page()
        sign_in(page, larder)
        page.get_by_role("link", name="Knowledge", exact=True).click()
        page.get_by_label("Question").fill("which fruit can I eat?")
        page.keyboard.press("Enter")
        page.locator("#search .hit h3 a").first.click()
        expect(page.locator("#passage-1")).to_contain_text("They are eaten raw.")


def test_a_session_that_ends_during_a_poll_leads_to_sign_in_and_back(
    browser: Browser, larder: Larder, counter: Counter
) -> None:
    with browser.new_context(base_url=larder.url) as context:
        page = context.new_page()
        sign_in(page, larder)
        page.clock.install()
        page.goto("/?from=here")
        context.clear_cookies()
        page.clock.run_for(16_000)
        expect(page).to_have_url(re.compile(r"/login/\?next=/%3Ffrom%3Dhere$"))
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(larder.admin_password)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(re.compile(r"/\?from=here$"))


def test_pages_work_without_javascript(browser: Browser, larder: Larder, shop: str, counter: Counter) -> None:
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
        page.goto("/providers/")
        page.get_by_label("State").select_option("asked")
        page.get_by_role("button", name="Filter").click()
        page.locator(f"#open-{counter.id}").click()
        page.get_by_role("button", name="Sync now").click()
        expect(page).to_have_url(re.compile(rf"/providers/{counter.id}/$"))
