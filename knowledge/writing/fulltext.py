"""The words of documents, for keyword search: one row a passage, with a tsvector made here and not by `to_tsvector`.

Words are cut and stemmed in this process (`knowledge.words.stems`), quicker than the server's parser does it and by the
very rule that highlights follow. A row is written when a content is, and never for a renewal, a tag or a vector; it
bears the form of its words, since what is one word changes (`knowledge.words`).
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction

from core.sql import raw_cursor
from knowledge.chunking import split_passages
from knowledge.words import FORM
from knowledge.words.languages import OF_DOCUMENT
from knowledge.words.stems import LAST_PLACE, Places, find_known_places, find_places

MOST_CHARS = 16_000
"""A passage of words is at most so long, whatever PASSAGE_CHARS says: a tsvector counts no more places."""

MOST_OCCURRENCES = 255
"""PostgreSQL keeps so many positions of a word; more of them would hardly move its score."""

STRIDE = 500
"""Passages that are cut into words at a time: it bounds the memory that a push takes."""

DROP = "DELETE FROM knowledge_fulltextrow WHERE document_id = ANY(%s)"

WRITE = """
COPY knowledge_fulltextrow (document_id, ordinal, "start", "end", form, language, lexemes) FROM STDIN (FORMAT BINARY)
"""
TYPES = ["int8", *["int4"] * 3, "int2", "text", "bytea"]  # a tsvector's bytes as they are

# The lock keeps pushes from changing a content under its words.
NEXT_DOCUMENTS = f"""
SELECT d.id, d.content, {OF_DOCUMENT.format(default="%(default)s")} FROM knowledge_document d
WHERE d.id > %(after)s ORDER BY d.id LIMIT 250 FOR SHARE OF d
"""  # noqa: S608 -- constants

NOTHING: Mapping[tuple[str, str], Any] = MappingProxyType({})


class DocumentText(NamedTuple):
    """A document's row, its content and the language of that."""

    row: int
    content: str
    language: str


class _Passage(NamedTuple):
    place: tuple[int, int, int, int]
    """Its document's row, its ordinal, start and end."""
    text: str
    language: str


Packed = tuple[int, int, int, int, str, bytes]
"""A passage's ordinal, start and end, form and language of its words, and its tsvector."""


def pack_known(content: str, *, language: str) -> list[Packed] | None:
    """The words of a content, without asking the database; None where that has to be asked for the stem of one."""
    packed: list[Packed] = []
    for (_, ordinal, start, end), text, _ in _passages([DocumentText(0, content, language)]):
        if (places := find_known_places(text, language)) is None:
            return None
        packed.append((ordinal, start, end, FORM, language, pack_lexemes(places)))
    return packed


def write_fulltext(
    documents: Sequence[DocumentText],
    *,
    replacing: Sequence[int] = (),
    packed: Mapping[tuple[str, str], Sequence[Packed]] = NOTHING,
) -> None:
    """Write the words of these documents, in the caller's transaction and after their rows.

    `replacing` are the rows of those that may have words already, `packed` the words of contents in a language that are
    known.
    """
    unknown = [each for each in documents if each[1:] not in packed]
    passages = _passages(sorted(unknown, key=attrgetter("language")))
    with raw_cursor() as cursor:
        if replacing:
            cursor.execute(DROP, [list(replacing)])
    _copy((document.row, *each) for document in documents for each in packed.get(document[1:], ()))
    while some := list(islice(passages, STRIDE)):
        for _, group in groupby(some, key=attrgetter("language")):
            _copy(_pack(list(group)))


def rewrite_fulltext() -> Iterator[int]:
    """Write the words of all documents anew, each in its language; yields how many are done."""
    after, done = 0, 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(NEXT_DOCUMENTS, {"after": after, "default": settings.SEARCH_LANGUAGE})
            documents = list(map(DocumentText._make, cursor.fetchall()))
            if not documents:
                return
            write_fulltext(documents, replacing=[each.row for each in documents])
        after, done = documents[-1].row, done + len(documents)
        yield done


def _pack(some: Sequence[_Passage]) -> Iterator[tuple[int, int, int, int, int, str, bytes]]:
    """All of one language. The database is asked before the first of them, as it cannot be while rows go to it."""
    language = some[0].language
    found = find_places([each.text for each in some], language)
    return ((*each.place, FORM, language, pack_lexemes(places)) for each, places in zip(some, found, strict=True))


def _copy(rows: Iterable[tuple[int, int, int, int, int, str, bytes]]) -> None:
    """Nothing where there are none: each statement is a step of the store's generation."""
    rows = iter(rows)
    if not (first := next(rows, None)):
        return
    with raw_cursor() as cursor, cursor.copy(WRITE) as copy:
        copy.set_types(TYPES)
        for row in chain([first], rows):
            copy.write_row(row)


def _passages(documents: Iterable[DocumentText]) -> Iterator[_Passage]:
    size = min(settings.PASSAGE_CHARS, MOST_CHARS)
    overlap = min(settings.PASSAGE_OVERLAP, size // 2)
    for row, content, language in documents:
        for ordinal, span in enumerate(split_passages(content, size=size, overlap=overlap)):
            yield _Passage((row, ordinal, span.start, span.end), content[span.start : span.end], language)


def pack_lexemes(places: Places) -> bytes:
    """A tsvector in PostgreSQL's binary format; the server puts the lexemes in order."""
    entries = [
        (lexeme if lexeme.isascii() else lexeme.encode().decode("latin-1"))
        + (ONCE[found[0]] if len(found) == 1 else _several(found[:MOST_OCCURRENCES]))
        for lexeme, found in places.items()
    ]
    return struct.pack("!i", len(entries)) + "".join(entries).encode("latin-1")


def _several(places: Sequence[int]) -> str:
    return COUNTS[len(places)] + "".join([PLACES[place] for place in places])


COUNTS = [struct.pack("!xH", count).decode("latin-1") for count in range(MOST_OCCURRENCES + 1)]
PLACES = [struct.pack("!H", place).decode("latin-1") for place in range(LAST_PLACE + 1)]
ONCE = [COUNTS[1] + place for place in PLACES]
"""What follows a lexeme: its end, how many places, and those. Strings: joining them takes a third of the time."""
