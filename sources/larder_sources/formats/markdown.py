"""Markdown and plain text with front matter, as folders and repositories hold them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import yaml

from larder_sources.changes import ItemUnreadable, Values
from larder_sources.documents import as_json

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#{1,2}[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""That of C is there where the library was built with it, and takes a tenth of the time."""
MOST_FRONT = 1_000_000
"""Values and signs of a front matter, each as often as aliases repeat it: a few lines can stand for millions."""
DEEPEST_FRONT = 100
FILES = ("**/*.md", "**/*.markdown", "**/*.txt")
NAMES = frozenset({"path", "name", "stem", "folder", "front", "tags"})
"""What templates read of a file beside the names of all kinds."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A file's text without its front matter."""

    front: Mapping[str, Any]
    body: str


def read_page(path: str, data: bytes) -> Values:
    """The values of a file, which is UTF-8. Raises ItemUnreadable."""
    page = split_front_matter(decode(data))
    place = PurePosixPath(path)
    title = str(page.front.get("title") or "") or _heading(page.body) or place.stem
    return {
        "path": path,
        "name": place.name,
        "stem": place.stem,
        "folder": "" if str(place.parent) == "." else str(place.parent),
        "front": page.front,
        "title": title,
        "content": page.body if title in page.body else f"{title}\n\n{page.body}",
        "tags": _tags(page.front.get("tags")),
        "metadata": {**{key: each for key, each in page.front.items() if key != "tags"}, "title": title, "path": path},
    }


def decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ItemUnreadable(f"it is no UTF-8 text (byte {error.start + 1})") from error


def split_front_matter(text: str) -> Page:
    """Raises ItemUnreadable where it is no YAML."""
    found = FRONT_MATTER.match(text)
    if not found:
        return Page(front={}, body=text)
    try:
        front = yaml.load(found[1], Loader=LOADER)  # noqa: S506 - a safe one
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = mark.line + 2 if (mark := getattr(error, "problem_mark", None)) else 1
        raise ItemUnreadable(f"its front matter is no YAML (line {line})") from error
    if not isinstance(front, dict):  # a text between two rules
        return Page(front={}, body=text)
    if not _is_bounded(front):
        raise ItemUnreadable("its front matter is too large or too deep, or stands within itself")
    return Page(front=as_json(front), body=text[found.end() :].lstrip("\r\n"))


def _is_bounded(front: Any) -> bool:
    values, weight = [(front, 0)], 0
    while values:
        value, depth = values.pop()
        weight += 1 + (len(value) if isinstance(value, str) else 0)
        if weight > MOST_FRONT or depth > DEEPEST_FRONT:
            return False
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        values += [(part, depth + 1) for part in parts] if isinstance(parts, list | tuple | set) else []
    return True


def _heading(body: str) -> str:
    found = HEADING.search(body)
    return found[1] if found else ""


def _tags(given: Any) -> list[str]:
    if isinstance(given, str):
        return given.split(",")
    return [str(each) for each in given] if isinstance(given, list) else []
