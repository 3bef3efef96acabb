"""What stands on a sheet, but in none of its cells: remarks on cells, and boxes of text."""

import posixpath
from collections.abc import Iterator, Mapping
from zipfile import ZipFile

from lxml import etree

from ingestion.extract.readers.office.packages import parse_part

WORKBOOK = "xl/workbook.xml"
BEARERS = ("xl/comments", "xl/threadedComments", "xl/drawings/drawing")
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def remarks_of(archive: ZipFile) -> Mapping[str, list[str]]:
    """Lines, by the name of their sheet; a remark begins with its cell."""
    names = frozenset(archive.namelist())
    if WORKBOOK not in names or not any(name.startswith(BEARERS) or "/comments" in name for name in names):
        return {}
    sheets = {path: path_id for path_id, _, path in _related(archive, WORKBOOK, names)}
    named = {sheet.get(ID): sheet.get("name", "") for sheet in parse_part(archive, WORKBOOK).iter("{*}sheet")}
    return {named[path_id]: list(_lines(archive, path, names)) for path, path_id in sheets.items() if path_id in named}


def _lines(archive: ZipFile, sheet: str, names: frozenset[str]) -> Iterator[str]:
    """A thread of remarks is kept a second time as one remark, with words about the program in front."""
    found = {kind: parse_part(archive, path) for _, kind, path in _related(archive, sheet, names) if kind in READ}
    threaded = {remark.get("ref") for remark in found["threadedComment"]} if "threadedComment" in found else set()
    for kind in filter(found.__contains__, READ):
        for cell, text in READ[kind](found[kind]):
            if text.strip() and not (kind == "comments" and cell in threaded):
                yield f"{cell}: {text}" if cell else text


def _related(archive: ZipFile, name: str, names: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Id, kind and path of each part that this one names."""
    folder, file = posixpath.split(name)
    if (told := f"{folder}/_rels/{file}.rels") in names:
        for relation in parse_part(archive, told).iter("{*}Relationship"):
            target = relation.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            if path in names:
                yield relation.get("Id", ""), posixpath.basename(relation.get("Type", "")), path


def _remarks(part: etree._Element) -> Iterator[tuple[str, str]]:
    for remark in part.iter("{*}comment"):
        yield remark.get("ref", ""), "".join(text.text or "" for text in remark.iter("{*}t"))


def _threads(part: etree._Element) -> Iterator[tuple[str, str]]:
    for remark in part.iter("{*}threadedComment"):
        yield remark.get("ref", ""), remark.findtext("{*}text") or ""


def _boxes(part: etree._Element) -> Iterator[tuple[str, str]]:
    for box in part.iter("{*}txBody"):
        yield "", "\n".join("".join(text.text or "" for text in line.iter("{*}t")) for line in box.iter("{*}p"))


READ = {"comments": _remarks, "threadedComment": _threads, "drawing": _boxes}
