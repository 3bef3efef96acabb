"""Presentations: a slide is a page, its title the section; tables, diagrams and speakers' notes are kept."""

from collections.abc import Iterator
from typing import Any

from pptx.exc import PythonPptxError
from pptx.opc.package import PartFactory
from pptx.package import Package
from pptx.parts.presentation import PresentationPart
from pptx.shapes.placeholder import SlidePlaceholder

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.office.drawn import drawn_texts
from ingestion.extract.readers.office.packages import explained, opened
from ingestion.extract.readers.tables import table_pieces
from ingestion.extract.readers.titles import given_title

WITH_MACROS = "application/vnd.ms-powerpoint.%s.macroEnabled.main+xml"
PartFactory.part_type_for |= dict.fromkeys((WITH_MACROS % name for name in ("slideshow", "template")), PresentationPart)
"""The library knows those without macros; they are the same."""

BROKEN = "It is broken: the format of presentations is not kept to. Open it where it was made and save it anew."
MAX_SLIDES = 5_000


def read(body: bytes) -> Extraction:
    with explained(BROKEN, PythonPptxError):
        deck = Package.open(opened(body)).main_document_part.presentation
        if len(deck.slides) > MAX_SLIDES:
            raise Unreadable(
                f"It has {len(deck.slides):,} slides; at most {MAX_SLIDES:,} are read. Upload it in parts."
            )
        return join_pieces(_pieces(deck), title=given_title(deck.core_properties.title or ""))


def _pieces(deck: Any) -> Iterator[TextPiece]:
    for number, slide in enumerate(deck.slides, start=1):
        shapes = list(_shapes(slide.shapes))
        heading = next(filter(_is_title, shapes), None)
        title = "" if heading is None else _text(heading).strip()
        section = " ".join(title.split())
        texts = [title, *(_text(shape) for shape in shapes if shape.has_text_frame and shape is not heading)]
        texts += drawn_texts(slide.part)
        if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
            texts.append(notes.text.replace("\v", "\n"))
        hidden = slide._element.get("show") in ("0", "false")
        yield TextPiece("\n".join(text for text in texts if text.strip()), number, section, hidden=hidden)
        for shape in shapes:
            if getattr(shape, "has_table", False) and shape.has_table:
                rows = ([cell.text for cell in row.tc_lst] for row in shape.table._tbl.tr_lst)
                yield from table_pieces(rows, page=number, section=section, hidden=hidden)


def _text(shape: Any) -> str:
    """A line that is broken within a paragraph is told by the library with a sign of its own."""
    return str(shape.text_frame.text).replace("\v", "\n")


def _is_title(shape: Any) -> bool:
    """The slide's own title takes a walk through all of its shapes, which are at hand here."""
    return isinstance(shape, SlidePlaceholder) and shape.placeholder_format.idx == 0


def _shapes(shapes: Any) -> Iterator[Any]:
    """Groups hold shapes, too."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape
