"""Searching, browsing, deleting and restoring."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.axe import faults_here
from tests.e2e.browser.conftest import SHOP


def test_a_search_finds_and_opens_a_document(page: Page, shop: str) -> None:
    page.goto("/knowledge/")
    search = page.locator("#search")
    search.get_by_label("Question").fill("which fruit can I eat?")
    search.get_by_label("Source").select_option("shop")
    search.get_by_role("button", name="Search").click()
    first = search.locator(".hit").first
    expect(first).to_contain_text("Apples are red")
    expect(page).to_have_url(re.compile(r"text=which%20fruit"))
    assert not list(faults_here(page, "a search that found something"))
    first.get_by_role("link", name="apples").click()
    expect(page.get_by_role("heading", name="apples")).to_be_visible()
    expect(page.locator("#passage-1")).to_contain_text("They are eaten raw.")


def test_a_wrong_tag_expression_is_said_beside_its_field(page: Page, shop: str) -> None:
    page.goto("/knowledge/")
    page.locator("#search").get_by_label("Question").fill("anything")
    page.locator("#search_tags").fill("fruit+")
    page.locator("#search").get_by_role("button", name="Search").click()
    expect(page.locator("#search_tags_error")).to_contain_text("position 6")


def test_browsing_filters_while_one_types_and_keeps_its_address(page: Page, admin: httpx.Client) -> None:
    documents = [{**each, "source": "browsed"} for each in SHOP]
    admin.post("/api/v1/knowledge/bulk-upsert", json={"documents": documents}).raise_for_status()
    page.goto("/knowledge/?source=browsed")
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


def test_hostile_content_runs_nothing(page: Page, shop: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto("/knowledge/shop/markup/")
    expect(page.locator("#passage-1")).to_contain_text("<b>stays text</b>")
