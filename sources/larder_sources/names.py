"""Names that nobody knows, told with the nearest one that is known."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches


def unknown_name(name: str, known: Collection[str], *, what: str) -> str:
    """`there is no option 'taggs'; did you mean 'tags'?`"""
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known)) or 'none'}"
    return f"there is no {what} {name!r}; {hint}"
