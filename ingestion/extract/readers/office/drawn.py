"""The words of what is drawn: of diagrams (SmartArt) and charts, which are parts of their own, and of pictures what is
said for those who do not see them."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

DRAWN = ("diagramData", "chart")
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
NAME_OF_DATA = "{http://schemas.openxmlformats.org/drawingml/2006/chart}strCache"


FILE = re.compile(r"\S+\.(?:png|jpe?g|jfif|gif|bmp|tiff?|emf|wmf|svg|webp)|https?://\S+|[A-Za-z]:\\.*", re.IGNORECASE)
"""What programs put in the place of a description."""


def description(properties: Any) -> str:
    """What is said of a drawing, by the element that bears its name; empty where nobody said anything."""
    told = (" ".join((properties.get(name) or "").split()) for name in ("title", "descr"))
    return "\n".join(dict.fromkeys(each for each in told if each and not FILE.fullmatch(each)))


def drawn_texts(part: Any) -> list[str]:
    """Of all that hangs on a part of a document or a deck, a text a drawing: a line for each of its words, once."""
    found = (relation for relation in part.rels.values() if relation.reltype.rpartition("/")[2] in DRAWN)
    return ["\n".join(dict.fromkeys(_lines(each.target_part.blob))) for each in found if not each.is_external]


def _lines(blob: bytes) -> Iterator[str]:
    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False))
    for each in root.iter(f"{DRAWING}p", NAME_OF_DATA):
        if each.tag == NAME_OF_DATA:
            yield from filter(None, (value.text for value in each.iter("{*}v")))
        elif text := "".join(run.text or "" for run in each.iter(f"{DRAWING}t")).strip():
            yield text
