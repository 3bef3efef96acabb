"""Names as people read them, and ids as they send them: titles, citations and the tag of a title. Pure."""

import re
import unicodedata
from uuid import UUID

from ingestion.models import File
from knowledge.writing.scanner import CHAT_TEMPLATE, UNSEEN

MAX_TITLE_CHARS = 300
READ_CHARS = 4 * MAX_TITLE_CHARS
TAG_PREFIX = "document:"
MAX_TAG_TAIL = 96
UNSEEN_CATEGORIES = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
MARKUP = re.compile(r"<(/?[A-Za-z][^<>]*)>")
FENCE = re.compile(r"`{3,}|~{3,}|#{3,}|={3,}|-{3,}|\"{3,}")


def plain_title(text: str) -> str:
    """One line of visible, composed characters, without what could frame the text that it stands beside: fences, tags,
    turns."""
    composed = unicodedata.normalize("NFC", text[:READ_CHARS])
    line, before = "".join(" " if _is_unseen(each) else each for each in composed), None
    while line != before:
        before = line
        bare = FENCE.sub(" ", MARKUP.sub(r" (\1) ", CHAT_TEMPLATE.sub(" ", line)))
        line = " ".join(bare.split())[:MAX_TITLE_CHARS].strip()
    return line


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN_CATEGORIES or UNSEEN.match(character) is not None


def document_tag(title: str, *, most_chars: int) -> list[str]:
    """`document:<title>` as a valid tag, cut to fit; none for a title without a letter or a digit."""
    folded = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    tail = re.sub(r"[^a-z0-9_]+", "-", folded).strip("-")[:MAX_TAG_TAIL].strip("-")
    return [(TAG_PREFIX + tail)[:most_chars].strip("-")] if tail else []


def citation(file: File, *, page: int | None) -> str:
    """`report.pdf, p.15`, or the name alone."""
    name = plain_title(file.file_name or file.title or file.url)
    return f"{name}, p.{page}" if page else name


def read_uuid(text: str) -> UUID | None:
    """The id that a text is; None for any other text, a file's name for one."""
    try:
        return UUID(text)
    except ValueError:
        return None
