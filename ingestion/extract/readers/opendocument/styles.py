"""What styles of an OpenDocument file say of its text: what is hidden, what is a title, how lists count."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ingestion.extract.readers.numerals import decimal, letters, roman
from ingestion.extract.readers.opendocument.names import FAMILY, NAME, OFFICE, PARENT, SHOW, STYLE, TABLE, TEXT
from ingestion.extract.readers.opendocument.packages import Package

COUNTED: Mapping[str, Callable[[int], str]] = {
    "1": decimal,
    "a": letters,
    "A": lambda number: letters(number).upper(),
    "i": roman,
    "I": lambda number: roman(number).upper(),
}
POINT = "- "
MOST_PARENTS, MOST_LEVELS, MOST_START = 10, 10, 1_000_000
TITLES = ("Title",)
HELD = (f"{OFFICE}styles", f"{OFFICE}automatic-styles")
NUMBERED = (f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style")


class Styles:
    """Of one file, its own and those that it names."""

    def __init__(self, package: Package) -> None:
        self._parents: dict[tuple[str, str], str] = {}
        self._hidden: set[tuple[str, str]] = set()
        self._lists: dict[str, dict[int, Any]] = {}
        for root in (package.styles, package.content):
            self._learn(root)
        outline = package.styles.find(f".//{TEXT}outline-style")
        self._lists[""] = {} if outline is None else _levels(outline)

    def hides(self, family: str, name: str | None) -> bool:
        return any((family, each) in self._hidden for each in self._line(family, name))

    def is_title(self, name: str | None) -> bool:
        return any(each in TITLES for each in self._line("paragraph", name))

    def numbering(self, name: str | None) -> "Numbering":
        """Of lists of this style; of headings for "", the outline."""
        return Numbering({} if name is None else self._lists.get(name, {}))

    def _learn(self, root: Any) -> None:
        styles = [style for held in root.iterchildren(*HELD) for style in held.iterchildren()]
        for style in styles:
            if style.tag == f"{TEXT}list-style":
                self._lists[style.get(NAME) or ""] = _levels(style)
            if style.tag != f"{STYLE}style":
                continue
            key = (style.get(FAMILY) or "", style.get(NAME) or "")
            self._parents[key] = style.get(PARENT) or ""
            if any(map(_hides, style)):
                self._hidden.add(key)

    def _line(self, family: str, name: str | None) -> Iterator[str]:
        for _ in range(MOST_PARENTS):
            if not name:
                return
            yield name
            name = self._parents.get((family, name))


class Numbering:
    """Counts the points of one list, level by level."""

    def __init__(self, levels: Mapping[int, Any]) -> None:
        self._levels = levels
        self._counts: dict[int, int] = {}

    def next_mark(self, level: int, start: str | None = None) -> str:
        """Of one more point, with the blank behind it; `start` is a number that it is given itself."""
        style = self._levels.get(level)
        for deeper in [each for each in self._counts if each > level]:
            del self._counts[deeper]
        if style is None or (
            style.tag != f"{TEXT}list-level-style-number" and style.tag != f"{TEXT}outline-level-style"
        ):
            return POINT if style is not None else ""
        self._counts[level] = _number(start) or self._counts.get(level, _first(style) - 1) + 1
        shown = [self._shown(each) for each in range(max(level - _depth(style) + 1, 1), level + 1)]
        number = ".".join(filter(None, shown))
        return f"{style.get(f'{STYLE}num-prefix') or ''}{number}{style.get(f'{STYLE}num-suffix') or ''} ".lstrip()

    def _shown(self, level: int) -> str:
        style = self._levels.get(level)
        if style is None or not (count := COUNTED.get(style.get(f"{STYLE}num-format") or "")):
            return ""
        return count(self._counts.get(level, _first(style)))


def _levels(style: Any) -> dict[int, Any]:
    told = ((_number(level.get(f"{TEXT}level")), level) for level in style)
    return {number: level for number, level in told if 0 < number <= MOST_LEVELS}


def _depth(style: Any) -> int:
    return min(_number(style.get(f"{TEXT}display-levels")) or 1, MOST_LEVELS)


def _first(style: Any) -> int:
    told = style.get(f"{TEXT}start-value")
    return 1 if told is None else _number(told)


def _number(told: str | None) -> int:
    return min(int(told), MOST_START) if told and told.isdecimal() and len(told) < 10 else 0


def _hides(properties: Any) -> bool:
    return bool(
        properties.get(f"{TEXT}display") == "none"
        or properties.get(f"{TABLE}display") == "false"
        or properties.get(f"{SHOW}visibility") == "hidden"
    )
