"""How far a word that somebody typed is from the one that was meant."""

from collections.abc import Iterable

LEAST_CHARS = 6
"""Of a name, for another that is one letter away to be a slip: shorter ones are near too many words."""


def slip(unknown: Iterable[str], missing: Iterable[str]) -> tuple[str, str] | None:
    """The first name that nobody knows and that is nearly one of the missing: `tag`, `topK`, `metdata`; with that."""
    wanted = list(missing)
    for name in unknown:
        for meant in wanted:
            if _bare(name) == _bare(meant) or (len(meant) >= LEAST_CHARS and edits(name[:64], meant) <= 1):
                return name, meant
    return None


def _bare(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").rstrip("s")


def edits(one: str, other: str) -> int:
    """How many letters were left out, put in, exchanged or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b)))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], last[j - 2] + 1)
    return row[-1]
