"""Pictures of every page in each of its states, light and dark, on four widths, to be looked at.

    python bench/gallery.py http://127.0.0.1:8000 /tmp/gallery --password … --only 'provider|run' --widths 360 1440

Needs playwright and a Chromium (Debian: `apt-get install chromium`). `bench/scene.py` stocks an instance with every
state; `--user` with a viewer's name shows what viewers see. Some pages are found by following the running instance's
own links; what it has none of (a run, a document) is left out.
"""

import argparse
import random
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
PATHS = {
    "overview": "/",
    "overview-menu": "/#menu",
    "providers": "/providers/",
    "providers-paused": "/providers/?state=paused",
    "providers-nothing": "/providers/?q=nothing-like-it",
    "provider-new": "/providers/new/",
    "knowledge": "/knowledge/",
    "search": QUESTION,
    "search-wrong": "/knowledge/?text=&tags=policy%2B",
    "browse-nothing": "/knowledge/?tags=no-such-tag",
    "browse-ticked": "/knowledge/?tags=ticket&select=page",
    "trash": "/knowledge/trash/",
    "files": "/files/",
    "files-failed": "/files/?state=failed",
    "files-nothing": "/files/?collection=no-such-one",
    "collections": "/collections/",
    "manifest": "/manifest/",
    "keys": "/keys/",
    "audit": "/audit/",
    "audit-nothing": "/audit/?actor=nobody-like-it",
    "alerts": "/alerts/",
    "alert-new": "/alerts/new/",
    "models": "/models/",
    "quarantine": "/quarantine/",
    "system": "/system/",
    "users": "/users/",
    "account": "/account/",
    "held": "/held/",
    "not-found": "/nowhere/",
    "wrong-method": "/logout/",
}
RUN = "#provider-live tr:has(.state.{}) a[id^=run-]"
LINKS = {
    "held-deletion": ("held", "main td.lead a"),
    "held-decided": ("held", "main ul.list a"),
    "provider": ("providers", "#providers tr:has(.state.ok):has(a[id^=last]) td.lead a"),
    "provider-failing": ("overview", ".concerns li:has(.state.bad) a[href^='/providers/']"),
    "provider-running": ("providers", "#providers tr:has(.turning) td.lead a"),
    "provider-paused": ("providers-paused", "#providers td.lead a"),
    "provider-edit": ("provider", ".actions a[href$='/edit/']"),
    "provider-delete": ("provider", "a[href$='/delete/']"),
    "provider-pause": ("provider", "a[href$='/enabled/']"),
    "provider-bad": ("provider", ".kinds a[href*='kind=bad']"),
    "run": ("provider", RUN.format("ok")),
    "run-failed": ("provider-failing", RUN.format("bad")),
    "run-running": ("provider-running", RUN.format("run")),
    "document": ("search", "#search h3 a"),
    "document-delete": ("knowledge", "#documents a[href*='/delete/']"),
    "file": ("files", "main tr:has(.state.ok) td.lead a"),
    "file-failed": ("files-failed", "main td.lead a"),
    "file-working": ("files", "main tr:has(.state.run) td.lead a"),
    "file-delete": ("file", "a[href$='/delete/']"),
    "collection": ("collections", "main td.act a.btn:not(.danger)"),
    "collection-delete": ("collections", "main a[href$='/delete/']"),
    "key-revoke": ("keys", "main a[href$='/revoke/']"),
    "user": ("users", "main tbody tr:nth-child(2) td.lead a"),
    "alert": ("alerts", "main td a[href^='/alerts/'], main li a[href^='/alerts/']"),
    "alert-delete": ("alert", "main a[href$='/delete/']"),
    "model-activate": ("models", "main a[href$='/activate/']"),
    "model-drop": ("models", "main a[href$='/drop/']"),
}  # fmt: skip
"""Pages with an address of their own: on which page a link leads to one, and which link."""
PRESSED = {
    "login-wrong": ("login", "button"),
    "search-why": ("search", "details.more:first-of-type > summary"),
    "provider-refused": ("provider-new", "main form button:not([type=button])"),
    "provider-doctor": ("provider-failing", "#check"),
    "key-refused": ("keys", "main aside button"),
    "key-made": ("keys", "main aside button"),
    "user-made": ("users", "main aside button"),
    "files-refused": ("files", "main aside button"),
    "documents-delete": ("browse-ticked", "#many button"),
    "document-menu": ("document", "details.menu > summary"),
}
"""What shows after one thing on a page was pressed."""
FILLED = {"login-wrong": ("username", "password"), "key-made": ("name",), "user-made": ("name",)}


def main() -> None:
    arguments = read_arguments()
    arguments.outdir.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("chromium-headless-shell"), args=list(LAUNCH)
        )
        pages = find_pages(browser, arguments)
        for width in arguments.widths:
            for scheme in arguments.schemes:
                pictures = list(take_pictures(browser, arguments, pages, width=width, scheme=scheme))
                print(f"{len(pictures)} pictures, {width} px, {scheme}")


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


def find_pages(browser: Browser, arguments: argparse.Namespace) -> dict[str, str]:
    """Name and path of each page that this instance has something to show on."""
    page = signed_in(browser, arguments, width=1440, scheme="light")
    found = dict(PATHS)
    for name, (origin, selector) in LINKS.items():
        if origin in found and (path := first_link(page, arguments.url + found[origin], selector)):
            found[name] = path
        else:
            print(f"{name} has nothing to show")
    return found


def first_link(page: Page, url: str, selector: str) -> str:
    page.goto(url)
    found = page.query_selector(selector)
    return found.get_attribute("href") or "" if found else ""


def take_pictures(
    browser: Browser, arguments: argparse.Namespace, pages: dict[str, str], *, width: int, scheme: str
) -> Iterator[Path]:
    anonymous = open_page(browser, width=width, scheme=scheme)
    page = signed_in(browser, arguments, width=width, scheme=scheme)
    for name in sorted({"login": "", **pages, **PRESSED}):
        if not re.search(arguments.only, name):
            continue
        origin, selector = PRESSED.get(name, (name, ""))
        path = {"login": "/login/", **pages}.get(origin)
        if path and go_to(anonymous if origin == "login" else page, arguments.url + path, selector, name=name):
            yield take(anonymous if origin == "login" else page, arguments.outdir / f"{name}-{scheme}-{width}.png")


def go_to(page: Page, url: str, selector: str, *, name: str) -> bool:
    """Whether the page has what is to be pressed, if anything is."""
    page.goto(url)
    if not selector:
        return True
    for field in FILLED.get(name, ()):
        page.fill(f"main [name={field}]", f"somebody-{random.randrange(10**6)}")
    if not (found := page.query_selector(selector)):
        return False
    found.click()
    page.wait_for_load_state("networkidle")
    return True


def take(page: Page, picture: Path) -> Path:
    """The whole page as a picture; says where it is wider than the screen."""
    if overflow := page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"):
        print(f"{picture.stem} is {overflow} px too wide")
    page.evaluate("scrollTo(0, 0)")
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
