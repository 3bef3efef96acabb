"""What the tags of an expression stand for in the store: how many documents each alternative has, and typing errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from django.db import connection

from knowledge.browsing import stats
from knowledge.search.query import Branch
from knowledge.tagexpr import TagExpression

COUNTED_UP_TO = 1_000
MOST_COMPARED = 1_000
"""So many of the most used tags are compared with one that is unknown."""

MATCHING = """
SELECT count(*) FROM (
    SELECT 1 FROM knowledge_document d
    WHERE d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
      AND (%(source)s::text IS NULL OR d.source = %(source)s) AND ({tags}) LIMIT %(limit)s
) AS found
"""

# Of tags without a stored count, then the most used ones, and how often: a probe of document_tags would read all
# postings of a tag that half of the documents carry.
UNKNOWN = f"""
SELECT tag, 0 FROM unnest(%(tags)s::text[]) WITH ORDINALITY AS each(tag, place) WHERE 0 = (
    SELECT coalesce(sum(documents), 0) FROM (
        SELECT documents FROM knowledge_storedcount WHERE kind = 'tag' AND scope = '' AND name = tag
        UNION ALL SELECT documents FROM knowledge_countdelta WHERE kind = 'tag' AND scope = '' AND name = tag
    ) AS every
) UNION ALL (SELECT name, documents FROM ({stats.TAGS}) AS used)
"""  # noqa: S608 -- both are constants


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """All of these tags; `documents` live ones carry them, or `more`."""

    tags: Sequence[str]
    documents: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class UnknownTag:
    """A tag that no document has; `near`: one that is spelled much like it, or ""."""

    tag: str
    near: str


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """An expression's alternatives, and how many documents match any of them, or `more`."""

    alternatives: list[Alternative]
    documents: int
    more: bool
    unknown: list[UnknownTag]


def look_up(expression: TagExpression, *, source: str | None, now: datetime) -> Meaning:
    """Counts go up to `COUNTED_UP_TO`. Two statements at most, whatever the expression."""
    counts = [_counted(count) for count in _count(expression, source=source, now=now)]
    alternatives = [
        Alternative(tags=tags, documents=documents, more=more)
        for tags, (documents, more) in zip(expression.branches, counts, strict=False)
    ]
    documents, more = counts[-1]
    return Meaning(alternatives=alternatives, documents=documents, more=more, unknown=_unknown(alternatives, now=now))


def meaning_of(branches: Sequence[Branch], matched: Branch, *, now: datetime) -> Meaning:
    """The same of what a search has counted already."""
    alternatives = [Alternative(tags=each.tags, documents=each.documents, more=each.more) for each in branches]
    unknown = _unknown(alternatives, now=now)
    return Meaning(alternatives=alternatives, documents=matched.documents, more=matched.more, unknown=unknown)


def _counted(count: int) -> tuple[int, bool]:
    return min(count, COUNTED_UP_TO), count > COUNTED_UP_TO


def _count(expression: TagExpression, *, source: str | None, now: datetime) -> Sequence[int]:
    """Of each branch, then of any; one beyond the limit stands for more."""
    branches = {f"tags_{index}": list(branch) for index, branch in enumerate(expression.branches)}
    conditions = [f"d.tags @> %({name})s::text[]" for name in branches]
    counts = [f"({MATCHING.format(tags=tags)})" for tags in (*conditions, " OR ".join(conditions))]
    with connection.cursor() as cursor:
        named = {"now": now, "source": source, "limit": COUNTED_UP_TO + 1, **branches}
        cursor.execute("SELECT " + ", ".join(counts), named)
        row: Sequence[int] = cursor.fetchone()
    return row


def _unknown(alternatives: Sequence[Alternative], *, now: datetime) -> list[UnknownTag]:
    """The tags of empty alternatives that no document carries."""
    asked = list(dict.fromkeys(tag for each in alternatives if not each.documents for tag in each.tags))
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN, {"tags": asked, "scope": "", "now": now, "limit": MOST_COMPARED})
        rows = cursor.fetchall()
    by_name = {name: tag for tag, count in reversed(rows) if count for name in (tag.rpartition(":")[2], tag)}
    unknown = sorted((tag for tag, count in rows if not count), key=asked.index)
    return [UnknownTag(tag=tag, near=_near(tag, by_name)) for tag in unknown]


def _near(tag: str, by_name: Mapping[str, str]) -> str:
    """The tag that has this name, or one like it, as a whole or behind its last colon."""
    return "".join(by_name[name] for name in get_close_matches(tag, by_name, n=1, cutoff=0.7))
