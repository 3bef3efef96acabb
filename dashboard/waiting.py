"""What waits for a person, for the links at the side: two counts in one question, each up to `MOST` and no further."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

MOST = 99

# Plan: two short walks, along held_one_pending_a_source and passage_quarantine, the latter with one probe of the
# document's key each: joined, PostgreSQL 18 takes a partial index that begins with something else and skips through it.
WAITING = """
SELECT
    (SELECT count(*) FROM (SELECT 1 FROM knowledge_helddeletion WHERE state = 'pending' LIMIT %(limit)s) held),
    (SELECT count(*) FROM (
        SELECT 1 FROM knowledge_passage p WHERE p.error <> ''
        AND (SELECT d.deleted_at FROM knowledge_document d WHERE d.id = p.document_id) IS NULL LIMIT %(limit)s
    ) refused)
"""


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Each "" where nothing waits, "7", or "99+"."""

    held: str
    quarantined: str
    all: str


def waiting_context(request: HttpRequest) -> dict[str, Any]:
    """`waits` for templates, asked for once and only where a page has its links at the side."""
    return {"waits": SimpleLazyObject(read_waits)}


def read_waits() -> Waits:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"limit": MOST + 1})
        held, quarantined = cursor.fetchone()
    return Waits(held=_shown(held), quarantined=_shown(quarantined), all=_shown(held + quarantined))


def _shown(count: int) -> str:
    return "" if not count else str(count) if count <= MOST else f"{MOST}+"
