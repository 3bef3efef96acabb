"""Starting a sync and watching it, from the overview and from the provider's page."""

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Counter


def test_sync_now_shows_progress_and_ends_by_itself(page: Page, counter: Counter) -> None:
    page.goto("/")
    row = page.locator(f"#provider-row-{counter.id}")
    row.get_by_role("button", name="Sync now").click()
    expect(row).to_have_attribute("hx-trigger", "every 2s")
    expect(row).to_contain_text("Succeeded", timeout=30_000)
    expect(row).not_to_have_attribute("hx-trigger", "every 2s")
    row.get_by_role("link", name=counter.id, exact=True).click()
    expect(page.locator("#provider-live tbody tr").first).to_contain_text("Succeeded")


def test_sync_now_on_the_provider_s_page_ends_by_itself(page: Page, counter: Counter) -> None:
    page.goto(f"/providers/{counter.id}/")
    runs = page.locator("#provider-live tbody tr:not(.activity)")
    before = runs.count()
    page.get_by_role("button", name="Sync now").click()
    expect(runs).to_have_count(before + 1)
    expect(page.locator("#provider-live h1")).to_contain_text("Succeeded", timeout=30_000)
    expect(page.get_by_role("button", name="Sync now")).to_be_visible()
