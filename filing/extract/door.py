"""The one way in: a body and what it is, out comes its text or a sentence why there is none."""

from filing.errors import ExtractionFailed
from filing.extract.base import Extraction, joined


def extract(body: bytes, *, content_type: str, name: str) -> Extraction:
    """The text of a body. `name` is what people call it; it may say what the bytes leave open.

    Raises ExtractionFailed.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExtractionFailed(f"{name} is no UTF-8 text: byte {error.start} cannot be read.") from None
    return joined([(text.replace("\0", ""), None, "", "text")])
