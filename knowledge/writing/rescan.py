"""Scanning what was stored before the scanner's rules were what they are: a worker's walk over the documents' rows.

Pushes scan what they write, so the walk only has to meet what was there before. It adds flags and clears none: those of
a file's title stand on its chunks, which do not hold it, and what an older rule noticed goes with the next push.

See docs/decisions/0192.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from core.sql import raw_cursor
from knowledge.models import Document, ScanWalk
from knowledge.writing.scanner import VERSION, flag_tags, scan

STRIDE = 250
"""Documents of a transaction."""

Row = tuple[int, bytes, str, list[str]]
"""Id, hash of the content, content, tags."""

# In the order of the ids, as pushes lock them, too.
LOCK = "SELECT id FROM knowledge_document WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"

# A content that a push has replaced since it was read was scanned by that push.
ADD_FLAGS = """
UPDATE knowledge_document d
SET tags = ARRAY(SELECT DISTINCT tag COLLATE "C" FROM unnest(d.tags || string_to_array(v.flags, ' ')) tag ORDER BY 1)
FROM unnest(%(ids)s::bigint[], %(hashes)s::bytea[], %(flags)s::text[]) AS v(id, content_hash, flags)
WHERE d.id = v.id AND d.content_hash = v.content_hash
"""


@dataclass(frozen=True, kw_only=True)
class ScanProgress:
    """`percent` of the documents' rows were looked at by the rules of today, `flagged` of them got a flag by that."""

    percent: int
    flagged: int
    finished_at: datetime | None


def scan_stored(*, now: datetime, within_s: float = 2.0) -> int:
    """Scan stored documents for so long; how many. 0 at the end of the walk, and while another worker is walking."""
    scanned, ends_at = 0, time.monotonic() + within_s
    while done := _stride(now=now):
        scanned += done
        if time.monotonic() >= ends_at:
            break
    return scanned


def scan_progress() -> ScanProgress:
    walk = ScanWalk.objects.filter(version=VERSION).first() or ScanWalk(version=VERSION)
    last = Document.objects.aggregate(last=Max("pk"))["last"] or 0
    percent = 100 if walk.finished_at or not last else min(99, 100 * walk.reached // last)
    return ScanProgress(percent=percent, flagged=walk.flagged, finished_at=walk.finished_at)


@transaction.atomic
def _stride(*, now: datetime) -> int:
    ScanWalk.objects.bulk_create([ScanWalk(version=VERSION)], ignore_conflicts=True)
    unfinished = ScanWalk.objects.filter(version=VERSION, finished_at=None)
    walk = unfinished.select_for_update(skip_locked=True).first()
    if walk is None:
        return 0
    following = Document.objects.filter(pk__gt=walk.reached).order_by("pk")
    rows: list[Row] = list(following.values_list("pk", "content_hash", "content", "tags")[:STRIDE])
    walk.flagged += _add_flags(rows)
    walk.reached, walk.finished_at = (rows[-1][0], None) if rows else (walk.reached, now)
    walk.save()
    return len(rows)


def _add_flags(rows: Sequence[Row]) -> int:
    found = [(pk, content_hash, flag_tags(scan(content)) - set(tags)) for pk, content_hash, content, tags in rows]
    new = [(pk, bytes(content_hash), " ".join(sorted(flags))) for pk, content_hash, flags in found if flags]
    if not new:
        return 0
    ids, hashes, flags = (list(column) for column in zip(*new, strict=True))
    with raw_cursor() as cursor:
        cursor.execute(LOCK, {"ids": ids})
        cursor.execute(ADD_FLAGS, {"ids": ids, "hashes": hashes, "flags": flags})
        return cursor.rowcount
