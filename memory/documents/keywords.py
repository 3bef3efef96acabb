"""The words that documents are found by: the stems of the keyword index, and how many documents hold each.

They are counted when they are asked for, over the newest passages that the reader sees.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.sql import fetch
from ingestion.naming import read_uuid
from knowledge.words.stems import count_stems
from memory.errors import MemoryNotFound
from memory.models import ContextFile

MOST_PASSAGES = 20_000
MOST_DOCUMENTS = 500

# Expects: document_source_newest, walked from its newest row, and its words by key.
IS_WORD = "word.lexeme !~ '[[:punct:]^~]'"
"""Neither an identifier nor a word without its accents, which are kept beside the words."""

PASSAGES = f"""
WITH passages AS MATERIALIZED (
    SELECT d.id, split_part(d.key, '/', 1) AS file FROM knowledge_document d
    WHERE d.source = %(source)s AND d.deleted_at IS NULL AND d.tags @> ARRAY['kind:chunk']
      AND (%(tags)s::text[] IS NULL OR d.tags && %(tags)s::text[])
    ORDER BY d.stored_at DESC, d.id DESC LIMIT {MOST_PASSAGES}
), words AS (
    SELECT p.file, word.lexeme, cardinality(word.positions) AS times
    FROM passages p JOIN knowledge_fulltextrow w ON w.document_id = p.id, unnest(w.lexemes) AS word
    WHERE {IS_WORD}
)
"""  # noqa: S608 -- constants

COUNTED = """
, counted AS (
    SELECT lexeme, count(DISTINCT file) AS documents FROM words
    WHERE starts_with(lexeme, %(beginning)s) GROUP BY lexeme HAVING count(DISTINCT file) >= %(least)s
)
SELECT lexeme, documents, count(*) OVER () FROM counted ORDER BY {order} OFFSET %(first)s LIMIT %(limit)s
"""
ORDERS = {
    "count": COUNTED.format(order="documents DESC, lexeme"),
    "alphabetical": COUNTED.format(order="lexeme"),
}

LIKE = """
, counted AS (
    SELECT lexeme, count(DISTINCT file) AS documents, max(length(stem)::float8 / length(lexeme)) AS score
    FROM words JOIN unnest(%(stems)s::text[]) AS stem ON starts_with(lexeme, stem) GROUP BY lexeme
)
SELECT lexeme, documents, score FROM counted WHERE score >= %(threshold)s
ORDER BY score DESC, documents DESC, lexeme LIMIT %(limit)s
"""

HOLDING = """
SELECT file, sum(times)::int FROM words WHERE lexeme = %(word)s
GROUP BY file ORDER BY 2 DESC, 1 LIMIT %(limit)s
"""

# Expects: document_source_key, by its beginning.
OF_DOCUMENT = f"""
SELECT word.lexeme, sum(cardinality(word.positions))::int AS times
FROM knowledge_document d JOIN knowledge_fulltextrow w ON w.document_id = d.id, unnest(w.lexemes) AS word
WHERE d.source = %(source)s AND d.key = ANY(%(keys)s) AND d.deleted_at IS NULL AND {IS_WORD}
GROUP BY 1 ORDER BY 2 DESC, 1
"""  # noqa: S608 -- a constant


COUNT_OF_DOCUMENT = f"""
SELECT count(DISTINCT word.lexeme)
FROM knowledge_document d JOIN knowledge_fulltextrow w ON w.document_id = d.id, unnest(w.lexemes) AS word
WHERE d.source = %(source)s AND d.key = ANY(%(keys)s) AND d.deleted_at IS NULL AND {IS_WORD}
"""  # noqa: S608 -- a constant


@dataclass(frozen=True, kw_only=True)
class Keyword:
    """A stem, and how many documents hold it. `score`, 0 to 1: how near it is to what was asked for."""

    stem: str
    documents: int = 0
    score: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """What of a context is counted: its source, and the tags of the scope sets that the reader sees (None: all)."""

    source: str
    tags: Collection[str] | None

    @property
    def parameters(self) -> dict[str, Any]:
        return {"source": self.source, "tags": None if self.tags is None else list(self.tags)}


def list_keywords(
    corpus: Corpus, *, beginning: str = "", least: int = 1, order: str = "count", page: int, page_size: int
) -> tuple[Sequence[Keyword], int]:
    """A page of them, from 0, and how many there are in all."""
    asked = {"beginning": beginning.lower(), "least": least, "first": page * page_size, "limit": page_size}
    rows = fetch(PASSAGES + ORDERS[order], corpus.parameters | asked, prepare=False)
    return [Keyword(stem=stem, documents=count) for stem, count, _ in rows], rows[0][2] if rows else 0


def search_keywords(corpus: Corpus, text: str, *, limit: int, threshold: float) -> Sequence[Keyword]:
    """Those that a word of the text is the beginning of; the nearer the longer that beginning is."""
    stems = list(count_stems([text])[0])
    asked = {"stems": stems, "threshold": threshold, "limit": limit}
    rows = fetch(PASSAGES + LIKE, corpus.parameters | asked, prepare=False) if stems else []
    return [Keyword(stem=stem, documents=count, score=score) for stem, count, score in rows]


def documents_with(corpus: Corpus, word: str) -> tuple[str, Sequence[tuple[UUID, int]]]:
    """The stem that the word is or has, and the files that hold it, with how often. Raises MemoryNotFound."""
    folded = word.lower().replace("\0", "")
    for stem in dict.fromkeys([folded, *count_stems([folded])[0]]):
        rows = fetch(PASSAGES + HOLDING, corpus.parameters | {"word": stem, "limit": MOST_DOCUMENTS}, prepare=False)
        if found := [(known, times) for file, times in rows if (known := read_uuid(file))]:
            return stem, found
    raise MemoryNotFound("No document holds this word.")


def keywords_of(document: ContextFile) -> Sequence[Keyword]:
    """Of one document, the most frequent first; a score is the share of that one's frequency."""
    rows = fetch(OF_DOCUMENT, _passages_of(document), prepare=False)
    most = rows[0][1] if rows else 1
    return [Keyword(stem=stem, documents=1, score=times / most) for stem, times in rows]


def count_keywords_of(document: ContextFile) -> int:
    return int(fetch(COUNT_OF_DOCUMENT, _passages_of(document), prepare=False)[0][0])


def _passages_of(document: ContextFile) -> dict[str, Any]:
    file = document.file
    return {"source": file.collection_id, "keys": [file.key_of(index) for index in range(file.document_count)]}
