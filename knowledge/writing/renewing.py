"""Renewing the expiry of documents that nobody pushed again. A renewal touches no passage and leaves no change row."""

from dataclasses import dataclass
from datetime import datetime

from core.sql import fetch

# Plan: the index document_source_key from `after` on, and of each document a probe of change_document.
RENEW_EXPIRIES = """
WITH walked AS MATERIALIZED (
    SELECT id, key FROM knowledge_document WHERE source = %(source)s AND key > %(after)s ORDER BY key LIMIT %(batch)s
), renewed AS (
    UPDATE knowledge_document d SET expires_at = d.expires_at + (%(renewing_to)s - %(renewed_to)s)
    FROM walked WHERE d.id = walked.id AND d.deleted_at IS NULL AND d.expires_at > %(renewing_to)s
    AND NOT EXISTS (
        SELECT 1 FROM knowledge_change c
        WHERE c.source = %(source)s AND c.key = walked.key AND c.at > %(renewed_to)s AND c.kind <> 'deleted'
    )
)
SELECT count(*), coalesce((SELECT key FROM walked ORDER BY key DESC LIMIT 1), '') FROM walked
"""


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Over a source's documents by their keys, from the one that follows `after`.

    Who was live at `renewing_to` and has not come since `renewed_to` expires later by what lies between the two.
    """

    source: str
    renewed_to: datetime
    renewing_to: datetime
    after: str


def renew_expiries(walk: Walk, *, batch: int) -> tuple[int, str]:
    """One batch: how many documents were walked over, and the key of the last. The caller holds the source's lock."""
    [(walked, last)] = fetch(RENEW_EXPIRIES, {**vars(walk), "batch": batch})
    return int(walked), last
