"""What changes did to the texts, as long as the replaced contents are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from core.paging import Keyset
from knowledge.browsing.diff import DiffSpan, diff_texts
from knowledge.models import Change

PAGE_CHARS = 2_000_000

# What stood there before the change, and what after it: the content that the next change replaced, or the one that is
# there now. Plan: one probe of change_document and one of document_source_key for each change.
CONTENTS = """
SELECT c.id, c.before, coalesce(
    (SELECT n.before FROM knowledge_change n WHERE n.source = c.source AND n.key = c.key AND n.id > c.id
     AND n.before IS NOT NULL ORDER BY n.id LIMIT 1),
    (SELECT d.content FROM knowledge_document d WHERE d.source = c.source AND d.key = c.key)
)
FROM knowledge_change c WHERE c.id = ANY(%s) AND c.before IS NOT NULL ORDER BY c.id
"""

OF_RUN = Keyset(name="changes of a run", by=("id",))
OF_DOCUMENT = Keyset(name="changes of a document", by=("-id",))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A change with what it did to the text. `note` says why an update has no `spans`."""

    change: Change
    spans: Sequence[DiffSpan] | None = None
    note: str = ""


def show_changes(changes: Sequence[Change], *, now: datetime) -> list[Shown]:
    """Each with the difference of its texts, as far as a page's budget of characters reaches."""
    updated = {change.pk for change in changes if change.kind == Change.Kind.UPDATED}
    with connection.cursor() as cursor:
        cursor.execute(CONTENTS, [list(updated)])
        shown, left = {}, PAGE_CHARS
        while left > 0 and (row := cursor.fetchone()):
            pk, before, after = row
            left -= len(before) + len(after or "")
            shown[pk] = diff_texts(before, after) if after is not None and left > 0 else None
    return [_show(change, shown, now=now) if change.pk in updated else Shown(change=change) for change in changes]


def _show(change: Change, shown: dict[int, list[DiffSpan] | None], *, now: datetime) -> Shown:
    if spans := shown.get(change.pk):
        return Shown(change=change, spans=spans)
    if change.pk in shown:
        return Shown(change=change, note="The texts are too long to be compared here.")
    if change.at < now - timedelta(days=settings.DIFF_DAYS):
        return Shown(change=change, note=f"Replaced texts are kept for {settings.DIFF_DAYS} days.")
    return Shown(change=change, note="The text stayed as it was; tags or metadata changed.")
