"""Chunks that end where a reader would pause: after a paragraph, a sentence, a row, at worst between two words.

Nothing overlaps: what stands together is found together. The pieces of a large table come with its head row from the
reader, each a part of its own, and stay apart.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ingestion.extract.base import Part

PARAGRAPH = re.compile(r"(?=\n[ \t\r]*\n)")
SENTENCE = re.compile(r"[.!?…][\"'»”’)\]]*(?=\s)|[。！？]|(?=\n[ \t]*(?:[#\-*•|]|\d+[.)]\s))")
LINE = re.compile(r"(?=\n)")
WORD = re.compile(r"(?=\s)")
CELL = re.compile(r"(?<= )\|(?= )")
INK = re.compile(r"\S")
SMALL = 10
"""What is shorter than this share of a chunk joins what follows it on its page."""


def split_structure(text: str, parts: Sequence[Part], *, size: int, overlap: int) -> Iterator[Part]:
    """Chunks of at most `size` characters that together hold all that is not blank; `overlap` is not used.

    None lies on two pages, in a mail and in what it bears, is text and table at once, or is hidden in part. One is of
    one section, unless one of its sections is but a few words, such as a heading that stands alone.
    """
    for _, of_page in groupby(parts, key=lambda part: (part.page, part.attachment)):
        chunks = (chunk for run in _runs(of_page) for chunk in _split(text, run, size=size))
        yield from _join_small(chunks, size=size)


def _runs(parts: Iterator[Part]) -> Iterator[Part]:
    """Neighbours under one heading as one part; a table is never joined."""
    for _, group in groupby(parts, key=lambda part: (part.section, part.form, part.hidden)):
        run = list(group)
        if run[0].form == "table":
            yield from run
        else:
            yield replace(run[0], end=run[-1].end)


def _split(text: str, part: Part, *, size: int) -> Iterator[Part]:
    at = _past_blanks(text, part.start, part.end)
    while at < part.end:
        end = part.end if part.end - at <= size else _pause(text, at, at + size, table=part.form == "table")
        last = at + len(text[at:end].rstrip())
        yield replace(part, start=at, end=last)
        at = _past_blanks(text, end, part.end)


def _pause(text: str, start: int, limit: int, *, table: bool) -> int:
    """The best place after `start` and up to `limit` to end at; a paragraph's end counts if it is not too near."""
    first = ((LINE, start), (CELL, start)) if table else ((PARAGRAPH, start + (limit - start) // 2), (SENTENCE, start))
    for pattern, least in (*first, (LINE, start), (WORD, start)):
        ends = [found.end() for found in pattern.finditer(text, start, limit + 1) if least < found.end() <= limit]
        if ends:
            return ends[-1]
    return limit


def pause_in_table(text: str, start: int, limit: int) -> int:
    """After a row, at worst after a cell, a word."""
    return _pause(text, start, limit, table=True)


def _past_blanks(text: str, start: int, stop: int) -> int:
    found = INK.search(text, start, stop)
    return found.start() if found else stop


def _join_small(chunks: Iterator[Part], *, size: int) -> Iterator[Part]:
    """A chunk of a few words together with the one after it, under the heading of the longer one."""
    held: Part | None = None
    for chunk in chunks:
        if held is None:
            held = chunk
        elif _may_join(held, chunk, size=size):
            longer = max(held, chunk, key=_length)
            held = replace(longer, start=held.start, end=chunk.end)
        else:
            yield held
            held = chunk
    if held is not None:
        yield held


def _may_join(first: Part, second: Part, *, size: int) -> bool:
    alike = first.form == second.form != "table" and first.hidden == second.hidden
    return alike and _length(first) * SMALL < size and second.end - first.start <= size


def _length(part: Part) -> int:
    return part.end - part.start
