"""What the tags of an expression stand for in the store: how many documents each alternative has, and typing errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from django.db import connection

from knowledge import stats
from knowledge.tagexpr import TagExpression

COUNTED_UP_TO = 1_000

MATCHING = """
SELECT count(*) FROM (
    SELECT 1 FROM knowledge_document d
    WHERE d.deleted_at IS NULL AND (d.expires_at IS NULL OR d.expires_at > %(now)s)
      AND (%(source)s::text IS NULL OR d.source = %(source)s) AND ({tags}) LIMIT %(limit)s
) AS found
"""

# From the tallies: a probe of document_tags reads all postings of a tag that half of the documents carry.
UNKNOWN = """
SELECT tag FROM unnest(%(tags)s::text[]) WITH ORDINALITY AS each(tag, place) WHERE 0 = (
    SELECT coalesce(sum(documents), 0) FROM (
        SELECT documents FROM knowledge_tally WHERE kind = 'tag' AND scope = '' AND name = tag
        UNION ALL SELECT documents FROM knowledge_tallystep WHERE kind = 'tag' AND scope = '' AND name = tag
    ) AS every
) ORDER BY place
"""


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
    """Counts go up to `COUNTED_UP_TO`. Three statements at most, whatever the expression."""
    counts = _count(expression, source=source, now=now)
    alternatives = [
        Alternative(tags=tags, documents=min(count, COUNTED_UP_TO), more=count > COUNTED_UP_TO)
        for tags, count in zip(expression.branches, counts, strict=False)
    ]
    unknown = _unknown([tag for each in alternatives if not each.documents for tag in each.tags], now=now)
    return Meaning(
        alternatives=alternatives,
        documents=min(counts[-1], COUNTED_UP_TO),
        more=counts[-1] > COUNTED_UP_TO,
        unknown=unknown,
    )


def _count(expression: TagExpression, *, source: str | None, now: datetime) -> Sequence[int]:
    """Of each branch, then of any; one beyond the limit stands for more."""
    branches = {f"tags_{index}": list(branch) for index, branch in enumerate(expression.branches)}
    conditions = [f"d.tags @> %({name})s::text[]" for name in branches]
    counts = [f"({MATCHING.format(tags=tags)})" for tags in (*conditions, " OR ".join(conditions))]
    with connection.cursor() as cursor:
        named = {"now": now, "source": source, "limit": COUNTED_UP_TO + 1, **branches}
        cursor.execute("SELECT " + ", ".join(counts), named)
        [row] = cursor.fetchall()
    return row


def _unknown(tags: Sequence[str], *, now: datetime) -> list[UnknownTag]:
    if not tags:
        return []
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN, {"tags": list(dict.fromkeys(tags))})
        unknown = [tag for (tag,) in cursor.fetchall()]
    known = [each.tag for each in stats.tag_counts(now=now)] if unknown else []
    by_name = {name: tag for tag in reversed(known) for name in (tag.rpartition(":")[2], tag)}
    return [UnknownTag(tag=tag, near=_near(tag, by_name)) for tag in unknown]


def _near(tag: str, by_name: Mapping[str, str]) -> str:
    """The tag that has this name, or one like it, as a whole or behind its last colon."""
    return "".join(by_name[name] for name in get_close_matches(tag, by_name, n=1, cutoff=0.7))
