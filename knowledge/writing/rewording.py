"""Writing the words of stored documents anew, where what is one word has changed since, or their language: a worker's
walk over the documents' rows. Meanwhile what is written and what is not yet are both found.

See docs/decisions/0248 and 0272.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from core.sql import fetch, raw_cursor
from knowledge.models import Document, WordsWalk
from knowledge.words import FORM
from knowledge.words.languages import OF_DOCUMENT
from knowledge.writing.fulltext import DocumentText, write_fulltext
from knowledge.writing.languages import forget_languages, note_default

STRIDE = 100
"""Documents of a transaction."""

LANGUAGE = OF_DOCUMENT.format(default="%(language)s")

OUTDATED = f"""
EXISTS (SELECT FROM knowledge_fulltextrow w WHERE w.document_id = d.id
        AND (w.form < {FORM} OR w.language <> {LANGUAGE}))
"""

# Plan: the documents by key. The lock keeps pushes from changing a content under its words.
NEXT = f"""
SELECT d.id, CASE WHEN {OUTDATED} THEN d.content END, {LANGUAGE} FROM knowledge_document d
WHERE d.id > %(after)s ORDER BY d.id LIMIT %(stride)s FOR SHARE OF d
"""  # noqa: S608 -- constants

# Rows that another version of the program wrote behind the walk.
LEFT = f"SELECT EXISTS (SELECT FROM knowledge_fulltextrow WHERE form < {FORM})"  # noqa: S608 -- a constant


@dataclass(frozen=True, kw_only=True)
class RewordingProgress:
    """`percent` of the documents' rows have the words of today, `written` of them anew."""

    percent: int
    written: int
    finished_at: datetime | None


def rewrite_outdated(*, now: datetime, within_s: float = 2.0) -> int:
    """Walk on for so long; how many rows were passed. 0 at the end of the walk, and while another worker is walking."""
    passed, ends_at = 0, time.monotonic() + within_s
    while done := _stride(now=now):
        passed += done
        if time.monotonic() >= ends_at:
            break
    else:
        forget_languages()
    return passed


def rewording_progress() -> RewordingProgress:
    walk = WordsWalk.objects.filter(made_with=_made_with()).first() or WordsWalk()
    last = Document.objects.aggregate(last=Max("pk"))["last"] or 0
    percent = 100 if walk.finished_at or not last else min(99, 100 * walk.reached // last)
    return RewordingProgress(percent=percent, written=walk.written, finished_at=walk.finished_at)


def _made_with() -> str:
    return f"{FORM} {settings.SEARCH_LANGUAGE}"


@transaction.atomic
def _stride(*, now: datetime) -> int:
    WordsWalk.objects.bulk_create([WordsWalk(made_with=_made_with())], ignore_conflicts=True)
    unfinished = WordsWalk.objects.filter(made_with=_made_with(), finished_at=None)
    walk = unfinished.select_for_update(skip_locked=True).first()
    if walk is None:
        return 0
    rows = _next(walk.reached)
    outdated = [DocumentText(row, content, language) for row, content, language in rows if content is not None]
    if outdated:
        write_fulltext(outdated, replacing=[each.row for each in outdated])
    walk.written += len(outdated)
    if rows:
        walk.reached = rows[-1][0]
    else:
        walk.reached, walk.finished_at = (0, None) if _are_left() else (walk.reached, now)
    walk.save()
    _end_others()
    return len(rows) or int(walk.finished_at is None)


def _end_others() -> None:
    """Whoever goes back to one of them walks again. What they left is found until this one is through."""
    for other in WordsWalk.objects.exclude(made_with=_made_with()):
        if (language := other.made_with.partition(" ")[2]) != settings.SEARCH_LANGUAGE:
            note_default(language)
        other.delete()


def _next(after: int) -> Sequence[tuple[int, str | None, str]]:
    with raw_cursor() as cursor:
        cursor.execute(NEXT, {"after": after, "stride": STRIDE, "language": settings.SEARCH_LANGUAGE})
        return list(cursor.fetchall())


def _are_left() -> bool:
    return bool(fetch(LEFT, {})[0][0])
