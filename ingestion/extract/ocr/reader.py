"""A page's text, off its picture. It runs in the sandbox only (`child`)."""

from collections.abc import Callable, Mapping, Sequence

from PIL import Image

from ingestion.extract.ocr.detecting import Box, find_boxes
from ingestion.extract.ocr.pages import page_of_pdf, page_of_picture
from ingestion.extract.ocr.reading_order import in_order
from ingestion.extract.ocr.recognising import is_upside_down, read_lines

PICTURES: Mapping[bool, Callable[[bytes, int], Image.Image]] = {True: page_of_pdf, False: page_of_picture}
TALL = 1.5
"""Times its width: a line that is taller lies on its side, since a word of three letters is wider."""


def read_page(body: bytes, number: int, *, is_pdf: bool, languages: Sequence[str]) -> str:
    """Of the page of this number, counted from 1; empty where nothing on it is text of these languages.

    Raises Unreadable, PdfiumError.
    """
    return text_of(PICTURES[is_pdf](body, number), languages)


def text_of(picture: Image.Image, languages: Sequence[str]) -> str:
    upright, boxes = _upright(picture)
    return in_order(read_lines(upright, boxes, languages))


def _upright(picture: Image.Image) -> tuple[Image.Image, list[Box]]:
    """The picture as it is read, however it was laid on the glass, and its lines."""
    boxes = find_boxes(picture)
    if sum(box.height > TALL * box.width for box in boxes) * 2 > len(boxes):
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        boxes = find_boxes(picture)
    if boxes and is_upside_down(picture, boxes):
        picture = picture.transpose(Image.Transpose.ROTATE_180)
        boxes = find_boxes(picture)
    return picture, boxes
