"""The text of Word's markup, as it stands on the page: what was inserted, not what was struck out or moved away."""

from collections.abc import Iterator
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ingestion.extract.readers.office.drawn import description

PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
TEXT, BREAK, BOX = qn("w:t"), qn("w:br"), qn("w:txbxContent")
RUN, VANISH, VALUE = qn("w:r"), qn("w:vanish"), qn("w:val")
DRAWING = qn("wp:docPr")
OTHER_PROGRAMS = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
FORMULA_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
UNSAID = (qn("w:del"), qn("w:moveFrom"), qn("w:tabs"), OTHER_PROGRAMS)
"""Struck out, moved away, places of tabulators, and what stands beside it once more for older programs."""

SIGNS = {qn("w:tab"): "\t", qn("w:ptab"): "\t", BREAK: "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
SAID = (TEXT, FORMULA_TEXT, *SIGNS)


def keep_what_is_said(root: Any) -> None:
    """Take out the rest. Boxes of text stand behind the paragraph that they hang on, no longer within it."""
    for element in list(root.iter(*UNSAID)):
        if (above := element.getparent()) is not None:
            above.remove(element)
    for box in reversed(list(root.iter(BOX))):
        if (anchor := next(box.iterancestors(PARAGRAPH), None)) is not None:
            for block in reversed(box):
                anchor.addnext(block)


def take_hidden(root: Any) -> list[str]:
    """Take out the runs that no page shows; what they say, those that follow one another together."""
    texts: list[str] = []
    before = None
    for mark in [mark for mark in root.iter(VANISH) if mark.get(VALUE, "1") not in ("0", "false", "off")]:
        run = mark.getparent().getparent()
        if run is None or run.tag != RUN:
            continue
        said, above = text_of(run), run.getparent()
        if said.strip():
            texts = [*texts[:-1], texts[-1] + said] if texts and run.getprevious() is before else [*texts, said]
        before = run.getprevious()
        above.remove(run)
    return texts


def place_descriptions(root: Any) -> None:
    """What is said of a picture stands behind the paragraph that it hangs on."""
    for properties in reversed(list(root.iter(DRAWING))):
        text, anchor = description(properties), next(properties.iterancestors(PARAGRAPH), None)
        if text and anchor is not None:
            add_behind(anchor, text)


def add_behind(paragraph: Any, text: str) -> None:
    """One more paragraph."""
    added = OxmlElement("w:p")
    added.append(OxmlElement("w:t"))
    added[0].text = text
    paragraph.addnext(added)


def inner(parent: Any, *tags: str) -> Iterator[Any]:
    """Those next below it, in order, whatever wraps them: content controls do."""
    for child in parent.iterchildren():
        if child.tag in tags:
            yield child
        else:
            yield from inner(child, *tags)


def text_of(paragraph: Any) -> str:
    return "".join(SIGNS.get(each.tag) or each.text or "" for each in paragraph.iter(*SAID))


def text_of_cell(cell: Any) -> str:
    """A table within it is a line a row."""
    return "\n".join(_lines(cell))


def _lines(cell: Any) -> Iterator[str]:
    for block in inner(cell, PARAGRAPH, TABLE):
        if block.tag == PARAGRAPH:
            yield text_of(block)
        else:
            for row in inner(block, ROW):
                yield ", ".join(filter(None, (text_of_cell(held).strip() for held in inner(row, CELL))))
