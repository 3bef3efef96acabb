"""One file at a time through doors that take many."""

from typing import Any

from ingestion.errors import ExtractionFailed
from ingestion.extract import Extraction, Unread, extract_all
from ingestion.extract.sandbox import WALL_S, ChildLost, ask_children
from ingestion.kinds import DeclaredType


def extract(body: bytes, *, declared: DeclaredType, name: str) -> Extraction:
    [found] = extract_all([Unread(body=body, declared=declared, name=name)])
    if isinstance(found, ExtractionFailed):
        raise found
    return found


def read(body: bytes, name: str = "", content_type: str = "") -> Extraction:
    return extract(body, declared=DeclaredType(content_type=content_type, name=name), name=name or "it")


def places(found: Extraction) -> list[tuple[str, int | None, str, str]]:
    """Text, page, section and form of each part."""
    return [(found.text[part.start : part.end], part.page, part.section, part.form) for part in found.parts]


def ask_child(kind: str, body: bytes, *, wall_s: float = WALL_S) -> dict[str, Any]:
    [answer] = ask_children([(kind, body)], wall_s=wall_s)
    if isinstance(answer, ChildLost):
        raise answer
    return answer
