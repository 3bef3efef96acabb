"""Pictures of text for tests, drawn with the font that comes with Pillow, and PDFs whose pages are such pictures."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from tests.ingestion.files import pdf_of

WIDTH, HEIGHT = 1_000, 700
FONT = ImageFont.load_default(30)
CLAUSES = (
    "The tenant pays the rent on the first day",
    "of each month, and the deposit is returned",
    "within four weeks after the keys came back.",
)


def drawn(*lines: str, at: tuple[int, int] = (60, 60), on: Image.Image | None = None) -> Image.Image:
    picture = on or Image.new("RGB", (WIDTH, HEIGHT), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(picture).text((at[0], at[1] + 44 * number), line, fill="black", font=FONT)
    return picture


def photo() -> Image.Image:
    """Soft shapes and grain, as of a landscape."""
    grain = np.random.default_rng(7).normal(0, 6, (HEIGHT, WIDTH, 3))
    down, across = np.mgrid[0:HEIGHT, 0:WIDTH]
    hills = 90 + 60 * np.sin(across / 170) + 50 * np.cos(down / 120)
    colours = np.stack([hills, hills * 0.8 + 40, 220 - hills * 0.5], axis=2)
    return Image.fromarray((colours + grain).clip(0, 255).astype(np.uint8))


def saved(picture: Image.Image, form: str, *more: Image.Image) -> bytes:
    """PNG, JPEG, TIFF or WEBP; `more` are further pages."""
    body = io.BytesIO()
    pages = {"save_all": True, "append_images": more} if more else {}
    picture.save(body, form, **pages)
    return body.getvalue()


def scanned(*pages: Image.Image | str) -> bytes:
    """A PDF with a picture a page, or a line of text where one is given."""
    objects, kids = [b"<< /Type /Catalog /Pages 2 0 R >>", b""], []
    for page in pages:
        objects += _text(page, len(objects)) if isinstance(page, str) else _picture(page, len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return pdf_of(objects)


def _text(text: str, before: int) -> Sequence[bytes]:
    font = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    return _page(f"BT /F1 12 Tf 72 600 Td ({text}) Tj ET".encode(), font, before + 1)


def _picture(picture: Image.Image, before: int) -> Sequence[bytes]:
    data = saved(picture, "JPEG")
    looks = b"/Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8" % picture.size
    image = b"<< /Type /XObject %s /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (looks, len(data), data)
    shown = _page(b"612 0 0 428 0 300 cm /I Do", b"<< /XObject << /I %d 0 R >> >>" % (before + 1), before + 2)
    return [image, *shown]


def _page(stream: bytes, resources: bytes, number: int) -> Sequence[bytes]:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R /Resources %s >>"
    return [b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream), page % (number, resources)]
