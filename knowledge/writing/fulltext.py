"""The words of documents, for keyword search: one row a passage, with a tsvector made here and not by `to_tsvector`.

Words are cut and stemmed in this process (`knowledge.stems`), quicker than the server's parser does it and by the very
rule that highlights follow. Ranking needs how often a word occurs and not where, so its positions are only numbered:
1, 2, 3. A row is written when a content is, and never for a renewal, a tag or a vector.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice

from django.conf import settings
from django.db import connection, transaction

from core.sql import raw_cursor
from knowledge.chunking import split_passages
from knowledge.stems import count_stems

MOST_CHARS = 20_000
"""A passage of words is at most so long, whatever PASSAGE_CHARS says: a tsvector has to stay below 1 MB."""

MOST_OCCURRENCES = 255
"""PostgreSQL keeps so many positions of a word; more of them would hardly move its score."""

STRIDE = 500
"""Passages that are cut into words at a time: it bounds the memory that a push takes."""

TABLE = """
CREATE TEMP TABLE IF NOT EXISTS staged_wording (
    source text, key text, ordinal int, "start" int, "end" int, lexemes tsvector
) ON COMMIT DELETE ROWS;
DELETE FROM staged_wording;
"""

DROP = """
DELETE FROM knowledge_fulltextrow w
USING (SELECT DISTINCT source, key FROM staged_wording) s, knowledge_document d
WHERE d.source = s.source AND d.key = s.key AND w.document_id = d.id
"""

WRITE = """
INSERT INTO knowledge_fulltextrow (document_id, ordinal, "start", "end", lexemes)
SELECT d.id, s.ordinal, s.start, s.end, s.lexemes
FROM staged_wording s JOIN knowledge_document d ON d.source = s.source AND d.key = s.key
ORDER BY d.id, s.ordinal
"""

# The lock keeps pushes from changing a content under its words.
NEXT_DOCUMENTS = """
SELECT d.id, d.source, d.key, d.content FROM knowledge_document d
WHERE d.id > %s ORDER BY d.id LIMIT 250 FOR SHARE OF d
"""

Text = tuple[str, str, str]
"""(source, key, content)"""

_Row = tuple[str, str, int, int, int]


def write_fulltext(documents: Iterable[Text]) -> None:
    """Replace the words of these documents, in the caller's transaction and after their rows."""
    passages = _passages(documents)
    with raw_cursor() as cursor:
        cursor.execute(TABLE, prepare=False)
        while some := list(islice(passages, STRIDE)):
            _stage(some)
        cursor.execute(DROP)
        cursor.execute(WRITE)


def rewrite_fulltext() -> Iterator[int]:
    """Write the words of all documents anew, as another SEARCH_LANGUAGE asks for; yields how many are done."""
    after, done = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NEXT_DOCUMENTS, [after])
            documents = cursor.fetchall()
            if not documents:
                return
            write_fulltext((source, key, content) for _, source, key, content in documents)
        after, done = documents[-1][0], done + len(documents)
        yield done


def _stage(passages: Sequence[tuple[_Row, str]]) -> None:
    counted = count_stems([text for _, text in passages])
    with raw_cursor() as cursor, cursor.copy("COPY staged_wording FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["text", "text", "int4", "int4", "int4", "bytea"])  # a tsvector's bytes as they are
        for (row, _), counts in zip(passages, counted, strict=True):
            copy.write_row((*row, pack_lexemes(counts)))


def _passages(documents: Iterable[Text]) -> Iterator[tuple[_Row, str]]:
    size = min(settings.PASSAGE_CHARS, MOST_CHARS)
    overlap = min(settings.PASSAGE_OVERLAP, size // 2)
    for source, key, content in documents:
        for ordinal, span in enumerate(split_passages(content, size=size, overlap=overlap)):
            yield (source, key, ordinal, span.start, span.end), content[span.start : span.end]


def pack_lexemes(counts: Mapping[str, int]) -> bytes:
    """A tsvector in PostgreSQL's binary format; the server puts the lexemes in order."""
    entries = [stem.encode() + b"\0" + _positions(min(count, MOST_OCCURRENCES)) for stem, count in counts.items()]
    return struct.pack("!i", len(entries)) + b"".join(entries)


@cache
def _positions(count: int) -> bytes:
    return struct.pack(f"!H{count}H", count, *range(1, count + 1))
