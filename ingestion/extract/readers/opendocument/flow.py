"""What stands in paragraphs, lists, tables and boxes of an OpenDocument file, in the order of the page.

Notes, remarks and boxes that hang on a paragraph stand behind it; what is hidden is kept apart.
"""

from collections.abc import Iterator
from typing import Any

from ingestion.extract.readers.opendocument.names import (
    BOX,
    CELL,
    COVERED,
    CREATOR,
    FRAME,
    GRID,
    HEADING,
    IMAGE,
    LIST,
    NOTE,
    OBJECT,
    OFFICE,
    PARAGRAPH,
    REMARK,
    ROW,
    STYLE_NAME,
    SVG,
    TABLE,
    TEXT,
)
from ingestion.extract.readers.opendocument.packages import Package
from ingestion.extract.readers.opendocument.styles import Numbering, Styles
from ingestion.extract.readers.outline import Outline

MOST_BLANKS, MOST_COLUMNS, MOST_REPEATED = 1_000, 63, 1_000
UNSAID = frozenset(
    [
        f"{TEXT}tracked-changes",
        f"{TEXT}variable-decls",
        f"{TEXT}sequence-decls",
        f"{TEXT}user-field-decls",
        f"{TEXT}note-citation",
        f"{TEXT}ruby-text",
        f"{OFFICE}forms",
        f"{OFFICE}scripts",
        f"{OFFICE}event-listeners",
        f"{TABLE}shapes",
    ]
)
"""Struck out, told elsewhere, or for programs alone."""

HELD = frozenset([NOTE, REMARK, FRAME])
NUMBER_ROWS, NUMBER_COLUMNS = f"{TABLE}number-rows-repeated", f"{TABLE}number-columns-repeated"
BROAD, HIGH = f"{TABLE}number-columns-spanned", f"{TABLE}number-rows-spanned"


