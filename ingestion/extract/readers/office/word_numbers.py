"""The numbers of Word's numbered paragraphs, which stand in no paragraph: `2.1`, `b)`, `Article IV`.

Points without a number get none. Paragraphs of one definition go on counting, unless a list says where it begins.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.parser import parse_xml

from ingestion.extract.readers.numerals import decimal, letters, roman
from ingestion.extract.readers.office.word_text import PARAGRAPH, VALUE

COUNTED: Mapping[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02d}",
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
}
UNNUMBERED = ("bullet", "none")
PLACE = re.compile(r"%(\d)")
PROPERTIES, NUMBERING, LEVEL_OF, LIST_OF = qn("w:pPr"), qn("w:numPr"), qn("w:ilvl"), qn("w:numId")
STYLE, STYLE_ID, BASE = qn("w:pStyle"), qn("w:styleId"), qn("w:basedOn")
MOST_LEVELS, MOST_BASES, MOST_START = 9, 10, 1_000_000
ListLevel = tuple[str, int]
"""The list that a paragraph is of, and how deep in it, from 0 on."""


@dataclass(frozen=True)
class Level:
    """How one counts: `text` has `%1` for the number of the highest, and so on."""

    form: str
    text: str
    start: int
    style: str


@dataclass
class Definition:
    """Levels by their depth, and how far each has counted."""

    levels: dict[int, Level]
    counts: dict[int, int] = field(default_factory=dict)

    def next_mark(self, depth: int) -> str:
        level = self.levels.get(depth)
        for deeper in [each for each in self.counts if each > depth]:
            del self.counts[deeper]
        if level is None or level.form in UNNUMBERED:
            return ""
        self.counts[depth] = self.counts.get(depth, level.start - 1) + 1
        return PLACE.sub(self._shown, level.text).strip()

    def _shown(self, place: re.Match[str]) -> str:
        depth = int(place[1]) - 1
        level = self.levels.get(depth)
        if level is None:
            return ""
        return COUNTED.get(level.form, decimal)(self.counts.get(depth, level.start))


def number_paragraphs(document: Document) -> None:
    """Each number becomes the beginning of its paragraph's text."""
    part = next((each for each in document.part.rels.values() if each.reltype.endswith("/numbering")), None)
    if part is None or part.is_external:
        return
    numbering = parse_xml(part.target_part.blob)
    lists = Lists(numbering)
    styles = dict(_styles(document, lists))
    for paragraph in document.element.body.iter(PARAGRAPH):
        if (place := _place(paragraph, styles)) and (mark := lists.next_mark(*place)):
            _put_in_front(paragraph, f"{mark} ")


class Lists:
    """Of one document, each of a definition that others may share."""

    def __init__(self, numbering: Any) -> None:
        self._definitions = {
            each.get(qn("w:abstractNumId")): Definition(dict(_levels(each)))
            for each in numbering.iterchildren(qn("w:abstractNum"))
        }
        self._of: dict[str, str] = {}
        self._begins: dict[str, dict[int, int]] = {}
        for each in numbering.iterchildren(qn("w:num")):
            number = each.get(LIST_OF) or ""
            self._of[number] = _value(each, "w:abstractNumId")
            self._begins[number] = {
                _number(override.get(LEVEL_OF)): _number(_value(override, "w:startOverride"))
                for override in each.iterchildren(qn("w:lvlOverride"))
                if override.find(qn("w:startOverride")) is not None
            }

    def next_mark(self, number: str, depth: int) -> str:
        definition = self._definitions.get(self._of.get(number, ""))
        if definition is None:
            return ""
        for level, start in self._begins.pop(number, {}).items():
            definition.counts[level] = start - 1
        return definition.next_mark(depth)

    def depth_of_style(self, number: str, style: str) -> int:
        definition = self._definitions.get(self._of.get(number, ""))
        levels = definition.levels if definition else {}
        return next((depth for depth, level in levels.items() if level.style == style), 0)


def _levels(definition: Any) -> Iterator[tuple[int, Level]]:
    for each in definition.iterchildren(qn("w:lvl")):
        start = each.find(qn("w:start"))
        told = _value(each, "w:numFmt"), _value(each, "w:lvlText"), 1 if start is None else _number(start.get(VALUE))
        yield _number(each.get(LEVEL_OF)), Level(*told, _value(each, "w:pStyle"))


def _styles(document: Document, lists: Lists) -> Iterator[tuple[str, ListLevel]]:
    """Those of numbered paragraphs, by id; one that builds on another is numbered as that is."""
    told: dict[str, Any] = {}
    bases: dict[str, str] = {}
    for style in document.styles.element.iterchildren(qn("w:style")):
        style_id = style.get(STYLE_ID) or ""
        bases[style_id] = _value(style, "w:basedOn")
        found = style.find(f"{PROPERTIES}/{NUMBERING}")
        if found is not None and (number := _value(found, "w:numId")):
            level = found.find(LEVEL_OF)
            depth = lists.depth_of_style(number, style_id) if level is None else _number(level.get(VALUE))
            told[style_id] = (number, depth)
    for style_id in bases:
        at = style_id
        for _ in range(MOST_BASES):
            if at in told:
                yield style_id, told[at]
                break
            at = bases.get(at, "")


def _place(paragraph: Any, styles: Mapping[str, ListLevel]) -> ListLevel | None:
    properties = paragraph.find(PROPERTIES)
    if properties is None:
        return None
    by_style, told = styles.get(_value(properties, "w:pStyle")), properties.find(NUMBERING)
    if told is None:
        return by_style
    number = _value(told, "w:numId") or (by_style[0] if by_style else "")
    level = told.find(LEVEL_OF)
    depth = (by_style[1] if by_style else 0) if level is None else _number(level.get(VALUE))
    return (number, depth) if depth < MOST_LEVELS else None


def _put_in_front(paragraph: Any, mark: str) -> None:
    added = OxmlElement("w:t")
    added.text = mark
    properties = paragraph.find(PROPERTIES)
    if any(True for _ in paragraph.iter(qn("w:t"))):
        properties.addnext(added)


def _value(element: Any, name: str) -> str:
    found = element.find(qn(name))
    return "" if found is None else found.get(VALUE) or ""


def _number(told: str | None) -> int:
    return min(int(told), MOST_START) if told and told.isdecimal() and len(told) < 10 else 0
