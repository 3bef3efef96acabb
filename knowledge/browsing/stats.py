"""Totals for the API and the pages: of live documents, of one source or of all, as they are at this moment.

Nothing here counts the documents: triggers keep the numbers (see `knowledge.migrations._triggers`), and reading them
costs the same for a million documents as for ten. Only what has expired since the last sweep is counted, to be left
out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from knowledge.embedding.vector_space import active_model
from knowledge.search.asked import asked_languages, languages_in
from knowledge.search.index.recall import read_recall
from knowledge.search.scope import Scope

SOON = timedelta(hours=24)

COUNT_UP_TO = 10_000
"""So many documents that expire soon are counted; beyond it the planner's estimate does, off by a few per cent."""

# Expired here and below: hidden, but not swept into the trash yet; a minute's worth, as a rule. An expiry is always
# spelled as in the indexes document_expires and document_source_expires.
COUNTED = """
WITH counted AS (
    SELECT scope, sum(documents) AS documents, sum(chars) AS chars FROM (
        SELECT scope, documents, chars FROM knowledge_storedcount WHERE kind = 'document'
        UNION ALL SELECT scope, documents, chars FROM knowledge_countdelta WHERE kind = 'document'
    ) AS every WHERE %(source)s::text IS NULL OR scope = %(source)s GROUP BY scope
), expired AS (
    SELECT source, count(*) AS documents, sum(length(content)) AS chars FROM knowledge_document
    WHERE deleted_at IS NULL AND coalesce(expires_at, 'infinity') <= %(now)s
        AND (%(source)s::text IS NULL OR source = %(source)s)
    GROUP BY source
), live AS (
    SELECT c.scope, c.documents - coalesce(e.documents, 0) AS documents, c.chars - coalesce(e.chars, 0) AS chars
    FROM counted c LEFT JOIN expired e ON e.source = c.scope WHERE c.documents > coalesce(e.documents, 0)
)
"""

# Plan: for each source one probe of document_source_newest and one of document_source_expires.
SOURCES = f"""{COUNTED}
SELECT l.scope, l.documents, l.chars,
    (SELECT d.stored_at FROM knowledge_document d
     WHERE d.source = l.scope AND d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
     ORDER BY d.stored_at DESC, d.id DESC LIMIT 1),
    (SELECT d.expires_at FROM knowledge_document d
     WHERE d.source = l.scope AND d.deleted_at IS NULL AND coalesce(d.expires_at, 'infinity') > %(now)s
     ORDER BY coalesce(d.expires_at, 'infinity') LIMIT 1)
FROM live l ORDER BY l.scope
"""  # noqa: S608 -- a constant

# Plan: one probe of document_newest, or of document_source_newest.
WHOLE = f"""{COUNTED}
SELECT count(*), coalesce(sum(documents), 0), coalesce(sum(chars), 0),
    (SELECT d.stored_at FROM knowledge_document d
     WHERE d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
        AND (%(source)s::text IS NULL OR d.source = %(source)s)
     ORDER BY d.stored_at DESC, d.id DESC LIMIT 1)
FROM live
"""  # noqa: S608 -- a constant

LIVE = """
SELECT scope, sum(documents) FROM (
    SELECT scope, documents FROM knowledge_storedcount WHERE kind = 'document'
    UNION ALL SELECT scope, documents FROM knowledge_countdelta WHERE kind = 'document'
    UNION ALL SELECT source, -1 FROM knowledge_document
    WHERE deleted_at IS NULL AND coalesce(expires_at, 'infinity') <= %(now)s
) AS every WHERE %(sources)s::text[] IS NULL OR scope = ANY(%(sources)s) GROUP BY scope
"""

# Plan: the end of document_source_expires, twice.
LASTING = """
SELECT (SELECT count(*) FROM (
        SELECT 1 FROM knowledge_document d WHERE d.source = %(source)s AND d.deleted_at IS NULL
            AND coalesce(d.expires_at, 'infinity') = 'infinity' LIMIT %(most)s
    ) AS endless),
    (SELECT d.expires_at FROM knowledge_document d WHERE d.source = %(source)s AND d.deleted_at IS NULL
        AND coalesce(d.expires_at, 'infinity') < 'infinity' AND coalesce(d.expires_at, 'infinity') > %(now)s
     ORDER BY coalesce(d.expires_at, 'infinity') DESC LIMIT 1)
"""

