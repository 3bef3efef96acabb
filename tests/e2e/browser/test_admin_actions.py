"""What an admin changes: a schedule, a key; and how a document is traced to what changed it."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.browser.axe import faults_here
from tests.e2e.browser.conftest import Counter, register
from tests.e2e.conftest import Larder


def test_a_schedule_is_explained_while_one_types(page: Page) -> None:
    page.goto("/providers/new/")
    page.get_by_label("Schedule", exact=True).fill("0 6 * * mon")
    expect(page.locator("#schedule-preview")).to_contain_text("at 06:00 on Monday, UTC")
    page.get_by_label("Schedule", exact=True).fill("0 66 * * mon")
    expect(page.locator("#schedule-preview")).to_contain_text("The hour is between 0 and 23, not 66.")


def test_an_edited_schedule_takes_effect_and_the_history_says_who_changed_it(
    page: Page, admin: httpx.Client, counter: Counter
) -> None:
    hour = (datetime.now(ZoneInfo("Europe/Riga")) + timedelta(hours=12)).hour
    register(admin, "planned", url=counter.url)
    page.goto("/providers/planned/")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Schedule", exact=True).fill(f"30 {hour} * * *")
    page.get_by_label("Time zone").fill("Europe/Riga")
    expect(page.locator("#schedule-preview")).to_contain_text(f"at {hour:02}:30")
    assert not list(faults_here(page, "a schedule that is edited"))
    page.get_by_role("button", name="Save, effective at once").click()
    expect(page.locator("#provider-live .head")).to_contain_text(
        re.compile(rf"every day at {hour:02}:30, Europe/Riga · next in")
    )
    expect(page.locator("tr.activity").first).to_contain_text(
        re.compile(rf"admin changed it.*schedule.*30 {hour} \* \* \*", re.DOTALL)
    )
    page.goto("/")
    expect(page.locator(".timeline")).to_have_attribute("aria-label", re.compile(r"planned: next at"))


def test_a_document_is_traced_to_the_run_that_changed_it(page: Page, counter: Counter) -> None:
    page.goto(f"/providers/{counter.id}/")
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("#provider-live h1")).to_contain_text("Succeeded", timeout=30_000)
    page.goto(f"/knowledge/{counter.id}/travel/")
    page.locator("main a[href^='/runs/']").first.click()
    expect(page.locator("h1")).to_contain_text("Run of")
    expect(page.locator("#run-live .list a.id", has_text="travel")).to_be_visible()
    assert not list(faults_here(page, "a run that changed a document"))


def test_a_key_is_made_used_and_revoked(page: Page, larder: Larder, shop: str) -> None:
    page.goto("/keys/")
    page.get_by_label("Name", exact=True).fill("asks for fruit")
    page.get_by_label("Role").select_option("analyzer")
    page.get_by_role("button", name="Make it").click()
    key = page.locator("#new-key").inner_text()
    assert not list(faults_here(page, "a key that is shown once"))
    assert ask(larder, key) == 200
    page.goto("/keys/")
    expect(page.locator("#new-key")).to_have_count(0)
    row = page.locator("tr", has_text="asks for fruit")
    expect(row).not_to_contain_text("never used")
    page.once("dialog", lambda dialog: dialog.accept())
    row.get_by_role("link", name="Revoke").click()
    expect(page.locator("tr", has_text="asks for fruit")).to_contain_text("revoked")
    assert ask(larder, key) == 401


def ask(larder: Larder, key: str) -> int:
    with larder.client(key) as client:
        return client.post("/api/v1/knowledge/query", json={"text": "fruit", "top_k": 1}).status_code
