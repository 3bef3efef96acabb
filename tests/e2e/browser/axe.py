"""axe-core over a page as it stands, on each kind of screen."""

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ALL = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
COLOURS = ALL | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""All of those rules that look at colours: nothing else is another thing in the other scheme."""
IS_PAINTED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
Screen = tuple[Literal["light", "dark"], int, dict[str, Any]]
SCREENS: list[Screen] = [
    ("light", 360, ALL),
    ("dark", 360, COLOURS),
    ("dark", 1440, ALL),
    ("light", 1440, COLOURS),
]
WHOLE = [screen for screen in SCREENS if screen[2] is ALL]
"""For pages that hold no more than pages which are looked at on all of them."""
PAGES = {
    "overview": "/",
    "providers": "/providers/",
    "providers, none": "/providers/?q=nothing-like-it",
    "provider": "/providers/counter/",
    "provider that failed": "/providers/axe-failed/",
    "provider never run": "/providers/axe-new/",
    "new provider": "/providers/new/",
    "edit provider": "/providers/counter/edit/",
    "pause provider": "/providers/counter/enabled/",
    "delete provider": "/providers/counter/delete/",
    "reset provider": "/providers/counter/reset/",
    "check provider": "/providers/counter/doctor/",
    "as code": "/manifest/",
    "held": "/held/",
    "knowledge": "/knowledge/",
    "search": "/knowledge/?text=fruit&top_k=3",
    "search, wrong": "/knowledge/?text=fruit&tags=a%2B",
    "browse, none": "/knowledge/?tags=no-such-tag",
    "document": "/knowledge/shop/apples/",
    "delete document": "/knowledge/delete/?source=shop&id=apples",
    "trash": "/knowledge/trash/",
    "files": "/files/",
    "collections": "/collections/",
    "edit collection": "/collections/documents/",
    "keys": "/keys/",
    "alerts": "/alerts/",
    "new alert": "/alerts/new/",
    "models": "/models/",
    "quarantine": "/quarantine/",
    "audit": "/audit/",
    "system": "/system/",
    "users": "/users/",
    "account": "/account/",
    "not found": "/nowhere/",
}


def faults(page: Page, pages: dict[str, str]) -> Iterator[str]:
    for name, path in pages.items():
        page.goto(path)
        yield from faults_here(page, name)


def faults_here(page: Page, name: str, *, screens: list[Screen] = SCREENS) -> Iterator[str]:
    """Loaded once, then shown on each of the screens."""
    page.evaluate(Axe().axe_script)
    for scheme, width, rules in screens:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(IS_PAINTED)
        for fault in _violations(page, rules):
            yield f"{name}, {scheme} {width}: {fault}"


def _violations(page: Page, rules: dict[str, Any]) -> Iterable[str]:
    for violation in page.evaluate("options => axe.run(options).then((found) => found.violations)", rules):
        for node in violation["nodes"]:
            yield f"{violation['id']}: {node['html'][:160]} {node['failureSummary'].splitlines()[1:3]}"
