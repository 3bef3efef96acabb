"""A page in the order of its text: its headings, paragraphs, points, lines of code and tables, each a block."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from ingestion.extract.readers.web.framing import UNSHOWN, is_anchor, is_framing, words
from ingestion.extract.readers.web.grids import is_layout, rows_of
from ingestion.extract.readers.web.hiding import Hiding

INLINE = words(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark nobr output q rp rt ruby "
    "s samp small span strike strong sub sup time tt u var wbr math mi mn mo ms mtext mrow msup msub mfrac semantics "
    "tspan text"
)
HEADINGS, LISTS = words("h1 h2 h3 h4 h5 h6"), words("ul ol menu dir dl")
CODE = words("pre listing xmp plaintext")
BROKEN = "\0"
"""A line that is broken within a paragraph; no page holds this sign."""
PARAGRAPH, LINE = "\n\n", "\n"


@dataclass(frozen=True, slots=True)
class PageBlock:
    """Some text of a page, with what stands between it and the block before, and how many of its words are links.

    `heading` is its depth, 0 for other text; a table has `rows` instead of a text.
    """

    text: str
    before: str = PARAGRAPH
    heading: int = 0
    words: int = 0
    linked: int = 0
    rows: Sequence[Sequence[str]] = ()


@dataclass(frozen=True)
class WebPage:
    """Its blocks in order; which of them lie in an element; and the texts that are hidden, each before which block."""

    blocks: list[PageBlock] = field(default_factory=list)
    spans: dict[Any, tuple[int, int]] = field(default_factory=dict)
    hidden: list[tuple[int, str]] = field(default_factory=list)


def read_page(root: Any, *, framed: bool = False) -> WebPage:
    """Without what frames it, unless that is wanted, too. Linear in its size, however deep it is."""
    walk = _Walk(Hiding(root), framed=framed)
    walk.through(body_of(root))
    return walk.page


def body_of(root: Any) -> Any:
    """Or the root itself, of a fragment."""
    body = None if root.tag == "body" else root.find("body")
    return root if body is None else body


class _Walk:
    """Collects what is said until a block ends."""

    def __init__(self, hiding: Hiding, *, framed: bool) -> None:
        self.page = WebPage()
        self._framed = framed
        self._hiding = hiding
        self._said: list[str] = []
        self._linked = 0
        self._links = self._lists = self._code = 0
        self._heading: Any = None
        self._mark, self._before = "", PARAGRAPH
        self._points: list[int] = []

    def through(self, body: Any) -> None:
        steps = etree.iterwalk(body, events=("start", "end"))
        opened: list[int] = []
        skipped = False
        for event, element in steps:
            if event == "start":
                skipped = self._skips(element)
                if skipped:
                    steps.skip_subtree()
                else:
                    self._start(element, opened)
                    self._say(element.text)
            else:
                if not skipped:
                    self._end(element, opened)
                skipped = False
                if element is not body:
                    self._say(element.tail)
        self._flush()

    def _skips(self, element: Any) -> bool:
        """What is not read as a block: it is left out, or read here."""
        tag = element.tag
        if tag in UNSHOWN or is_anchor(element) or (not self._framed and is_framing(element)):
            return True
        if self._hiding.hides(element):
            if text := self._flat(element, hidden=True):
                self.page.hidden.append((len(self.page.blocks), text))
            return True
        if tag == "table" and not is_layout(element):
            self._flush()
            self._table(element)
            return True
        return False

    def _start(self, element: Any, opened: list[int]) -> None:
        tag = element.tag
        if tag == "br":
            self._said.append(LINE if self._code else BROKEN)
        elif tag == "a":
            self._links += element.get("href") is not None
        elif tag not in INLINE:
            self._open(element, tag)
            opened.append(len(self.page.blocks))

    def _open(self, element: Any, tag: str) -> None:
        if self._code:
            self._said.append(LINE if self._said and not self._said[-1].endswith(LINE) else "")
        elif self._heading is not None:
            self._said.append(" ")
        else:
            self._flush()
        if tag in HEADINGS and self._heading is None:
            self._heading = element
        elif tag in LISTS:
            self._lists += 1
            self._points.append(_first_number(element) if tag == "ol" else -1)
        elif tag in CODE:
            self._code += 1
        elif tag == "li":
            self._mark = self._next_mark()
        elif tag == "dt":
            self._before = PARAGRAPH

    def _next_mark(self) -> str:
        if not self._points or self._points[-1] < 0:
            return "- "
        self._points[-1] += 1
        return f"{self._points[-1] - 1}. "

    def _end(self, element: Any, opened: list[int]) -> None:
        tag = element.tag
        if tag == "a":
            self._links -= element.get("href") is not None
        if tag in INLINE or tag == "br":
            return
        if self._ends_block(element):
            self._flush()
        if tag in LISTS:
            self._lists -= 1
            self._points.pop()
            self._mark, self._before = "", LINE if self._lists else PARAGRAPH
        elif tag in CODE:
            self._code -= 1
        self._heading = None if self._heading is element else self._heading
        if (first := opened.pop()) < len(self.page.blocks):
            self.page.spans[element] = (first, len(self.page.blocks))

    def _ends_block(self, element: Any) -> bool:
        """Nothing within a heading or within lines of code does."""
        if self._code:
            return self._code == 1 and element.tag in CODE
        return self._heading is None or self._heading is element

    def _say(self, text: str | None) -> None:
        if text:
            self._said.append(text)
            if self._links:
                self._linked += len(text.split())

    def _flush(self) -> None:
        """What was said becomes a block, if it is more than blanks."""
        said, linked = "".join(self._said), self._linked
        self._said, self._linked = [], 0
        text = said.strip(LINE) if self._code else _tidied(said)
        if not text.strip():
            return
        depth = int(self._heading.tag[1]) if self._heading is not None else 0
        text = " ".join(text.split()) if depth else text
        before = PARAGRAPH if self._code else self._before
        self.page.blocks.append(PageBlock(self._mark + text, before, depth, len(text.split()), linked))
        self._mark, self._before = "", LINE if self._lists and not self._code else PARAGRAPH

    def _table(self, table: Any) -> None:
        caption = table.find("caption")
        if caption is not None and (told := self._flat(caption)):
            self.page.blocks.append(PageBlock(told, words=len(told.split())))
        rows = list(rows_of(table, self._flat))
        words = sum(len(cell.split()) for row in rows for cell in row)
        linked = sum(len("".join(link.itertext()).split()) for link in table.iterdescendants("a"))
        if words:
            self.page.blocks.append(PageBlock("", words=words, linked=linked, rows=rows))

    def _flat(self, element: Any, *, hidden: bool = False) -> str:
        """On one line: what is apart in it stays so, words that are only marked do not."""
        if not len(element):
            return " ".join((element.text or "").split())
        return " ".join("".join(self._told(element, hidden=hidden)).split())

    def _told(self, element: Any, *, hidden: bool) -> Iterator[str]:
        steps = etree.iterwalk(element, events=("start", "end"))
        for event, each in steps:
            apart = " " if each.tag not in INLINE or each.tag == "br" else ""
            if event == "start":
                if self._is_left_out(each, hidden=hidden or each is element):
                    steps.skip_subtree()
                else:
                    yield apart
                    yield each.text or ""
            else:
                yield apart
                yield "" if each is element else each.tail or ""

    def _is_left_out(self, element: Any, *, hidden: bool) -> bool:
        """In a cell; what is hidden there is kept apart."""
        if element.tag in UNSHOWN or is_anchor(element):
            return True
        if hidden or not self._hiding.hides(element):
            return False
        if text := self._flat(element, hidden=True):
            self.page.hidden.append((len(self.page.blocks), text))
        return True


def _tidied(said: str) -> str:
    return LINE.join(filter(None, (" ".join(line.split()) for line in said.split(BROKEN))))


def _first_number(element: Any) -> int:
    told = element.get("start") or ""
    return int(told) if told.isdecimal() and len(told) < 6 else 1
