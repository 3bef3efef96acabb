"""Text that stands in a page and is not shown: by an attribute, by its style, by the page's own style sheet.

A sheet is read as far as its selectors are plain (`.note`, `p.note`, `#note`, `.box .note`) and hold on any screen;
sheets that a page links to are not fetched.
"""

import re
from collections.abc import Iterator
from typing import Any

MOST_SHEET_CHARS, MOST_RULES = 1_000_000, 5_000
REMARK = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
OTHER_SCREENS = re.compile(r"@(?!media\s*(?:all|screen)\s*\{)[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
SELECTOR = re.compile(r"(?:[\w-]|[.#](?=[\w-]))+(?:\s+(?:[\w-]|[.#](?=[\w-]))+){0,3}")
NAME = re.compile(r"([.#]?)([\w-]+)")
DECLARED = re.compile(r"([\w-]+)\s*:\s*([^;]+)")

NOTHING = r"-?0*\.?0*1?(?:px|em|rem|pt|%)?"
FAR = r"-\s*\d{3,}(?:\.\d+)?(?:px|em|rem|pt|%)?"
HIDES = {
    "display": re.compile(r"none"),
    "visibility": re.compile(r"hidden|collapse"),
    "content-visibility": re.compile(r"hidden"),
    "opacity": re.compile(r"0*\.?0*%?"),
    "font-size": re.compile(NOTHING),
    "font": re.compile(r"0\S*\s.*"),
    "text-indent": re.compile(FAR),
    "left": re.compile(FAR),
    "top": re.compile(FAR),
    "right": re.compile(FAR),
    "margin-left": re.compile(FAR),
    "clip": re.compile(r"rect\(\s*(?:0|1px)\w*(?:[\s,]+(?:0|1px)\w*){3}\s*\)"),
    "clip-path": re.compile(r"inset\(\s*(?:50|100)%\s*\)|circle\(\s*0\w*\s*\)"),
    "transform": re.compile(r"scale\(\s*0\s*\)"),
    "color": re.compile(r"transparent|rgba\([^)]*,\s*0(?:\.0*)?\s*\)|#[0-9a-f]{6}00"),
}
SHOWS = re.compile(r"(?:display\s*:\s*(?!none)|visibility\s*:\s*visible)")
WHITE = {"white": "#ffffff", "#fff": "#ffffff", "rgb(255,255,255)": "#ffffff"}
BLACK = {"black": "#000000", "#000": "#000000", "rgb(0,0,0)": "#000000"}

Simple = tuple[str, str, frozenset[str]]
"""A tag, an id and classes, each of which may be missing."""


def hides_by_style(style: str) -> bool:
    """By one of its declarations, or by a box without room or text in the colour of what it stands on."""
    told = dict(_declarations(style))
    if any(sign.fullmatch(told[name]) for name, sign in HIDES.items() if name in told):
        return True
    if told.get("overflow") in ("hidden", "clip") and any(
        _is_nothing(told.get(way, "")) for way in ("width", "height", "max-height")
    ):
        return True
    ground = told.get("background-color") or told.get("background") or ""
    return bool(ground) and _colour(told.get("color", "")) == _colour(ground)


def _declarations(style: str) -> Iterator[tuple[str, str]]:
    for name, value in DECLARED.findall(style.lower()):
        yield name, value.replace("!important", "").strip()


def _is_nothing(size: str) -> bool:
    return re.fullmatch(NOTHING, size) is not None if size else False


def _colour(name: str) -> str:
    bare = name.replace(" ", "")
    return WHITE.get(bare) or BLACK.get(bare) or bare


class Hiding:
    """Of one page: which of its elements hide what is in them."""

    def __init__(self, page: Any) -> None:
        self._rules: dict[str, list[list[Simple]]] = {}
        for sheet in page.iter("style"):
            self._read("".join(sheet.itertext())[:MOST_SHEET_CHARS])

    def hides(self, element: Any) -> bool:
        if element.get("hidden") is not None or (element.tag == "dialog" and element.get("open") is None):
            return True
        style = element.get("style")
        if style and hides_by_style(style):
            return True
        return bool(self._rules) and not (style and SHOWS.search(style)) and self._is_ruled(element)

    def _read(self, sheet: str) -> None:
        plain = OTHER_SCREENS.sub("", REMARK.sub("", sheet))
        for rule in plain.split("}")[:MOST_RULES]:
            selectors, _, style = rule.rpartition("{")
            hides, shows = hides_by_style(style), SHOWS.search(style)
            for selector in selectors.rpartition("{")[2].split(",") if hides or shows else ():
                if SELECTOR.fullmatch(selector := selector.strip()):
                    self._learn([_simple(each) for each in selector.split()], hides=hides)

    def _learn(self, path: list[Simple], *, hides: bool) -> None:
        """By one name of the element itself; a later rule of the same selector goes before an earlier one."""
        tag, numbered, classes = path[-1]
        known = self._rules.setdefault(numbered or next(iter(sorted(classes)), tag), [])
        if hides:
            known.append(path)
        elif path in known:
            known.remove(path)

    def _is_ruled(self, element: Any) -> bool:
        names = {element.tag, f"#{element.get('id')}", *(f".{each}" for each in (element.get("class") or "").split())}
        return any(_holds(path, element) for name in names & self._rules.keys() for path in self._rules[name])


def _simple(selector: str) -> Simple:
    tag, numbered, classes = "", "", set()
    for sign, name in NAME.findall(selector):
        if sign == ".":
            classes.add(f".{name}")
        elif sign:
            numbered = f"#{name}"
        else:
            tag = name.lower()
    return tag, numbered, frozenset(classes)


def _holds(path: list[Simple], element: Any) -> bool:
    *above, last = path
    if not _is(last, element):
        return False
    for ancestor in element.iterancestors() if above else ():
        if _is(above[-1], ancestor):
            above.pop()
        if not above:
            break
    return not above


def _is(simple: Simple, element: Any) -> bool:
    tag, numbered, classes = simple
    if (tag and tag != element.tag) or (numbered and numbered != f"#{element.get('id')}"):
        return False
    return not classes or classes <= {f".{each}" for each in (element.get("class") or "").split()}
