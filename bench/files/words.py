"""Words that a reader of a file sees and Larder's reader does not keep, by kind, over a folder of others' files.

Of a page, what a browser shows is what a reader sees: without programs and style sheets from elsewhere, and without
what frames the page by its own marks, menus and footers. Of other kinds it is what their library gives by itself.
"""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.compare.report import Row
from bench.files.direct import DIRECT
from bench.files.reading import bodies_of
from ingestion.extract import Unread, extract_all
from ingestion.extract.sandbox import end_children
from ingestion.kinds import DeclaredType

WORD = re.compile(r"\w+")
LOST = 0.005
NAMED = 12
PROGRAMS = ("chromium-headless-shell", "chromium")
FRAMING = """
nav, [role=navigation], [role=contentinfo], [role=search], body > footer, body > aside, .sphinxsidebar, .related,
.footer, .headerlink, button, select, textarea, [role=dialog], [role=toolbar] { display: none !important }
"""
SHOWN = """style => {
    const sheet = document.createElement("style");
    sheet.textContent = style;
    document.documentElement.append(sheet);
    for (const details of document.querySelectorAll("details")) details.open = true;
    return document.body ? document.body.innerText : "";
}"""

Told = Callable[[bytes], str]


def measure_words(folder: Path) -> Iterator[Row]:
    with ExitStack() as beside:
        for kind, files in bodies_of(folder):
            told = beside.enter_context(Browser()) if kind == "html" else DIRECT[kind][1]
            yield _measure(kind, files, told)
    end_children()


def _measure(kind: str, files: Sequence[tuple[str, bytes]], told: Told) -> Row:
    shown, lost = 0, list[tuple[int, str, str]]()
    for (name, body), text in zip(files, _read(kind, files), strict=True):
        seen = _words_of(told, body)
        missing = seen - Counter(WORD.findall(text))
        shown += seen.total()
        lost.append((missing.total(), name, " ".join(missing)[:80]))
    for count, name, which in sorted(lost, reverse=True)[:NAMED]:
        if count:
            print(f"{count:7,} {name}: {which}")
    gone = sum(count for count, _, _ in lost)
    return Row(
        work=f"{kind}, {len(files):,} files, words lost",
        ours=f"{gone:,} ({gone / max(shown, 1):.2%})",
        theirs=f"of {shown:,}",
        ratio=gone / max(shown, 1),
        at_most=LOST,
    )


def _words_of(told: Told, body: bytes) -> Counter[str]:
    """None where the library itself cannot read it."""
    try:
        return Counter(WORD.findall(told(body)))
    except Exception as error:  # noqa: BLE001 - whatever a library makes of others' files, the next one is read
        print(f"        left out: {type(error).__name__}: {error}"[:100])
        return Counter()


def _read(kind: str, files: Sequence[tuple[str, bytes]]) -> Iterator[str]:
    declared = DeclaredType(name=f"it.{kind}")
    for name, body in files:
        [found] = extract_all([Unread(body=body, declared=declared, name=name)])
        yield getattr(found, "text", "")


class Browser:
    """Shows pages, fetches nothing for them and runs no program of theirs."""

    def __enter__(self) -> Told:
        from playwright.sync_api import sync_playwright  # only who measures pages has it

        self._playwright = sync_playwright().start()
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        self._browser = self._playwright.chromium.launch(executable_path=program)
        context = self._browser.new_context(java_script_enabled=False)
        context.route(
            "**/*", lambda route: route.abort() if route.request.url != PLACE else route.fulfill(**self._page)
        )
        self._tab = context.new_page()
        return self._show

    def _show(self, body: bytes) -> str:
        self._page: dict[str, Any] = {"body": body, "content_type": f"text/html{_charset(body)}"}
        self._tab.goto(PLACE)
        shown: str = self._tab.evaluate(SHOWN, FRAMING)
        return shown

    def __exit__(self, *error: object) -> None:
        self._browser.close()
        self._playwright.stop()


def _charset(body: bytes) -> str:
    """A page that is UTF-8 and does not say so is shown as another encoding by browsers alone."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return ""
    return "; charset=utf-8"


PLACE = "http://page.invalid/"
