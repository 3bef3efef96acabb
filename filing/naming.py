"""Names as people read them: titles, citations and the tag of a title. Pure."""

import re
import unicodedata

from filing.models import Filing

MAX_TITLE_CHARS = 300
TAG_PREFIX = "document:"
MAX_TAG_TAIL = 96


def plain_title(text: str) -> str:
    """One line: control and invisible characters collapsed to spaces, nothing that could frame what follows."""
    visible = "".join(" " if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp") else each for each in text)
    return " ".join(visible.split())[:MAX_TITLE_CHARS]


def document_tag(title: str) -> list[str]:
    """`document:<title>` as a valid tag; none for a title without a letter or a digit."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    tail = re.sub(r"[^a-z0-9_]+", "-", folded).strip("-")[:MAX_TAG_TAIL].strip("-")
    return [TAG_PREFIX + tail] if tail else []


def citation(filing: Filing, *, page: int | None) -> str:
    """`report.pdf, p.15`, or the name alone."""
    name = plain_title(filing.file_name or filing.title or filing.url)
    return f"{name}, p.{page}" if page else name
