"""How the parts of a workbook name one another."""

import posixpath
from collections.abc import Iterator, Mapping
from zipfile import ZipFile

from ingestion.extract.readers.office.packages import parse_part

WORKBOOK, STYLES = "xl/workbook.xml", "xl/styles.xml"
ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheet_paths(archive: ZipFile, names: frozenset[str]) -> Mapping[str, str]:
    """The part of each sheet, by the sheet's name."""
    if WORKBOOK not in names:
        return {}
    paths = {path_id: path for path_id, _, path in related(archive, WORKBOOK, names)}
    named = ((sheet.get(ID), sheet.get("name", "")) for sheet in parse_part(archive, WORKBOOK).iter("{*}sheet"))
    return {name: paths[path_id] for path_id, name in named if path_id in paths}


def related(archive: ZipFile, name: str, names: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """Id, kind and path of each part that this one names."""
    folder, file = posixpath.split(name)
    if (told := f"{folder}/_rels/{file}.rels") in names:
        for relation in parse_part(archive, told).iter("{*}Relationship"):
            target = relation.get("Target", "")
            path = target[1:] if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            if path in names:
                yield relation.get("Id", ""), posixpath.basename(relation.get("Type", "")), path
