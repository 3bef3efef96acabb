"""Slides of OpenDocument: a slide is a page, its title the section; tables, charts and speakers' notes are kept."""

from collections.abc import Iterator
from typing import Any

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.opendocument.flow import Flow, frame_texts
from ingestion.extract.readers.opendocument.names import DRAW, FRAME, GRID, LIST, PARAGRAPH, REMARK, SHOW
from ingestion.extract.readers.opendocument.packages import Package, opened
from ingestion.extract.readers.opendocument.styles import Styles
from ingestion.extract.readers.outline import Outline
from ingestion.extract.readers.tables import table_pieces

BROKEN = "It is broken: the format of OpenDocument is not kept to. Open it where it was made and save it anew."
MAX_SLIDES = 5_000
CLASS, NOTES = f"{SHOW}class", f"{SHOW}notes"


def read(body: bytes) -> Extraction:
    with opened(body, broken=BROKEN) as package:
        slides = list(package.body.iterchildren(f"{DRAW}page"))
        if len(slides) > MAX_SLIDES:
            raise Unreadable(f"It has {len(slides):,} slides; at most {MAX_SLIDES:,} are read. Upload it in parts.")
        return join_pieces(_pieces(package, slides), title=package.title)


def _pieces(package: Package, slides: list[Any]) -> Iterator[TextPiece]:
    styles = Styles(package)
    flow = Flow(package, styles, Outline())
    for number, slide in enumerate(slides, start=1):
        shapes = [shape for shape in _shapes(slide) if shape.get(f"{SHOW}placeholder") != "true"]
        title = next((shape for shape in shapes if shape.get(CLASS) == "title"), None)
        heading = "" if title is None else "\n".join(_texts(flow, package, title))
        texts = [heading, *(text for shape in shapes if shape is not title for text in _texts(flow, package, shape))]
        notes = (shape for each in slide.iterchildren(NOTES) for shape in _shapes(each))
        texts += [text for shape in notes for text in _texts(flow, package, shape)]
        section = " ".join(heading.split())
        hidden = styles.hides("drawing-page", slide.get(f"{DRAW}style-name"))
        said = "\n".join(text for text in [*texts, *flow.held()] if text.strip())
        yield TextPiece(said, number, section, hidden=hidden)
        for grid in (grid for shape in shapes for grid in shape.iterchildren(GRID)):
            yield from table_pieces(flow.rows(grid), page=number, section=section, hidden=hidden)
    for text in flow.hidden:
        yield TextPiece(text, hidden=True)


def _shapes(parent: Any) -> Iterator[Any]:
    """Groups hold shapes, too."""
    for shape in parent.iterchildren():
        if shape.tag in (f"{DRAW}g", f"{DRAW}a"):
            yield from _shapes(shape)
        elif shape.tag == REMARK or (shape.tag.startswith(DRAW) and shape.tag != f"{DRAW}page-thumbnail"):
            yield shape


def _texts(flow: Flow, package: Package, shape: Any) -> list[str]:
    """Tables are pieces of their own."""
    if shape.tag == FRAME:
        return frame_texts(flow, package, shape, with_tables=False)
    if shape.tag == REMARK:
        flow.text_of_block(shape)
        return flow.held()
    return list(filter(None, (flow.text_of_block(each) for each in shape.iterchildren(PARAGRAPH, LIST))))
