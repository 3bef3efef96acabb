"""The words of documents, for keyword search: one row a passage, with a tsvector made here and not by `to_tsvector`.

Words are cut and stemmed in this process (`knowledge.stems`), quicker than the server's parser does it and by the very
rule that highlights follow. Ranking needs how often a word occurs and not where, so its positions are only numbered:
1, 2, 3. A row is written when a content is, and never for a renewal, a tag or a vector.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from core.sql import raw_cursor
from knowledge.chunking import split_passages
from knowledge.stems import count_known_stems, count_stems

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

NOTHING: Mapping[str, Any] = MappingProxyType({})

Text = tuple[int, str]
"""A document's row and its content."""

Packed = tuple[int, int, int, bytes]
"""A passage's ordinal, start and end, and its tsvector."""


def pack_known(content: str) -> list[Packed] | None:
    """The words of a content, without asking the database; None where that has to be asked for the stem of one."""
    packed: list[Packed] = []
    for (_, ordinal, start, end), text in _passages([(0, content)]):
        if (counts := count_known_stems(text)) is None:
            return None
        packed.append((ordinal, start, end, pack_lexemes(counts)))
    return packed


def write_fulltext(
    documents: Sequence[Text], *, replacing: Sequence[int] = (), packed: Mapping[str, Sequence[Packed]] = NOTHING
) -> None:
    """Write the words of these documents, in the caller's transaction and after their rows.

    `replacing` are the rows of those that may have words already, `packed` the words of contents that are known.
    """
    passages = _passages((row, content) for row, content in documents if content not in packed)
    with raw_cursor() as cursor:
        if replacing:
            cursor.execute(DROP, [list(replacing)])
    _copy((row, *each) for row, content in documents for each in packed.get(content, ()))
    while some := list(islice(passages, STRIDE)):
        counted = count_stems([text for _, text in some])
        _copy((*place, pack_lexemes(counts)) for (place, _), counts in zip(some, counted, strict=True))


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


def _copy(rows: Iterable[tuple[int, int, int, int, bytes]]) -> None:
    """Nothing where there are none: each statement is a step of the store's generation."""
    rows = iter(rows)
    if not (first := next(rows, None)):
        return
    with raw_cursor() as cursor, cursor.copy(WRITE) as copy:
        copy.set_types(TYPES)
        for row in chain([first], rows):
            copy.write_row(row)


def _passages(documents: Iterable[Text]) -> Iterator[tuple[tuple[int, int, int, int], str]]:
    """Each passage's row, ordinal, start and end, and its text."""
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