# Plan of the second: a walk along passage_quarantine.
WAITING = """
WITH active AS (SELECT id FROM knowledge_embeddingmodel WHERE state = 'active')
SELECT (
    SELECT coalesce(sum(documents), 0) FROM (
        SELECT name, documents FROM knowledge_storedcount WHERE kind = 'waiting'
        UNION ALL SELECT name, documents FROM knowledge_countdelta WHERE kind = 'waiting'
    ) AS every WHERE name = (SELECT id::text FROM active)
), (
    SELECT count(*) FROM knowledge_passage
    WHERE error <> '' AND attempts > 0 AND vector IS NULL AND model_id = (SELECT id FROM active)
)
"""

# Plan of the second part: a walk along passage_quarantine.
TOTALS = """
SELECT kind, name, sum(documents) FROM (
    SELECT kind, scope, name, documents FROM knowledge_storedcount WHERE kind IN ('trash', 'passage', 'waiting')
    UNION ALL SELECT kind, scope, name, documents FROM knowledge_countdelta
    WHERE kind IN ('trash', 'passage', 'waiting')
) AS every WHERE %(source)s::text IS NULL OR scope = %(source)s GROUP BY kind, name
UNION ALL
SELECT 'quarantined', p.model_id::text, count(*) FROM knowledge_passage p
WHERE p.error <> '' AND p.attempts > 0 AND p.vector IS NULL AND (%(source)s::text IS NULL OR EXISTS (
    SELECT 1 FROM knowledge_document d WHERE d.id = p.document_id AND d.source = %(source)s
)) GROUP BY p.model_id
"""

# The most used are found in the index stored_count_most; those that moved since the last fold are looked up one by one.
TAGS = """
WITH moved AS (
    SELECT name, sum(documents) AS documents FROM (
        SELECT name, documents FROM knowledge_countdelta WHERE kind = 'tag' AND scope = %(scope)s
        UNION ALL
        SELECT tag, -1 FROM knowledge_document, unnest(tags) AS tag
        WHERE deleted_at IS NULL AND coalesce(expires_at, 'infinity') <= %(now)s
            AND (%(scope)s = '' OR source = %(scope)s)
    ) AS every GROUP BY name
), candidates AS (
    (SELECT name FROM knowledge_storedcount WHERE kind = 'tag' AND scope = %(scope)s AND documents > 0
     ORDER BY documents DESC, name LIMIT %(limit)s + (SELECT count(*) FROM moved))
    UNION SELECT name FROM moved
)
SELECT name, documents FROM (
    SELECT c.name, coalesce(m.documents, 0) + coalesce((
        SELECT t.documents FROM knowledge_storedcount t WHERE t.kind = 'tag' AND t.scope = %(scope)s AND t.name = c.name
    ), 0) AS documents FROM candidates c LEFT JOIN moved m USING (name)
) AS every WHERE documents > 0 ORDER BY documents DESC, name LIMIT %(limit)s
"""

# What has documents that are not in the trash, expired ones included.
SOURCE_NAMES = """
SELECT scope FROM (
    SELECT scope, documents FROM knowledge_storedcount WHERE kind = %(kind)s
    UNION ALL SELECT scope, documents FROM knowledge_countdelta WHERE kind = %(kind)s
) AS every GROUP BY scope HAVING sum(documents) > 0 ORDER BY scope
"""

# Plan: a walk along document_expires, or of a source along document_source_expires, as far as `most`.
COUNT_EXPIRING = """
SELECT count(*) FROM (
    SELECT 1 FROM knowledge_document
    WHERE deleted_at IS NULL AND coalesce(expires_at, 'infinity') > %(now)s
        AND coalesce(expires_at, 'infinity') <= %(soon)s AND (%(source)s::text IS NULL OR source = %(source)s)
    LIMIT %(most)s
) AS first
"""

