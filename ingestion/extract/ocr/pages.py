"""A page as a picture, no larger than its text needs: of a PDF, drawn; of a file of pictures, one of them."""

import pypdfium2 as pdfium
from PIL import Image, ImageOps

from ingestion.extract.base import Unreadable
from ingestion.extract.readers.picture_reader import opened

LONGEST = 2_200
"""Pixels of its longer side: 190 a inch of an A4 page. Finer ones read no better."""
MOST_PIXELS = 100_000_000
"""Of a picture as it is stored; a photo of the best telephones has as many."""
POINTS_AN_INCH, MOST_DOTS = 72, 300


def page_of_pdf(body: bytes, number: int) -> Image.Image:
    """Counted from 1. Raises PdfiumError."""
    with pdfium.PdfDocument(body) as document:
        document.init_forms()
        page = document[number - 1]
        scale = min(LONGEST / max(*page.get_size(), 1.0), MOST_DOTS / POINTS_AN_INCH)
        picture: Image.Image = page.render(scale=scale, rev_byteorder=True).to_pil()
        return picture.convert("RGB")


def page_of_picture(body: bytes, number: int) -> Image.Image:
    """Counted from 1. Raises Unreadable."""
    with opened(body) as picture:
        picture.seek(number - 1)
        if picture.width * picture.height > MOST_PIXELS:
            raise Unreadable(f"It has more than {MOST_PIXELS:,} pixels. Save it smaller.")
        picture.draft("RGB", (LONGEST, LONGEST))
        picture.thumbnail((LONGEST, LONGEST), Image.Resampling.BILINEAR)
        return _in_colours(ImageOps.exif_transpose(picture))


def _in_colours(picture: Image.Image) -> Image.Image:
    """What can be seen through stands on white; of sixteen bits the upper eight count."""
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256, "L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    above = picture.convert("RGBA")
    below = Image.new("RGBA", above.size, "white")
    return Image.alpha_composite(below, above).convert("RGB")
