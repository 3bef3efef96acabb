"""Notebooks of Jupyter: cells in order, Markdown below its headings, code, and what the code said; no pictures.

What is no notebook after all is read as JSON. See docs/decisions/0252.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.encodings import decode
from ingestion.extract.readers import html_reader, json_reader
from ingestion.extract.readers.markdown_reader import pieces_below, section_of

COLOURS = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
DRAWN = re.compile(r"<[\w.]+(?: [^<>\n]{0,200})?>")
"""What stands for a picture in its place: `<Figure size 640x480 with 1 Axes>`."""
DEEPEST = 6
Path = list[tuple[int, str]]
Cell = Mapping[str, Any]


def read(body: bytes) -> Extraction:
    decoded = decode(body)
    try:
        notebook = json.loads(decoded.text)
        cells = _cells(notebook)
    except (ValueError, RecursionError):
        return json_reader.read(body)
    if cells is None:
        return json_reader.read(body)
    path: Path = []
    pieces = [piece for cell in cells for piece in _of_cell(cell, path)]
    title = _said(_inner(notebook, "metadata").get("title")).strip()
    first = next((piece.section for piece in pieces if piece.section), "")
    return join_pieces(pieces, title=title or first.partition(" › ")[0], guessed=decoded.guessed)


def _cells(notebook: Any) -> list[Cell] | None:
    """Of the present format, or of the one before it, in which they lay on sheets."""
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        return None
    found = notebook.get("cells")
    if found is None:
        sheets = notebook.get("worksheets")
        found = [cell for sheet in _listed(sheets) for cell in _listed(sheet.get("cells"))] if sheets else None
    return None if found is None else _listed(found)


def _of_cell(cell: Cell, path: Path) -> Iterator[TextPiece]:
    kind, about = cell.get("cell_type"), _inner(cell, "metadata")
    source = _said(cell.get("source", cell.get("input")))
    if kind == "markdown":
        yield from pieces_below(path, source)
    elif kind == "heading":
        level = cell.get("level")
        depth = level if isinstance(level, int) and 0 < level <= DEEPEST else 1
        yield from pieces_below(path, f"{'#' * depth} {' '.join(source.split())}")
    else:
        folded = _inner(about, "jupyter")
        yield TextPiece(source, section=section_of(path), hidden=bool(folded.get("source_hidden")))
        hidden = bool(folded.get("outputs_hidden") or about.get("collapsed"))
        for output in _listed(cell.get("outputs")):
            yield from _of_output(output, section_of(path), hidden)


def _of_output(output: Cell, section: str, hidden: bool) -> Iterator[TextPiece]:
    """Tables as tables; of other forms of the same the plainest."""
    kind = output.get("output_type")
    if kind in ("error", "pyerr"):
        told = f"{_said(output.get('ename'))}: {_said(output.get('evalue'))}"
        yield TextPiece(COLOURS.sub("", told).strip(": "), section=section, hidden=hidden)
        return
    data = _inner(output, "data")
    page = _said(data.get("text/html", output.get("html")))
    if "<table" in page and (tables := list(_of_page(page, section, hidden))):
        yield from tables
        return
    forms = (output.get("text"), data.get("text/markdown"), data.get("text/plain"), data.get("text/latex"))
    text = COLOURS.sub("", next((said for form in forms if (said := _said(form)).strip()), ""))
    if not DRAWN.fullmatch(text.strip()):
        yield TextPiece(text, section=section, hidden=hidden)


def _of_page(page: str, section: str, hidden: bool) -> Iterator[TextPiece]:
    try:
        found = html_reader.read_all(page.encode(errors="replace"))
    except Unreadable:
        return
    for piece in found:
        yield TextPiece(piece.text, None, section, piece.form, piece.hidden or hidden)


def _said(told: Any) -> str:
    """A text, or the list of its lines, each with its end."""
    if isinstance(told, list):
        return "".join(each for each in told if isinstance(each, str))
    return told if isinstance(told, str) else ""


def _inner(cell: Cell, name: str) -> Cell:
    found = cell.get(name)
    return found if isinstance(found, dict) else {}


def _listed(told: Any) -> list[Cell]:
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
