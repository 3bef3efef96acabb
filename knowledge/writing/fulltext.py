"""The words of documents, for keyword search: one row a passage, with a tsvector made here and not by `to_tsvector`.

Words are cut and stemmed in this process (`knowledge.stems`), quicker than the server's parser does it and by the very
rule that highlights follow. Ranking needs how often a word occurs and not where, so its positions are only numbered:
1, 2, 3. A row is written when a content is, and never for a renewal, a tag or a vector.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

DROP = "DELETE FROM knowledge_fulltextrow WHERE document_id = ANY(%s)"

WRITE = """
COPY knowledge_fulltextrow (document_id, ordinal, "start", "end", lexemes) FROM STDIN (FORMAT BINARY)
"""
TYPES = ["int8", *["int4"] * 3, "bytea"]  # a tsvector's bytes as they are

# The lock keeps pushes from changing a content under its words.
NEXT_DOCUMENTS = """
SELECT d.id, d.content FROM knowledge_document d
WHERE d.id > %s ORDER BY d.id LIMIT 250 FOR SHARE OF d
"""

Text = tuple[int, str]
"""A document's row and its content."""

_Place = tuple[int, int, int, int]
"""A document's row, and the ordinal, the start and the end of a passage."""


def write_fulltext(documents: Iterable[Text], *, replacing: Sequence[int] = ()) -> None:
    """Write the words of these documents, in the caller's transaction and after their rows.

    `replacing` are the rows of those that may have words already.
    """
    passages = _passages(documents)
    with raw_cursor() as cursor:
        if replacing:
            cursor.execute(DROP, [list(replacing)])
    while some := list(islice(passages, STRIDE)):
        _write(some)


def rewrite_fulltext() -> Iterator[int]:
    """Write the words of all documents anew, as another SEARCH_LANGUAGE asks for; yields how many are done."""
    after, done = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NEXT_DOCUMENTS, [after])
            documents = cursor.fetchall()
            if not documents:
                return
            write_fulltext(documents, replacing=[row for row, _ in documents])
        after, done = documents[-1][0], done + len(documents)
        yield done


def _write(passages: Sequence[tuple[_Place, str]]) -> None:
    counted = count_stems([text for _, text in passages])
    with raw_cursor() as cursor, cursor.copy(WRITE) as copy:
        copy.set_types(TYPES)
        for (place, _), counts in zip(passages, counted, strict=True):
            copy.write_row((*place, pack_lexemes(counts)))


def _passages(documents: Iterable[Text]) -> Iterator[tuple[_Place, str]]:
    size = min(settings.PASSAGE_CHARS, MOST_CHARS)
    overlap = min(settings.PASSAGE_OVERLAP, size // 2)
    for row, content in documents:
        for ordinal, span in enumerate(split_passages(content, size=size, overlap=overlap)):
            yield (row, ordinal, span.start, span.end), content[span.start : span.end]


def pack_lexemes(counts: Mapping[str, int]) -> bytes:
    """A tsvector in PostgreSQL's binary format; the server puts the lexemes in order."""
    try:
        entries = "".join([stem + POSITIONS[count] for stem, count in counts.items()]).encode()
    except IndexError:
        entries = b"".join([stem.encode() + _positions(min(count, MOST_OCCURRENCES)) for stem, count in counts.items()])
    return struct.pack("!i", len(counts)) + entries


def _positions(count: int) -> bytes:
    """What follows a lexeme: its end, how many positions, and the numbers."""
    return struct.pack(f"!xH{count}H", count, *range(1, count + 1))


POSITIONS = [_positions(count).decode() for count in range(128)]
"""By count, as far as every byte is a character of ASCII: entries are then encoded at once, in a third of the time."""
