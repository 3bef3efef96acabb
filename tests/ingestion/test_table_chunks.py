"""Tables as chunks: each can be read on its own, whatever kind of file it came of and however its text is cut."""

import csv
import io
import re

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.extract import Extraction, Unread, extract_all
from ingestion.extract.base import TextPiece, join_pieces
from ingestion.extract.readers.tables import PIECE_CHARS, table_pieces
from ingestion.kinds import DeclaredType
from ingestion.splitting import split_parts
from tests.ingestion import files

HEAD = ["Number", "Name", "Town", "Remark"]
ROWS = [[f"{number}", f"name of {number}", f"town {number % 7}", "some words about it"] for number in range(120)]
TABLE = [HEAD, *ROWS]
SPLITTERS = ("windows", "structure")


def in_csv() -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(TABLE)
    return text.getvalue().encode()


def in_markdown() -> bytes:
    lines = [f"| {' | '.join(row)} |" for row in TABLE]
    told = ["# Towns", "", "What stands above.", "", lines[0], "|---|:--|--:|---|", *lines[1:], "", "Below."]
    return "\n".join(told).encode()


def in_html() -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in TABLE)
    return f"<html><body><h1>Towns</h1><p>What stands above.</p><table>{rows}</table></body></html>".encode()


def in_word() -> bytes:
    document = Document()
    document.add_paragraph("What stands above.")
    table = document.add_table(rows=len(TABLE), cols=4)
    for row, texts in zip(table.rows, TABLE, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return files.saved(document)


FILES = {
    "a.csv": in_csv(),
    "a.md": in_markdown(),
    "a.html": in_html(),
    "a.docx": in_word(),
    "a.xlsx": files.sheet_of([list(row) for row in TABLE]),
}


def extract(body: bytes, name: str, *, chunk_chars: int) -> Extraction:
    [found] = extract_all([Unread(body=body, declared=DeclaredType(name=name), name=name)], chunk_chars=chunk_chars)
    assert isinstance(found, Extraction)
    return found


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("splitter", SPLITTERS)
@pytest.mark.parametrize("size", [500, 1_000, 2_000])
def test_each_chunk_of_a_table_carries_its_column_names_and_whole_rows(name: str, splitter: str, size: int) -> None:
    found = extract(FILES[name], name, chunk_chars=size)
    chunks = list(split_parts(found.text, found.parts, splitter=splitter, size=size, overlap=size // 10))
    texts = [found.text[chunk.start : chunk.end] for chunk in chunks]
    of_table = [text for text in texts if "name of" in text]
    assert len(of_table) > 3
    for text in of_table:
        assert "Number | Name | Town | Remark" in text
        assert len(text) <= size
        before = text[: text.index("Number | Name")]
        assert "name of" not in before
        rows = re.findall(r"^\|? ?\d+ \| .*$", text, re.MULTILINE)
        assert all("some words about it" in row for row in rows)
    assert {int(number) for text in texts for number in re.findall(r"name of (\d+)", text)} == set(range(120))


def test_a_row_longer_than_a_chunk_is_cut_between_its_cells() -> None:
    row = [f"cell number {number}" for number in range(60)]
    found = join_pieces(table_pieces([["head"] * 60, row]))
    for splitter in SPLITTERS:
        chunks = split_parts(found.text, found.parts, splitter=splitter, size=200, overlap=20)
        texts = [found.text[chunk.start : chunk.end].strip().removeprefix("|").strip() for chunk in chunks]
        assert all(text.startswith(("head", "cell number")) for text in texts)


CELLS = st.text(st.sampled_from("ab1"), min_size=1, max_size=12)
PIECES = st.lists(
    st.one_of(
        st.text(st.sampled_from("ab. \n"), min_size=1, max_size=300).map(lambda text: [TextPiece(text)]),
        st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=40).map(
            lambda rows: list(table_pieces(rows))
        ),
    ),
    max_size=6,
).map(lambda found: join_pieces(piece for pieces in found for piece in pieces))


@given(PIECES, st.integers(60, 300), st.integers(0, 50))
@settings(max_examples=150, deadline=None)
def test_windows_around_tables_leave_nothing_out_and_come_to_an_end(found: Extraction, size: int, overlap: int) -> None:
    covered = set[int]()
    at = -1
    for window in split_parts(found.text, found.parts, splitter="windows", size=size, overlap=overlap):
        assert window.start > at
        assert window.end - window.start <= size
        covered |= set(range(window.start, window.end))
        at = window.start
    assert not "".join(each for place, each in enumerate(found.text) if place not in covered).strip()


def test_the_length_of_pieces_is_that_of_the_chunks() -> None:
    assert PIECE_CHARS.get() == 1_600
    assert len(extract(FILES["a.csv"], "a.csv", chunk_chars=500).parts) > 2 * len(
        extract(FILES["a.csv"], "a.csv", chunk_chars=2_000).parts
    )
