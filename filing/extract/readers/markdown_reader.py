"""Markdown: headings are kept as sections, front matter gives the title, fenced blocks are left alone."""

import re
from collections.abc import Iterator

from filing.extract.base import Extraction, Piece, join_pieces
from filing.extract.readers.plain_reader import decode

HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
FENCE = re.compile(r"^ {0,3}(```|~~~)")
FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
FRONT_TITLE = re.compile(r"^title:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
TABLE_ROW = re.compile(r"^ {0,3}\|.*\|[ \t]*$")


def read(body: bytes) -> Extraction:
    text = decode(body).replace("\r\n", "\n")
    title = ""
    if front := FRONT_MATTER.match(text):
        named = FRONT_TITLE.search(front[1])
        title = named[1].strip("\"'") if named else ""
        text = _headed(text[front.end() :], title)
    pieces = list(_pieces(text))
    return join_pieces(pieces, title=title or next((piece.section for piece in pieces if piece.section), ""))


def _headed(text: str, title: str) -> str:
    """A page shows its title above its text, so it is found by the words of it; one without a text is empty still."""
    text = text.lstrip("\n")
    first = HEADING.match(text.partition("\n")[0])
    if not title or not text.strip() or (first and first[2].lower() == title.lower()):
        return text
    return f"# {title}\n\n{text}"


def _pieces(text: str) -> Iterator[Piece]:
    """A piece for what stands below each heading, the heading with it; a table is a piece of its own."""
    path: list[tuple[int, str]] = []
    lines: list[str] = []
    form, fence = "text", ""
    for line in text.split("\n"):
        if marker := FENCE.match(line):
            fence = "" if fence == marker[1] else fence or marker[1]
        heading = None if fence else HEADING.match(line)
        found = "table" if not fence and TABLE_ROW.match(line) else "text"
        if heading or found != form:
            yield Piece("\n".join(lines), section=_shown(path), form=form)
            lines, form = [], found
        if heading:
            depth = len(heading[1])
            path = [*((level, name) for level, name in path if level < depth), (depth, heading[2])]
        lines.append(line)
    yield Piece("\n".join(lines), section=_shown(path), form=form)


def _shown(path: list[tuple[int, str]]) -> str:
    return " › ".join(name for _, name in path)
