"""Which paths a configuration means: globs with `*`, `?` and `**`, against a path with slashes."""

from __future__ import annotations

import re
from collections.abc import Sequence


class Globs:
    """Paths that any of `include` fits, and none of `exclude`."""

    def __init__(self, include: Sequence[str], exclude: Sequence[str]) -> None:
        self._include, self._exclude = _any_of(include), _any_of(exclude)

    def fit(self, path: str) -> bool:
        return bool(self._include.fullmatch(path)) and not self._exclude.fullmatch(path)


def _any_of(globs: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_as_pattern, globs)) or r"(?!)", re.DOTALL)


def _as_pattern(glob: str) -> str:
    """`**/` is any number of folders, none as well; `**` at the end is everything below."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", glob)
    known = {"**/": "(?:[^/]*/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(known.get(part) or re.escape(part) for part in parts)
