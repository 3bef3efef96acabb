"""Something is wrong: it is found, understood and put right, without leaving the pages."""

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.browser.axe import faults_here
from tests.e2e.browser.conftest import SECRET, Counter, register


def test_a_failing_provider_is_found_understood_and_mended(page: Page, admin: httpx.Client, counter: Counter) -> None:
    register(admin, "mended", url=counter.url, secret="not the one it knows")
    page.goto("/providers/mended/")
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("#provider-live h1")).to_contain_text("Failed", timeout=30_000)

    page.goto("/")
    concern = page.locator(".concerns li", has_text="mended")
    expect(concern).to_contain_text("failed")
    concern.get_by_role("link", name="See the run").click()
    expect(page.locator(".banner")).to_contain_text("unauthorized")
    expect(page.locator(".banner")).to_contain_text("Set the same secret on both sides")
    assert not list(faults_here(page, "a run that failed"))

    page.get_by_role("link", name="Edit the provider").click()
    page.get_by_label("Secret", exact=True).fill(SECRET)
    page.get_by_role("button", name="Save, effective at once").click()
    page.get_by_role("button", name="Sync now").click()
    expect(page.locator("#provider-live h1")).to_contain_text("Succeeded", timeout=30_000)
    page.goto("/")
    expect(page.locator(".concerns li", has_text="mended")).to_have_count(0)


def test_a_held_deletion_is_reviewed_and_approved(page: Page, admin: httpx.Client) -> None:
    whole = [{"id": f"jar-{number:02}", "content": f"Jar {number} holds plums."} for number in range(24)]
    for part in (whole, whole[:2]):
        admin.put("/api/v1/knowledge/sources/pantry/documents", json={"documents": part}).raise_for_status()

    page.goto("/")
    concern = page.locator(".concerns li", has_text="pantry")
    expect(concern).to_contain_text("would lose 22 of 24 documents")
    concern.get_by_role("link", name="Look and decide").click()
    expect(page.locator("main")).to_contain_text("jar-02")
    assert not list(faults_here(page, "a held deletion"))
    page.get_by_role("button", name="Approve 22 deletions").click()
    expect(page.get_by_text("22 documents of pantry went to the trash.")).to_be_visible()
    page.goto("/knowledge/?source=pantry")
    expect(page.locator("#documents tbody tr")).to_have_count(2)
