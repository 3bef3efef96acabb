"""Pictures of every page in each of its states, light and dark, on four widths, to be looked at.

    python bench/gallery.py http://127.0.0.1:8000 /tmp/gallery --password … --only 'provider|run' --widths 360 1440

Needs playwright and a Chromium (Debian: `apt-get install chromium`). Pages are found by following the running
instance's own links; what it has none of (a run, a document) is left out.
"""

import argparse
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

WIDTHS = (360, 900, 1440, 1920)
SCHEMES = ("light", "dark")
LAUNCH = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync")  # fmt: skip
QUESTION = "/knowledge/?text=how+do+I+book+a+trip&top_k=4"


def main() -> None:
    arguments = read_arguments()
    arguments.outdir.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(LAUNCH))
        pages = dict(find_pages(browser, arguments))
        for width in arguments.widths:
            for scheme in arguments.schemes:
                for picture in take_pictures(browser, arguments, pages, width=width, scheme=scheme):
                    print(picture)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", required=True)
    parser.add_argument("--only", default="", help="a regular expression over the names of pages")
    parser.add_argument("--widths", type=int, nargs="+", default=WIDTHS)
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=SCHEMES)
    return parser.parse_args()


def find_pages(browser: Browser, arguments: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Name and path of each page that this instance has something to show on."""
    page = signed_in(browser, arguments, width=1440, scheme="light")
    yield from {
        "overview": "/",
        "providers": "/providers/",
        "providers-paused": "/providers/?state=paused",
        "providers-nothing": "/providers/?q=nothing-like-it",
        "provider-new": "/providers/new/",
        "knowledge": "/knowledge/",
        "search": QUESTION,
        "search-wrong": "/knowledge/?text=&tags=policy%2B",
        "browse-nothing": "/knowledge/?tags=no-such-tag",
        "trash": "/knowledge/trash/",
        "manifest": "/manifest/",
        "keys": "/keys/",
        "audit": "/audit/",
        "alerts": "/alerts/",
        "alert-new": "/alerts/new/",
        "models": "/models/",
        "quarantine": "/quarantine/",
        "system": "/system/",
        "users": "/users/",
        "account": "/account/",
        "held": "/held/",
        "not-found": "/nowhere/",
    }.items()
    if concern := first_link(page, arguments.url + "/", ".concerns a[href^='/runs/']"):
        yield "run-failed", concern
    if held := first_link(page, arguments.url + "/held/", "main td.lead a"):
        yield "held-deletion", held
    if provider := first_link(page, arguments.url + "/providers/", "#providers tr:has(a[id^=last]) td.lead a"):
        yield from {
            "provider": provider,
            "provider-edit": f"{provider}edit/",
            "provider-delete": f"{provider}delete/",
            "provider-doctor": f"{provider}doctor/",
            "provider-pause": f"{provider}enabled/",
            "provider-bad": f"{provider}?kind=bad",
        }.items()
        if run := first_link(page, arguments.url + provider, "#provider-live a[id^=run-]"):
            yield "run", run
    if document := first_link(page, arguments.url + QUESTION, "#search h3 a"):
        yield "document", document
        if delete := first_link(page, arguments.url + document, "a.danger"):
            yield "document-delete", delete


def first_link(page: Page, url: str, selector: str) -> str:
    page.goto(url)
    found = page.query_selector(selector)
    return found.get_attribute("href") or "" if found else ""


def take_pictures(
    browser: Browser, arguments: argparse.Namespace, pages: dict[str, str], *, width: int, scheme: str
) -> Iterator[Path]:
    stranger = open_page(browser, width=width, scheme=scheme)
    yield take(stranger, arguments, "login", "/login/", width=width, scheme=scheme)
    page = signed_in(browser, arguments, width=width, scheme=scheme)
    for name, path in pages.items():
        if re.search(arguments.only, name):
            yield take(page, arguments, name, path, width=width, scheme=scheme)


def take(page: Page, arguments: argparse.Namespace, name: str, path: str, *, width: int, scheme: str) -> Path:
    """One whole page as a picture; says where it is wider than the screen."""
    page.goto(arguments.url + path)
    if overflow := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
        print(f"{name} is {overflow} px wider than {width} px")
    picture = arguments.outdir / f"{name}-{scheme}-{width}.png"
    page.screenshot(path=picture, full_page=True)
    return picture


def signed_in(browser: Browser, arguments: argparse.Namespace, *, width: int, scheme: str) -> Page:
    page = open_page(browser, width=width, scheme=scheme)
    page.goto(f"{arguments.url}/login/")
    page.fill("[name=username]", arguments.user)
    page.fill("[name=password]", arguments.password)
    page.click("button")
    page.wait_for_selector("body.page", timeout=5_000)
    return page


def open_page(browser: Browser, *, width: int, scheme: str) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda said: print(f"console: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: print(f"page error: {error}"))
    return page


if __name__ == "__main__":
    main()
