"""Rich text: paragraphs below their headings, lists with their numbers, tables, notes behind paragraphs."""

from collections.abc import Iterator

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.rich_text.controls import controls
from ingestion.extract.readers.rich_text.document import RichText
from ingestion.extract.readers.titles import given_title

DEEP = "Its groups lie within one another, too deep to be read. Open it where it was made and save it anew."


def read(body: bytes) -> Extraction:
    document = RichText()
    try:
        document.follow(controls(body))
    except RecursionError as error:
        raise Unreadable(DEEP) from error
    return join_pieces(_pieces(document), title=given_title(document.title))


def _pieces(document: RichText) -> Iterator[TextPiece]:
    yield from document.outline.pieces()
    yield TextPiece("\n\n".join(document.asides))
    for text in document.hidden:
        yield TextPiece(text, hidden=True)
