"""Pictures: how many pages they have. What stands on those `ingestion.extract.ocr` reads, where that is on."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PIL import Image

from ingestion.extract.base import Extraction, Textless, Unreadable

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP")
MAX_PAGES = 5_000
NO_TEXT = "It is a picture, and no text was recognised on it."
BROKEN = "It is a picture that is broken. Save it anew."


def read(body: bytes) -> Extraction:
    """Raises Textless, or Unreadable for one that is broken."""
    with opened(body) as picture:
        pages = int(getattr(picture, "n_frames", 1))
    if pages > MAX_PAGES:
        raise Unreadable(f"It has {pages:,} pages; at most {MAX_PAGES:,} are read. Upload it in parts.")
    raise Textless(NO_TEXT, pages=pages)


@contextmanager
def opened(body: bytes) -> Iterator[Any]:
    """Whatever is made of it within: raises Unreadable where it is broken."""
    Image.MAX_IMAGE_PIXELS = None  # whoever draws it has a bound of their own; nobody would read a warning here
    try:
        with Image.open(io.BytesIO(body), formats=FORMATS) as picture:
            yield picture
    except (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError) as error:
        raise Unreadable(BROKEN) from error
