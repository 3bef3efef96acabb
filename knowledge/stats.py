"""Totals for the API and the pages. All count live documents only, of one source or of all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import Length

from knowledge.embedding import active_model
from knowledge.models import Document, Passage

SOON = timedelta(hours=24)

TAGS = """
SELECT tag, count(*) FROM knowledge_document d, unnest(d.tags) AS tag
WHERE d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
  AND (%(source)s::text IS NULL OR d.source = %(source)s)
GROUP BY tag ORDER BY count(*) DESC, tag LIMIT %(limit)s
"""


@dataclass(frozen=True, kw_only=True)
class Stats:
    """`bytes` counts content in characters; `pending` and `quarantined` count passages without a vector."""

    documents: int
    sources: int
    passages: int
    pending: int
    quarantined: int
    expiring_24h: int
    trash: int
    bytes: int
    last_stored_at: datetime | None
    embedding_model: str | None


@dataclass(frozen=True, kw_only=True)
class SourceStats:
    source: str
    documents: int
    bytes: int
    last_stored_at: datetime | None
    next_expiry_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TagCount:
    tag: str
    documents: int


def stats(*, now: datetime, source: str | None = None) -> Stats:
    live = Document.objects.live(now).of_source(source)
    totals = live.aggregate(
        documents=Count("pk"),
        sources=Count("source", distinct=True),
        bytes=Sum(Length("content"), default=0),
        last_stored_at=Max("stored_at"),
        expiring_24h=Count("pk", filter=Q(expires_at__lte=now + SOON)),
    )
    model = active_model()
    passages = Passage.objects.filter(model=model, document__in=live) if model else Passage.objects.none()
    counted = passages.aggregate(
        passages=Count("pk"),
        pending=Count("pk", filter=Q(vector=None)),
        quarantined=Count("pk", filter=Q(vector=None) & ~Q(error="")),
    )
    trash = Document.objects.in_trash().of_source(source).count()
    return Stats(**totals, **counted, trash=trash, embedding_model=model.name if model else None)


def source_stats(*, now: datetime, source: str | None = None) -> list[SourceStats]:
    """One row a source, by name."""
    rows = (
        Document.objects.live(now)
        .of_source(source)
        .values("source")
        .annotate(
            documents=Count("pk"),
            bytes=Sum(Length("content"), default=0),
            last_stored_at=Max("stored_at"),
            next_expiry_at=Min("expires_at"),
        )
        .order_by("source")
    )
    return [SourceStats(**row) for row in rows]


def tag_counts(*, now: datetime, source: str | None = None, limit: int = 1_000) -> list[TagCount]:
    """The most used tags first."""
    with connection.cursor() as cursor:
        cursor.execute(TAGS, {"now": now, "source": source, "limit": limit})
        return [TagCount(tag=tag, documents=count) for tag, count in cursor.fetchall()]
