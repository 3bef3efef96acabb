"""Chunks by structure: laws that hold of any text, and what a reader would expect."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.extract import Extraction, Part
from ingestion.extract.base import TextPiece, join_pieces
from ingestion.splitting.structure import split_structure

SIZES = st.integers(20, 300)
TEXTS = st.text(st.sampled_from("ab. \n\t#|?é。"), min_size=1, max_size=400)
PIECES = st.lists(
    st.builds(
        TextPiece,
        TEXTS,
        page=st.sampled_from([1, 2, 3]),
        section=st.sampled_from(["", "One", "Two"]),
        form=st.sampled_from(["text", "table"]),
    ),
    max_size=8,
).map(lambda pieces: join_pieces(sorted(pieces, key=lambda piece: piece.page or 0)))


def split(text: str, *, size: int, parts: list[Part] | None = None) -> list[str]:
    found = split_structure(text, parts or [Part(0, len(text))], size=size, overlap=0)
    return [text[part.start : part.end] for part in found]


@given(PIECES, SIZES)
@settings(max_examples=150)
def test_every_character_that_is_not_blank_is_in_exactly_one_chunk(extraction: Extraction, size: int) -> None:
    covered: list[int] = []
    for part in split_structure(extraction.text, extraction.parts, size=size, overlap=0):
        covered += range(part.start, part.end)
    assert len(covered) == len(set(covered))
    missing = set(range(len(extraction.text))) - set(covered)
    assert not "".join(extraction.text[at] for at in missing).strip()


@given(PIECES, SIZES)
@settings(max_examples=150)
def test_chunks_are_in_order_within_their_size_and_never_blank(extraction: Extraction, size: int) -> None:
    found = list(split_structure(extraction.text, extraction.parts, size=size, overlap=0))
    assert all(0 < part.end - part.start <= size for part in found)
    assert all(extraction.text[part.start : part.end].strip() for part in found)
    assert all(earlier.end <= later.start for earlier, later in itertools.pairwise(found))


@given(PIECES, SIZES)
@settings(max_examples=150)
def test_no_chunk_lies_on_two_pages_or_is_text_and_table_at_once(extraction: Extraction, size: int) -> None:
    for chunk in split_structure(extraction.text, extraction.parts, size=size, overlap=0):
        touched = [part for part in extraction.parts if part.start < chunk.end and chunk.start < part.end]
        assert {(part.page, part.form) for part in touched} == {(chunk.page, chunk.form)}


def test_a_sentence_is_kept_whole_where_it_fits() -> None:
    text = "The oven is hot. Nobody opens it alone! Who does? We shall see."
    assert split(text, size=40) == ["The oven is hot. Nobody opens it alone!", "Who does? We shall see."]


def test_a_paragraph_ends_a_chunk_before_a_sentence_does() -> None:
    text = "One is here. Two is here.\n\nThree begins another. Four ends it."
    assert split(text, size=48) == ["One is here. Two is here.", "Three begins another. Four ends it."]


def test_a_sentence_longer_than_a_chunk_is_cut_between_words_and_a_word_only_where_it_must_be() -> None:
    assert split("many words without a stop in it", size=12) == ["many words", "without a", "stop in it"]
    assert split("x" * 25, size=10) == ["x" * 10, "x" * 10, "x" * 5]


def test_sections_stay_apart_but_a_lonely_heading_joins_what_follows() -> None:
    text = "# Safety\n\nAlways wear gloves at the oven, every day.\n\nOn fire, leave through the nearest door at once."
    heading, gloves, fire = 0, text.index("Always"), text.index("On fire")
    parts = [
        Part(heading, heading + 8, None, "Safety"),
        Part(gloves, fire - 2, None, "Safety › Gloves"),
        Part(fire, len(text), None, "Safety › Fire"),
    ]
    found = list(split_structure(text, parts, size=200, overlap=0))
    assert [(part.start, part.section) for part in found] == [(0, "Safety › Gloves"), (fire, "Safety › Fire")]


def test_a_table_that_fits_is_one_chunk_and_a_larger_one_is_cut_between_rows() -> None:
    rows = ["name | dose", "salt | 2", "pepper | 1", "thyme | 3"]
    table = "\n".join(rows)
    parts = [Part(0, len(table), form="table")]
    assert split(table, size=100, parts=parts) == [table]
    assert split(table, size=22, parts=parts) == ["name | dose\nsalt | 2", "pepper | 1\nthyme | 3"]
