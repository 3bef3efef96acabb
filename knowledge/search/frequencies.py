"""How common words and tags are, from the statistics that PostgreSQL keeps of the columns, and how large a scope is.

Plans and weights depend on them, what is found does not: they may be minutes old, and are remembered for `FRESH_S`.
Words that the statistics do not know are rare, or new; those are counted in the index, up to a limit.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from core.sql import fetch
from knowledge.filters.sampling import forget_shares, share_of
from knowledge.search.scope import Scope

FRESH_S = 30.0
COUNTED_UP_TO = 10_000
MOST_REMEMBERED = 50_000
MOST_MEASURED = 1_000
"""Scopes whose size is remembered; then remembering starts anew."""

# Rows as the planner reckons them: the last known density times the pages of now; a fresh table is counted.
SIZES = """
SELECT CASE WHEN reltuples > 0 AND relpages > 0
            THEN reltuples::float8 / relpages * (pg_relation_size(oid) / current_setting('block_size')::int)
            ELSE {counted} END
FROM pg_class WHERE oid = '{table}'::regclass
"""
COUNTED = "(SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 100000) counted)"

# Without a value that comes twice, as in a young store whose documents are of a source each, PostgreSQL keeps none.
COMMON = """
SELECT tablename || '.' || attname, coalesce(most_common_elems, most_common_vals)::text::text[],
       coalesce(most_common_elem_freqs, most_common_freqs)
FROM pg_stats
WHERE schemaname = current_schema() AND (tablename, attname) IN
      (('knowledge_fulltextrow', 'lexemes'), ('knowledge_document', 'tags'), ('knowledge_document', 'source'))
  AND coalesce(most_common_elem_freqs, most_common_freqs) IS NOT NULL
"""

AVERAGE_CHARS = """
SELECT coalesce(avg("end" - start), 1)::float8 FROM (SELECT start, "end" FROM knowledge_fulltextrow LIMIT 5000) sample
"""

# Plan: for each word a bitmap of its postings, read no further than the limit.
COUNT_MATCHES = """
SELECT query, (SELECT count(*) FROM (
    SELECT 1 FROM knowledge_fulltextrow WHERE lexemes @@ query::tsquery LIMIT %(limit)s
) found)
FROM unnest(%(queries)s::text[]) AS query
"""

# Plan: the documents by their tag or source index, their passages by key; no further than the limit.
MEASURE_SCOPE = """
SELECT count(*), coalesce(avg(chars), 1)::float8 FROM (
    SELECT w."end" - w."start" AS chars
    FROM knowledge_document d JOIN knowledge_fulltextrow w ON w.document_id = d.id
    WHERE {matching} LIMIT %(limit)s
) counted
"""

IS_REWRITTEN = "SELECT EXISTS (SELECT FROM knowledge_wordswalk WHERE finished_at IS NOT NULL)"

Shares = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class Frequencies:
    """Rows and characters on average; shares of the rows (0…1) that hold a word, a tag, are of a source."""

    documents: float
    passages: float
    fulltext_rows: float
    average_chars: float
    words: Shares
    tags: Shares
    sources: Shares
    read_at: float
    has_older: bool = False
    """Whether rows may hold words of an older form."""
    counted: dict[str, int] = field(default_factory=dict)

    def share(self, scope: Scope) -> float:
        """About which share of the store a scope leaves, as if tags knew nothing of one another."""
        named = scope.sources if scope.source is None else (scope.source,)
        share = min(1.0, sum(self.sources.get(source, 0.0) for source in named)) if named else 1.0
        for tags in (scope.tags, scope.within):
            if tags is None:
                continue
            branches = (prod(self.tags.get(tag, 0.0) for tag in branch) for branch in tags.branches)
            share *= min(1.0, sum(branches))
        if scope.filter is not None:
            share *= share_of(scope.filter, documents=self.documents)
        return share

    def of_words(self, stems: Sequence[str]) -> dict[str, int]:
        """About how many passages hold each of the stems."""
        queries = {stem: f"'{stem}'" for stem in stems if stem not in self.words}
        counted = self.of_queries(list(queries.values()))
        known = {stem: round(self.words[stem] * self.fulltext_rows) for stem in stems if stem in self.words}
        return {stem: known[stem] if stem in known else counted[queries[stem]] for stem in stems}

    def of_queries(self, queries: Sequence[str]) -> dict[str, int]:
        """How many passages match each of these tsqueries, counted up to a limit."""
        unknown = list(dict.fromkeys(query for query in queries if query not in self.counted))
        if unknown:
            if len(self.counted) + len(unknown) > MOST_REMEMBERED:
                self.counted.clear()
            self.counted.update(fetch(COUNT_MATCHES, {"queries": unknown, "limit": COUNTED_UP_TO}))
        return {query: self.counted.get(query, 0) for query in queries}


@dataclass(frozen=True, kw_only=True)
class ScopeSize:
    """All passages of words that a scope holds, and their characters on average."""

    passages: int
    average_chars: float


_remembered: list[Frequencies] = []
_measured: dict[tuple[Any, ...], tuple[float, ScopeSize | None]] = {}


def read_frequencies() -> Frequencies:
    """Those of the store, at most `FRESH_S` old."""
    if not _remembered or time.monotonic() - _remembered[0].read_at > FRESH_S:
        _remembered[:] = [_read()]
    return _remembered[0]


def measure_scope(scope: Scope, *, at_most: int) -> ScopeSize | None:
    """Counted, at most `FRESH_S` ago; None where it holds more passages."""
    asked = (at_most, *(value for name, value in vars(scope).items() if name != "now"))
    read_at, size = _measured.get(asked, (-FRESH_S, None))
    if time.monotonic() - read_at > FRESH_S:
        parameters = {**scope.parameters, "limit": at_most + 1}
        [(passages, average)] = fetch(MEASURE_SCOPE.format(matching=scope.condition), parameters, prepare=False)
        size = ScopeSize(passages=passages, average_chars=average) if passages <= at_most else None
        if len(_measured) >= MOST_MEASURED:
            _measured.clear()
        _measured[asked] = (time.monotonic(), size)
    return size


def forget_frequencies() -> None:
    _remembered.clear()
    _measured.clear()
    forget_shares()


def _read() -> Frequencies:
    common = {name: dict(zip(values, shares, strict=False)) for name, values, shares in fetch(COMMON, {})}
    return Frequencies(
        documents=_rows("knowledge_document"),
        passages=_rows("knowledge_passage"),
        fulltext_rows=_rows("knowledge_fulltextrow"),
        average_chars=fetch(AVERAGE_CHARS, {})[0][0],
        words=common.get("knowledge_fulltextrow.lexemes", {}),
        tags=common.get("knowledge_document.tags", {}),
        sources=common.get("knowledge_document.source", {}),
        read_at=time.monotonic(),
        has_older=not fetch(IS_REWRITTEN, {})[0][0],
    )


def _rows(table: str) -> float:
    return float(fetch(SIZES.format(table=table, counted=COUNTED.format(table=table)), {})[0][0])
