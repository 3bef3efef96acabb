"""Presentations: a slide is a page, its title the section; tables, diagrams and speakers' notes are kept."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pptx.exc import PythonPptxError
from pptx.opc.package import PartFactory
from pptx.package import Package
from pptx.parts.presentation import PresentationPart
from pptx.shapes.placeholder import SlidePlaceholder

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.numerals import letters, roman
from ingestion.extract.readers.office.drawn import description, drawn_texts
from ingestion.extract.readers.office.packages import explained, opened
from ingestion.extract.readers.tables import table_pieces
from ingestion.extract.readers.titles import given_title

WITH_MACROS = "application/vnd.ms-powerpoint.%s.macroEnabled.main+xml"
PartFactory.part_type_for |= dict.fromkeys((WITH_MACROS % name for name in ("slideshow", "template")), PresentationPart)
"""The library knows those without macros; they are the same."""

NUMBERED = "{http://schemas.openxmlformats.org/drawingml/2006/main}buAutoNum"
COUNTED: Mapping[str, Callable[[int], str]] = {
    "alphaLc": letters,
    "alphaUc": lambda number: letters(number).upper(),
    "romanLc": roman,
    "romanUc": lambda number: roman(number).upper(),
}
SIGNS = {"ParenBoth": ("(", ")"), "ParenR": ("", ")"), "Period": ("", "."), "Minus": ("", " -")}

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
        texts += [text for shape in shapes if (text := _description(shape))]
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
    paragraphs = shape.text_frame._txBody.p_lst
    if all(each.pPr is None or each.pPr.find(NUMBERED) is None for each in paragraphs):
        return str(shape.text_frame.text).replace("\v", "\n")
    marks = _numbers(paragraphs)
    lines = zip(marks, (each.text for each in shape.text_frame.paragraphs), strict=True)
    return "\n".join(f"{mark}{text}" if text else "" for mark, text in lines).replace("\v", "\n")


def _numbers(paragraphs: Any) -> Iterator[str]:
    """Of each, with a blank behind it; a level counts until a paragraph of it or above it has none."""
    counts: dict[int, int] = {}
    for paragraph in paragraphs:
        properties = paragraph.pPr
        depth = 0 if properties is None else _number(properties.get("lvl"), 0)
        numbered = None if properties is None else properties.find(NUMBERED)
        counts = {level: count for level, count in counts.items() if level < depth + (numbered is not None)}
        if numbered is None:
            yield ""
            continue
        counts[depth] = counts.get(depth, _number(numbered.get("startAt"), 1) - 1) + 1
        form = numbered.get("type", "")
        count = next((count for begins, count in COUNTED.items() if form.startswith(begins)), str)(counts[depth])
        before, behind = next((signs for ends, signs in SIGNS.items() if form.endswith(ends)), ("", ""))
        yield f"{before}{count}{behind} "


def _number(told: str | None, usual: int) -> int:
    return int(told) if told and told.isdecimal() and len(told) < 6 else usual


def _description(shape: Any) -> str:
    properties = next(shape._element.iter("{*}cNvPr"), None)
    return "" if properties is None else description(properties)


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
