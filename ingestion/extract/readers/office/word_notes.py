"""What stands beside a Word document's own text: foot- and endnotes, remarks, and the heads and feet of its pages.

See docs/decisions/0112.
"""

from collections.abc import Collection, Iterator
from itertools import count
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from ingestion.extract.readers.office.word_text import (
    PARAGRAPH,
    TEXT,
    add_behind,
    keep_what_is_said,
    text_of,
)

REFERENCES = {
    "footnotes": qn("w:footnoteReference"),
    "endnotes": qn("w:endnoteReference"),
    "comments": (REMARK := qn("w:commentReference")),
}
NOTES = (qn("w:footnote"), qn("w:endnote"), qn("w:comment"))
AROUND_PAGES = ("header", "footer")
ID, TYPE, AUTHOR = qn("w:id"), qn("w:type"), qn("w:author")


def place_notes(document: Document) -> None:
    """Each behind the paragraph that refers to it first; foot- and endnotes are numbered through."""
    notes = dict(_notes(document))
    found = [
        (reference, note)
        for reference in document.element.iter(*(REFERENCES.values() if notes else ()))
        if (note := notes.pop((reference.tag, reference.get(ID)), ""))
    ]
    numbers = count(1)
    marks = ["" if reference.tag == REMARK else f"[{next(numbers)}]" for reference, _ in found]
    for (reference, note), mark in reversed(list(zip(found, marks, strict=True))):
        if (anchor := next(reference.iterancestors(PARAGRAPH), None)) is not None:
            add_behind(anchor, f"{mark} {note}".strip())
            reference.tag, reference.text = TEXT, mark


def _notes(document: Document) -> Iterator[tuple[tuple[str, str | None], str]]:
    """By what refers to them, and the number in it."""
    for kind, root in _parts(document, REFERENCES):
        for note in root.iter(*NOTES):
            said = _said(note)
            if said and note.get(TYPE, "normal") == "normal":
                yield (REFERENCES[kind], note.get(ID)), f"{note.get(AUTHOR)}: {said}" if note.get(AUTHOR) else said


def around_pages(document: Document) -> list[str]:
    """Heads and feet, each once, though it stands on many pages."""
    return list(dict.fromkeys(filter(None, (_said(root) for _, root in _parts(document, AROUND_PAGES)))))


def _said(element: Any) -> str:
    keep_what_is_said(element)
    return " ".join(" ".join(map(text_of, element.iter(PARAGRAPH))).split())


def _parts(document: Document, kinds: Collection[str]) -> Iterator[tuple[str, Any]]:
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in kinds and not relation.is_external:
            yield kind, parse_xml(relation.target_part.blob)
