"""Markdown: headings are kept as sections, front matter gives the title, fenced blocks are left alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from ingestion.extract.base import MAX_SECTION_CHARS, Extraction, TextPiece, join_pieces
from ingestion.extract.encodings import decode
from ingestion.extract.readers.tables import pieces_of

HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
FENCE = re.compile(r" {0,3}(```|~~~)")
FRONT_MATTER = re.compile(
    r"\A(?:---[ \t]*\n(.*?\n)(?:---|\.\.\.)|\+\+\+[ \t]*\n(.*?\n)\+\+\+)[ \t]*(?:\n|\Z)", re.DOTALL
)
FRONT_TITLE = re.compile(r"^title[ \t]*[:=](.*)$", re.MULTILINE)
UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
PROSE = re.compile(r" {0,3}[^\s#>|*+\-=`~\d<]")
"""A line that may be a heading if it is underlined: it begins neither a list nor a table nor a quote."""
TABLE_ROW = re.compile(r" {0,3}\|.*\|[ \t]*$")
UNDER_HEAD = re.compile(r" {0,3}\|[ \t:|-]+\|[ \t]*$")


def read(body: bytes) -> Extraction:
    decoded = decode(body)
    text = decoded.text.replace("\r\n", "\n")
    title = ""
    if front := FRONT_MATTER.match(text):
        named = FRONT_TITLE.search(front[1] or front[2])
        title = named[1].strip().strip("\"'") if named else ""
        text = _headed(text[front.end() :], title)
    found = join_pieces(pieces_below([], text), title=title, guessed=decoded.guessed)
    return replace(found, title=found.title or next((part.section for part in found.parts if part.section), ""))


def _headed(text: str, title: str) -> str:
    """A page shows its title above its text, so it is found by the words of it; one without a text is empty still."""
    text = text.lstrip("\n")
    _, first = _heading(text.partition("\n")[0])
    if not title or not text.strip() or first.lower() == title.lower():
        return text
    return f"# {title}\n\n{text}"


def _heading(line: str) -> tuple[int, str]:
    """Its depth and its name, which marks behind a blank close; the name is empty where the line is none."""
    if not (found := HEADING.match(line)):
        return 0, ""
    name = _without_anchor(found[2].strip())
    bare = name.rstrip("#")
    return len(found[1]), name if bare and not bare[-1].isspace() else bare.rstrip()


def _without_anchor(name: str) -> str:
    before, mark, anchor = name.rpartition("{#")
    return before.rstrip() if mark and anchor.endswith("}") and " " not in anchor else name


def _any_heading(line: str, below: str) -> tuple[int, str]:
    """The same of a line with nothing above it, which may be underlined instead."""
    underlined = UNDERLINE.match(below) if PROSE.match(line) else None
    return (1 if underlined[1][0] == "=" else 2, _without_anchor(line.strip())) if underlined else _heading(line)


def pieces_below(path: list[tuple[int, str]], text: str) -> Iterator[TextPiece]:
    """A piece for what stands below each heading, the heading with it; a table is a piece of its own.

    `path` is changed: the headings that stand above the text, each with its depth, then those above what follows it.
    """
    lines: list[str] = []
    form, fence, above_line = "text", "", ""
    for line, below in pairwise([*text.split("\n"), ""]):
        if marker := FENCE.match(line):
            fence = "" if fence == marker[1] else fence or marker[1]
        depth, name = (0, "") if fence else _heading(line) if above_line.strip() else _any_heading(line, below)
        above_line = line
        found = "table" if not fence and TABLE_ROW.match(line) else "text"
        if name or found != form:
            yield from _piece(lines, section=section_of(path), form=form)
            lines, form = [], found
        if name:
            above = ((level, heading) for level, heading in path if level < depth)
            path[:] = [*above, (depth, name[:MAX_SECTION_CHARS])]
        lines.append(line)
    yield from _piece(lines, section=section_of(path), form=form)


def _piece(lines: list[str], *, section: str, form: str) -> Iterator[TextPiece]:
    """A table in pieces, each below its head and the line under that."""
    if form == "text":
        yield TextPiece("\n".join(lines), section=section)
        return
    depth = 2 if len(lines) > 1 and UNDER_HEAD.match(lines[1]) else 1
    for piece in pieces_of(lines[:depth], lines[depth:]):
        yield TextPiece(piece, section=section, form=form)


def section_of(path: list[tuple[int, str]]) -> str:
    return " › ".join(name for _, name in path)
