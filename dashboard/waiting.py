"""What waits for a person, and the files on their way: counts in one question, each up to a bound and no further."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from dashboard.words import up_to
from ingestion.querysets import WORK

MOST = 99
MOST_UNDER_WAY = 1_000

# Plan: short walks, along held_one_pending_a_source, passage_quarantine, file_temporary and file_by_state; the
# second with one probe of the document's key each: joined, PostgreSQL 18 takes a partial index that begins with
# something else and skips through it.
WAITING = """
SELECT
    (SELECT count(*) FROM (SELECT 1 FROM knowledge_helddeletion WHERE state = 'pending' LIMIT %(limit)s) held),
    (SELECT count(*) FROM (
        SELECT 1 FROM knowledge_passage p WHERE p.error <> ''
        AND (SELECT d.deleted_at FROM knowledge_document d WHERE d.id = p.document_id) IS NULL LIMIT %(limit)s
    ) refused),
    (SELECT count(*) FROM (SELECT 1 FROM ingestion_file WHERE state = 'failed' AND temporary LIMIT %(limit)s) failed),
    (SELECT count(*) FROM (SELECT 1 FROM ingestion_file WHERE state = ANY(%(work)s) LIMIT %(most_under_way)s) under_way)
"""


@dataclass(frozen=True, kw_only=True)
class Waits:
    """Each "" where nothing waits, "7", or "99+".

    `files` failed for a time and may be tried again; `under_way` are on their way, and wait for nobody.
    """

    held: str
    quarantined: str
    files: str
    under_way: str
    all: str


def waiting_context(request: HttpRequest) -> dict[str, Any]:
    """`waits` for templates, asked for once and only where a page has its links at the side."""
    return {"waits": SimpleLazyObject(read_waits)}


def read_waits() -> Waits:
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"limit": MOST + 1, "work": list(WORK), "most_under_way": MOST_UNDER_WAY + 1})
        held, quarantined, files, under_way = cursor.fetchone()
    return Waits(
        held=_shown(held),
        quarantined=_shown(quarantined),
        files=_shown(files),
        under_way=_shown(under_way, MOST_UNDER_WAY),
        all=_shown(held + quarantined + files),
    )


def _shown(count: int, most: int = MOST) -> str:
    return up_to(count, most) if count else ""