# By the column's own statistics, which are better than those of an expression.
ESTIMATE_EXPIRING = """
EXPLAIN (FORMAT JSON) SELECT 1 FROM knowledge_document
WHERE deleted_at IS NULL AND expires_at > %(now)s AND expires_at <= %(soon)s
    AND (%(source)s::text IS NULL OR source = %(source)s)
"""


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """`endless` documents never expire, counted up to one more than COUNT_UP_TO; `until`: when the last of the others
    does, None where there is none."""

    endless: int
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Stats:
    """`bytes` counts content in characters. `passages` are those of the active model, the trash's included; of them
    `pending` have no vector, and `quarantined` none because the backend refused their text. `recall`: which share of
    the documents that exact search names the index named, too, over the last `recall_questions` that were asked both
    ways; null before any was.
    """

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
    recall: float | None
    recall_questions: int


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
    """Beyond `COUNT_UP_TO`, `expiring_24h` is an estimate."""
    [(sources, documents, chars, last_stored_at)] = _rows(WHOLE, {"source": source, "now": now})
    model, measured = active_model(), read_recall()
    counts = _totals(source)

    def of_model(kind: str) -> int:
        return counts.get((kind, str(model.pk)), 0) if model else 0

    return Stats(
        documents=int(documents),
        sources=sources,
        passages=of_model("passage"),
        pending=of_model("waiting"),
        quarantined=of_model("quarantined"),
        expiring_24h=_expiring(source, now=now, soon=now + SOON),
        trash=counts.get(("trash", ""), 0),
        bytes=int(chars),
        last_stored_at=last_stored_at,
        embedding_model=model.name if model else None,
        recall=measured.share if measured else None,
        recall_questions=measured.questions if measured else 0,
    )


def source_stats(*, now: datetime, source: str | None = None) -> list[SourceStats]:
    """One row a source, by name."""
    rows = _rows(SOURCES, {"source": source, "now": now})
    return [
        SourceStats(
            source=name, documents=int(documents), bytes=int(chars), last_stored_at=stored_at, next_expiry_at=expires_at
        )
        for name, documents, chars, stored_at, expires_at in rows
    ]


def source_names(*, trashed: bool = False) -> list[str]:
    """The sources that hold documents, or that have some in the trash."""
    return [name for (name,) in _rows(SOURCE_NAMES, {"kind": "trash" if trashed else "document"})]


def languages_of(source: str | None, *, now: datetime) -> list[str]:
    """Those that documents of the source may be in, or of all public ones, as far as keyword search asks in them."""
    scope = Scope(now=now, source=source, tags=None)
    [(found,)] = _rows(f"SELECT {languages_in(scope)}", scope.parameters)
    return asked_languages(found)


def live_counts(*, now: datetime, sources: Sequence[str] | None = None) -> dict[str, int]:
    """Live documents by source, of these or of all; a source without any may be missing."""
    named = {"now": now, "sources": None if sources is None else list(sources)}
    return {source: int(documents) for source, documents in _rows(LIVE, named)}


def lasting_of(source: str, *, now: datetime) -> Lasting:
    """How long the live documents of a source stay by themselves."""
    [(endless, until)] = _rows(LASTING, {"source": source, "now": now, "most": COUNT_UP_TO + 1})
    return Lasting(endless=int(endless), until=until)


def waiting_passages() -> tuple[int, int]:
    """Passages without a vector of the active model, the trash's included, and those of them that were refused."""
    [(waiting, refused)] = _rows(WAITING, {})
    return int(waiting), int(refused)


def tag_counts(*, now: datetime, source: str | None = None, limit: int = 1_000) -> list[TagCount]:
    """The most used tags first."""
    rows = _rows(TAGS, {"scope": source or "", "now": now, "limit": limit})
    return [TagCount(tag=tag, documents=int(count)) for tag, count in rows]


def _totals(source: str | None) -> dict[tuple[str, str], int]:
    """By (kind, name), over the sources."""
    rows = _rows(TOTALS, {"source": source})
    return {(kind, name): int(count) for kind, name, count in rows}


def _expiring(source: str | None, *, now: datetime, soon: datetime) -> int:
    named = {"now": now, "soon": soon, "source": source, "most": COUNT_UP_TO + 1}
    [(found,)] = _rows(COUNT_EXPIRING, named)
    if found <= COUNT_UP_TO:
        return int(found)
    [(plan,)] = _rows(ESTIMATE_EXPIRING, named)
    return max(COUNT_UP_TO, int(plan[0]["Plan"]["Plan Rows"]))


def _rows(statement: str, named: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, named)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
