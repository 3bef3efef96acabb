"""Part numbers, telephone numbers, accounts: strings that people write with separators of their own, or without any.

`6ES72141AG40XB` is `6ES7 214-1AG40/XB`. Nothing is kept of a document for that: which spellings there are is found
where one is asked for, among the passages that hold a beginning and an end of it. See docs/decisions/0244.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.sql import fetch
from knowledge.search.frequencies import Frequencies
from knowledge.words.cutting import Piece, pieces_of
from knowledge.words.folding import fold
from knowledge.words.identifiers import identifiers_of
from knowledge.words.stems import LAST_WORD, LONGEST_WORD, know

SHORT = 8
"""Words of a question that is no prose: its neighbours may be one word that was written apart."""

LEAST, LEAST_DIGITS, MOST = 5, 7, 40
"""Characters; of one without letters the second."""

MOST_CODES = 3
MOST_READ = 5_000
"""Passages that hold a beginning, or an end: of commoner ones none are looked for."""

MOST_ROWS = 500
MOST_SPELLINGS = 8

_GAP = re.compile(r"[-_/()\s]{1,3}")

# Plan: a bitmap of the rarer side's postings, and the places of a few words of as many rows as the limit.
SPELLED = """
SELECT w.row, u.lexeme, place FROM (
    SELECT row_number() OVER () AS row, lexemes FROM (
        SELECT lexemes FROM knowledge_fulltextrow WHERE lexemes @@ %(query)s::tsquery LIMIT %(limit)s
    ) found
) w, unnest(w.lexemes) u, unnest(u.positions) place WHERE u.lexeme = ANY(%(lexemes)s) AND place <= %(last)s
"""
BY_POSTINGS = {"enable_seqscan": "off"}


def has_digit(word: str) -> bool:
    return not word.isalpha() and any(map(str.isdigit, word))


def codes_in(folded: str, pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """From which to which piece each goes: those that are all of a text, an identifier in it, a word."""
    spans = [(0, len(pieces)), *(_between(each.start, each.end, pieces) for each in identifiers_of(folded))]
    spans += [(at, at + 1) for at, _ in enumerate(pieces)]
    found = [(first, last) for first, last in dict.fromkeys(spans) if _is_code(folded, pieces[first:last])]
    return iter(found[:MOST_CODES])


def _between(start: int, end: int, pieces: Sequence[Piece]) -> tuple[int, int]:
    inside = [at for at, piece in enumerate(pieces) if start <= piece[1] and piece[2] <= end] or [0]
    return inside[0], inside[-1] + 1


def _is_code(folded: str, pieces: Sequence[Piece]) -> bool:
    """Blanks between longer words without a digit end one, so that prose with a number in it is none."""
    text = "".join(word for word, _, _ in pieces)
    if not has_digit(text) or not (LEAST_DIGITS if text.isdigit() else LEAST) <= len(text) <= MOST:
        return False
    return all(_is_gap(folded[left[2] : right[1]], left[0] + right[0]) for left, right in pairwise(pieces))


def _is_gap(between: str, beside: str) -> bool:
    return _GAP.fullmatch(between) is not None and (not between.isspace() or has_digit(beside) or len(beside) <= 4)


def written_together(question: str) -> list[str]:
    """Of a short question what may be written with separators in it, or is too long to be a word: to be marked so."""
    folded = fold(question)
    pieces = list(pieces_of(folded))
    if len(pieces) > SHORT:
        return []
    words = [word for word, _, _ in pieces]
    codes = ["".join(words[first:last]) for first, last in codes_in(folded, pieces)]
    lone = [word for word in words if len(words) <= 2 and word.isalpha() and len(word) > 2]
    return [*codes, *lone, *(word for word in words if len(word) > LONGEST_WORD)]


@dataclass(frozen=True, kw_only=True)
class _Parts:
    """The stems that parts of a code have, with those parts, and parts that are too common to be kept."""

    of: Mapping[str, Sequence[str]]
    common: Sequence[str]
    first: Sequence[str]
    last: Sequence[str]


def find_spellings(code: str, *, language: str, frequencies: Frequencies) -> list[tuple[str, ...]]:
    """The stems, side by side, that are the code; "" for one that is too common to be kept."""
    parts = _parts_of(code, language)
    held = frequencies.of_words([*parts.first, *parts.last])
    first, last = ([stem for stem in stems if held[stem]] for stems in (parts.first, parts.last))
    if not first or not last or min(sum(held[stem] for stem in stems) for stems in (first, last)) > MOST_READ:
        return []
    query = " & ".join("(" + " | ".join(f"'{stem}'" for stem in stems) + ")" for stems in (first, last))
    named = {"query": query, "lexemes": list(parts.of), "last": LAST_WORD, "limit": MOST_ROWS}
    rows: dict[int, dict[int, list[str]]] = {}
    for row, stem, place in fetch(SPELLED, named, tuned=BY_POSTINGS, prepare=False):
        rows.setdefault(row, {}).setdefault(place, []).append(stem)
    found = (each for places in rows.values() for place in places for each in _walk(code, 0, place, places, parts))
    return list(dict.fromkeys(found))[:MOST_SPELLINGS]


def _parts_of(code: str, language: str) -> _Parts:
    length = len(code)
    every = dict.fromkeys(code[a:b] for a in range(length) for b in range(a + 1, length + 1) if b - a < length)
    known = know({part for part in every if part.isalpha()}, language)
    stems: dict[str, list[str]] = {}
    for part in every:
        stems.setdefault(known.of(part), []).append(part)
    common = stems.pop("", [])
    ends = [(code[:at], code[at:]) for at in range(1, length)]
    first, last = (dict.fromkeys(filter(None, map(known.of, side))) for side in zip(*ends, strict=True))
    return _Parts(of=stems, common=common, first=list(first), last=list(last))


def _walk(
    code: str, at: int, place: int, places: Mapping[int, Sequence[str]], parts: _Parts
) -> Iterator[tuple[str, ...]]:
    """From a place of a passage on, the stems that spell the code from `at` on."""
    if at == len(code):
        yield ()
        return
    following = [(stem, part) for stem in places.get(place, ()) for part in parts.of[stem]]
    following += [("", part) for part in parts.common if at and place not in places]
    for stem, part in following:
        if code.startswith(part, at):
            for rest in _walk(code, at + len(part), place + 1, places, parts):
                yield stem, *rest