class Flow:
    """Walks through a part of a file and tells it to an outline; `hidden` is what no page shows."""

    def __init__(self, package: Package, styles: Styles, outline: Outline) -> None:
        self._package = package
        self._styles = styles
        self._outline = outline
        self._headings = styles.numbering("")
        self._lists: dict[str, Numbering] = {}
        self._notes = 0
        self._held: list[str] = []
        self.hidden: list[str] = []

    def walk(self, parent: Any) -> None:
        for block in parent.iterchildren():
            self._block(block)

    def _block(self, block: Any) -> None:
        tag = block.tag
        if tag in UNSAID:
            return
        if tag == HEADING:
            self._heading(block)
        elif tag == PARAGRAPH:
            self._paragraph(block)
        elif tag == LIST:
            self._list(block, level=1, style=None)
        elif tag == GRID:
            self._outline.table(self.rows(block))
            self._tell_held()
        elif tag in HELD:
            self._hold(block)
            self._tell_held()
        elif self._is_hidden_section(block):
            self.hidden += filter(None, (self.text(each) for each in block.iter(PARAGRAPH, HEADING)))
            self._held = []
        else:
            self.walk(block)

    def _is_hidden_section(self, block: Any) -> bool:
        return bool(block.tag == f"{TEXT}section" and block.get(f"{TEXT}display") == "none")

    def _heading(self, block: Any) -> None:
        told = block.get(f"{TEXT}outline-level") or "1"
        depth = min(int(told), 10) if told.isdecimal() and len(told) < 5 else 1
        mark = "" if block.get(f"{TEXT}is-list-header") == "true" else self._headings.next_mark(depth)
        if text := self.text(block):
            self._outline.head(mark + text, depth)
        self._tell_held()

    def _paragraph(self, block: Any, mark: str = "") -> None:
        text = self.text(block)
        if text and not mark and self._styles.is_title(block.get(STYLE_NAME)):
            self._outline.head(text, 0)
        elif text:
            self._outline.say(mark + text)
        self._tell_held()

    def _list(self, listed: Any, *, level: int, style: str | None) -> None:
        """A style's lists are counted on where one says so; others begin anew."""
        style = listed.get(STYLE_NAME) or style
        goes_on = listed.get(f"{TEXT}continue-numbering") == "true" or listed.get(f"{TEXT}continue-list")
        if level == 1 and not (goes_on and (style or "") in self._lists):
            self._lists[style or ""] = self._styles.numbering(style)
        numbering = self._lists.setdefault(style or "", self._styles.numbering(style))
        for item in listed.iterchildren():
            mark = ""
            if item.tag == f"{TEXT}list-item" and _says_itself(item):
                mark = numbering.next_mark(level, item.get(f"{TEXT}start-value"))
            for block in item.iterchildren():
                if block.tag == LIST:
                    self._list(block, level=level + 1, style=style)
                elif block.tag == PARAGRAPH:
                    self._paragraph(block, mark)
                    mark = ""
                else:
                    self._block(block)

    def text(self, paragraph: Any) -> str:
        """Of it and what is in it, without what is held back for behind it."""
        said: list[str] = []
        self._say(paragraph, said)
        text = "".join(said).strip()
        if text and self._styles.hides("paragraph", paragraph.get(STYLE_NAME)):
            self.hidden.append(text)
            return ""
        return text

    def _say(self, element: Any, said: list[str]) -> None:
        said.append(_blank(element.text))
        for child in element.iterchildren():
            tag = child.tag
            if tag in HELD:
                said.append(self._hold(child))
            elif tag == f"{TEXT}s":
                told = child.get(f"{TEXT}c") or "1"
                said.append(" " * min(int(told) if told.isdecimal() and len(told) < 5 else 1, MOST_BLANKS))
            elif tag == f"{TEXT}tab":
                said.append("\t")
            elif tag == f"{TEXT}line-break":
                said.append("\n")
            elif tag in (f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph") or self._hides(child):
                self._keep_apart(child)
            elif tag not in UNSAID:
                if tag in (PARAGRAPH, HEADING, LIST) and said[-1:] != ["\n"]:
                    said.append("\n")
                self._say(child, said)
            said.append(_blank(child.tail))

    def _hides(self, child: Any) -> bool:
        return child.tag == f"{TEXT}span" and self._styles.hides("text", child.get(STYLE_NAME))

    def _keep_apart(self, element: Any) -> None:
        text = "".join(element.itertext()).strip() or element.get(f"{TEXT}string-value") or ""
        if text:
            self.hidden.append(text)

    def _hold(self, element: Any) -> str:
        """For behind the paragraph; what stands in it instead."""
        if element.tag == NOTE:
            self._notes += 1
            mark = f"[{self._notes}]"
            place = len(self._held)
            self._held.append("")
            self._held[place] = f"{mark} {' '.join(self._body_of(element).split())}"
            return mark
        if element.tag == REMARK:
            by = element.findtext(CREATOR) or ""
            texts = [self.text(each) for each in element.iterchildren(PARAGRAPH, LIST)]
            self._held.append(f"{by}: {' '.join(filter(None, texts))}".removeprefix(": "))
        elif element.tag == FRAME:
            self._held += frame_texts(self, self._package, element)
        return ""

    def _body_of(self, note: Any) -> str:
        return "\n".join(self.text(body) for body in note.iterchildren(f"{TEXT}note-body"))

    def _tell_held(self) -> None:
        held, self._held = self._held, []
        for text in held:
            self._outline.say(text)

    def rows(self, table: Any) -> Iterator[list[str]]:
        """A merged cell says the same in each place that it takes."""
        below: dict[int, tuple[int, str]] = {}
        for row in rows_of(table):
            cells: list[str] = []
            for cell in row.iterchildren(CELL, COVERED):
                if cell.tag == COVERED and (held := below.get(len(cells))):
                    cells.append(held[1])
                    below[len(cells) - 1] = (held[0] - 1, held[1])
                    if held[0] <= 1:
                        del below[len(cells) - 1]
                    continue
                text = "\n".join(filter(None, (self.text_of_block(each) for each in cell.iterchildren())))
                broad = min(span(cell, BROAD), MOST_COLUMNS)
                if (high := span(cell, HIGH)) > 1:
                    below |= {len(cells) + number: (high - 1, text) for number in range(broad)}
                if cell.tag == COVERED and cells and not text:
                    text = cells[-1]
                cells += [text] * (min(span(cell, NUMBER_COLUMNS), MOST_COLUMNS))
            for _ in range(min(span(row, NUMBER_ROWS), MOST_REPEATED) if any(cells) else 1):
                yield cells

    def text_of_block(self, block: Any) -> str:
        """In a cell or a box; a table within it is a line a row."""
        if block.tag == GRID:
            return "\n".join(", ".join(filter(None, row)) for row in self.rows(block))
        if block.tag in HELD:
            return self._hold(block)
        if block.tag in UNSAID:
            return ""
        if block.tag == LIST:
            return "\n".join(filter(None, self._points(block, self._styles.numbering(block.get(STYLE_NAME)), 1)))
        return self.text(block)

    def _points(self, listed: Any, numbering: Numbering, level: int) -> Iterator[str]:
        for item in listed.iterchildren():
            mark = numbering.next_mark(level) if item.tag == f"{TEXT}list-item" and _says_itself(item) else ""
            for block in item.iterchildren():
                if block.tag == LIST:
                    yield from self._points(block, numbering, level + 1)
                elif text := self.text_of_block(block):
                    yield mark + text
                    mark = ""

    def held(self) -> list[str]:
        """What hangs on what was asked for since, and is told nowhere else yet."""
        held, self._held = self._held, []
        return held


def frame_texts(flow: Flow, package: Package, frame: Any, *, with_tables: bool = True) -> list[str]:
    """Of a picture what is said for those who do not see it; of a box, a chart, a formula or a table its text."""
    texts = [" ".join("".join(each.itertext()).split()) for each in frame.iterchildren(f"{SVG}title", f"{SVG}desc")]
    for held in frame.iterchildren():
        if held.tag == BOX:
            texts += [flow.text_of_block(each) for each in held.iterchildren()]
        elif held.tag == GRID and with_tables:
            texts.append(flow.text_of_block(held))
        elif held.tag == OBJECT:
            texts.append(package.drawn(held))
        elif held.tag == IMAGE:
            texts += [flow.text(each) for each in held.iterchildren(PARAGRAPH)]
    return list(dict.fromkeys(filter(None, texts)))


def rows_of(table: Any) -> Iterator[Any]:
    """Whatever groups them: a head that is repeated, an outline."""
    for child in table.iterchildren():
        if child.tag == ROW:
            yield child
        elif child.tag.startswith(f"{TABLE}table-") and child.tag != f"{TABLE}table-column":
            yield from rows_of(child)


def span(element: Any, name: str) -> int:
    told = element.get(name) or ""
    return max(int(told), 1) if told.isdecimal() and len(told) < 9 else 1


def _says_itself(item: Any) -> bool:
    """And is not there for the list within it alone."""
    first = next(item.iterchildren(), None)
    return first is not None and first.tag != LIST


def _blank(text: str | None) -> str:
    """White space of the markup is one blank each, as the format has it."""
    if not text:
        return ""
    words = " ".join(text.split())
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if words and text[-1].isspace() else ''}"
