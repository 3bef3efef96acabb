"""What a Word document takes over from other files (`altChunk`): pages, rich text, other documents, as Word shows them.

Each is read by the reader of its kind, within the bounds of what a mail bears.
"""

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ingestion.extract.base import Extraction
from ingestion.extract.readers.mails.attachments import Attached, read_attached, within_budget

CHUNK, ID = qn("w:altChunk"), qn("r:id")


def place_chunks(document: Document) -> list[str]:
    """In their places, a paragraph for each of their parts; returned is what is hidden of them."""
    hidden: list[str] = []
    chunks = list(document.element.body.iter(CHUNK))
    if not chunks:
        return hidden
    with within_budget() as budget:
        for chunk in chunks:
            relation = document.part.rels.get(chunk.get(ID))
            if relation is None or relation.is_external:
                continue
            part = relation.target_part
            name = str(part.partname).rpartition("/")[2]
            found = read_attached(Attached(name, part.content_type, part.blob), budget)
            if isinstance(found, Extraction):
                hidden += _place(chunk, found)
    return hidden


def _place(chunk: object, found: Extraction) -> list[str]:
    hidden: list[str] = []
    for part in found.parts:
        text = found.text[part.start : part.end]
        if part.hidden:
            hidden.append(text)
            continue
        paragraph = OxmlElement("w:p")
        paragraph.append(OxmlElement("w:t"))
        paragraph[0].text = text
        chunk.addprevious(paragraph)  # type: ignore[attr-defined]
    return hidden
