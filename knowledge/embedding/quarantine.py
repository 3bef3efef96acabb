"""Passages that the embedding backend refused: listed, and tried again when somebody asks.

They are tried again by themselves, ever later. Their documents are stored and found by keyword all the while.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.audit import LARDER, Actor, record
from core.paging import Keyset, Page, paginate
from knowledge.errors import DocumentNotFound
from knowledge.models import Passage
from knowledge.querysets import PassageQuerySet

OLDEST = Keyset(name="quarantine", by=("id",))


@dataclass(frozen=True, kw_only=True)
class QuarantinedPassage:
    """A passage that the backend refused, the `ordinal`-th of its document. `next_try_at` null: as soon as can be."""

    source: str
    id: str
    ordinal: int
    model: str
    error: str
    attempts: int
    next_try_at: datetime | None


def read_quarantine(*, source: str | None = None, cursor: str = "", limit: int = 50) -> Page[QuarantinedPassage]:
    """Of live documents, oldest first. Raises CursorInvalid for a cursor that no page handed out."""
    found = _quarantined(source).select_related("document", "model").defer("document__content", "vector")
    page = paginate(found, by=OLDEST, cursor=cursor, limit=limit)
    return Page(rows=[_shown(row) for row in page.rows], next=page.next, previous=page.previous, position=page.position)


@transaction.atomic
def retry_all(*, source: str | None = None, actor: Actor = LARDER) -> int:
    """Let workers try all of them now; how many passages."""
    tried = Passage.objects.filter(pk__in=_quarantined(source).values("pk")).update(not_before=None)
    record(actor, "quarantine.retry", source or "all", now=timezone.now(), after={"passages": tried})
    return tried


@transaction.atomic
def retry_document(key: str, *, source: str, actor: Actor = LARDER) -> int:
    """Let workers try one document's passages now; how many. Raises DocumentNotFound where none is in quarantine."""
    ours = _quarantined(source).filter(document__key=key)
    tried = Passage.objects.filter(pk__in=ours.values("pk")).update(not_before=None)
    if not tried:
        raise DocumentNotFound(f"No passage of a document {key!r} in the source {source!r} is in quarantine.")
    record(actor, "quarantine.retry", f"{source}/{key}", now=timezone.now(), after={"passages": tried})
    return tried


def _quarantined(source: str | None) -> PassageQuerySet:
    passages = Passage.objects.quarantined().filter(document__deleted_at=None)
    return passages if source is None else passages.filter(document__source=source)


def _shown(passage: Passage) -> QuarantinedPassage:
    return QuarantinedPassage(
        source=passage.document.source,
        id=passage.document.key,
        ordinal=passage.ordinal,
        model=passage.model.name,
        error=passage.error,
        attempts=passage.attempts,
        next_try_at=passage.not_before,
    )
