"""The text of a PDF's page, with what is drawn apart told apart. See docs/decisions/0255.

PDFium tells a text in two ways. One leaves out what lies outside the page, which nobody sees, and glues what is drawn a
sign at a time (`V-7`, `2`: `V-72`); the other ends a line at each of those. Where both hold the same signs, the second
one is read, and a line that ends beside a single sign is looked at: where its neighbours stand says what was meant.
"""

import ctypes
import re

import pypdfium2 as pdfium
import pypdfium2.raw as raw

BLANK = re.compile(r"\s+")
BESIDE_ONE = re.compile(r"(?:(?<![^\s])[^\s]\r\n(?=[^\s])|(?<=[^\s])\r\n(?=[^\s](?![^\s])))")
"""The end of a line with a single sign on one of its sides."""

TOGETHER = 0.2
"""Of the height of a line: signs that are no farther apart are one word."""
MOST_LOOKS = 20_000

Box = tuple[float, float, float, float]
"""Left, right, bottom and top."""


def text_of(page: pdfium.PdfPage) -> str:
    held = page.get_textpage()
    within: str = held.get_text_bounded()
    told: str = held.get_text_range()
    if told == within or BLANK.sub("", told) != BLANK.sub("", within):
        return within
    return _joined(held, told)


def _joined(held: pdfium.PdfTextPage, told: str) -> str:
    said, last = list[str](), 0
    for looks, found in enumerate(BESIDE_ONE.finditer(told)):
        if looks > MOST_LOOKS:
            break
        at = found.end() - 2
        between = _between(_box(held, at - 1), _box(held, at + 2))
        if between is not None:
            said += [told[last:at], between]
            last = at + 2
    return "".join([*said, told[last:]])


def _between(one: Box, other: Box) -> str | None:
    """What stands between two signs of one line; None where they are of two."""
    height = max(one[3] - one[2], other[3] - other[2])
    shared = min(one[3], other[3]) - max(one[2], other[2])
    gap = other[0] - one[1]
    if height <= 0 or shared < height / 2 or gap < -height:
        return None
    return "" if gap < TOGETHER * height else " "


def _box(held: pdfium.PdfTextPage, place: int) -> Box:
    """Of the sign at this place of the text, with the room that its line has."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(held, raw.FPDFText_GetCharIndexFromTextIndex(held, place), ctypes.byref(box))
    return box.left, box.right, box.bottom, box.top
