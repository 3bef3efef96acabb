"""What stands on a sheet, but in none of its cells: remarks on cells, and boxes of text."""

from collections.abc import Iterator, Mapping
from zipfile import ZipFile

from lxml import etree

from ingestion.extract.readers.office.packages import parse_part
from ingestion.extract.readers.office.workbook_parts import related

BEARERS = ("xl/comments", "xl/threadedComments", "xl/drawings/drawing")


def remarks_of(archive: ZipFile, paths: Mapping[str, str], names: frozenset[str]) -> Mapping[str, list[str]]:
    """Lines, by the name of their sheet; a remark begins with its cell."""
    if not any(name.startswith(BEARERS) or "/comments" in name for name in names):
        return {}
    return {name: list(_lines(archive, path, names)) for name, path in paths.items()}


def _lines(archive: ZipFile, sheet: str, names: frozenset[str]) -> Iterator[str]:
    """A thread of remarks is kept a second time as one remark, with words about the program in front."""
    found = {kind: parse_part(archive, path) for _, kind, path in related(archive, sheet, names) if kind in READ}
    threaded = {remark.get("ref") for remark in found["threadedComment"]} if "threadedComment" in found else set()
    for kind in filter(found.__contains__, READ):
        for cell, text in READ[kind](found[kind]):
            if text.strip() and not (kind == "comments" and cell in threaded):
                yield f"{cell}: {text}" if cell else text


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
