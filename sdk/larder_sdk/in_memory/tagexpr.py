"""Tag expressions as the server reads them, for the in-memory client."""

from __future__ import annotations

import re
from collections.abc import Collection

_TOKEN = re.compile(r"[a-z0-9][a-z0-9_\-:]*")


def parse(expression: str) -> list[set[str]]:
    """`a+b|c` as [{a, b}, {c}]: a document matches with all tags of any one set. Blank means no sets, no filter.

    Raises ValueError with the position, from 0, of what is neither a token, `+` nor `|`.
    """
    if not expression.strip():
        return []
    alternatives: list[set[str]] = []
    at = 0
    for part in expression.split("|"):
        tags = set()
        for term in part.split("+"):
            if not _TOKEN.fullmatch(term.strip()):
                raise ValueError(f"expected a tag at position {at}, not {term!r}")
            tags.add(term.strip())
            at += len(term) + 1
        alternatives.append(tags)
    return alternatives


def matches(alternatives: list[set[str]], tags: Collection[str]) -> bool:
    return not alternatives or any(wanted <= set(tags) for wanted in alternatives)
