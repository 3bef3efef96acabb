"""The places that a caller is let to, as patterns: `org/acme` is one place, `org/acme/*` with all below it."""

from collections.abc import Iterable
from dataclasses import dataclass

from memory.scopes.paths import EVERYTHING, ROOT, Clauses


@dataclass(frozen=True)
class Region:
    """Every one of the layers must let a place in; within a layer any pattern does. Without layers it is everything.

    A key's own grants, its principal's, those of whom it acts for and a lens are a layer each, so that none of them
    widens another.
    """

    layers: tuple[frozenset[str], ...] = ()

    @property
    def is_everything(self) -> bool:
        return all(EVERYTHING in layer for layer in self.layers)

    @property
    def is_nothing(self) -> bool:
        return any(not layer for layer in self.layers)

    def narrowed(self, patterns: Iterable[str]) -> "Region":
        return Region((*self.layers, frozenset(patterns)))

    def sees(self, path: str) -> bool:
        """Whether a reader is shown what lies at this place: their own places, those above, and below of `/*`."""
        return all(
            any(_is_above(path, of=pattern) or covers(pattern, path) for pattern in layer) for layer in self.layers
        )

    def contains(self, path: str) -> bool:
        """Whether a writer may write there, or erase: their own places, and below of `/*`."""
        return all(any(covers(pattern, path) for pattern in layer) for layer in self.layers)

    def contains_pattern(self, pattern: str) -> bool:
        """Whether all that a pattern stands for lies inside."""
        return all(any(_covers_pattern(each, pattern) for each in layer) for layer in self.layers)

    def places(self) -> set[str] | None:
        """All that it shows, where a layer names places only; None where it is without end."""
        ends = [layer for layer in self.layers if not any(pattern.endswith(EVERYTHING) for pattern in layer)]
        if not ends:
            return None
        return {place for path in min(ends, key=len) for place in _up_from(path) if self.sees(place)}

    def under(self, lens: Clauses) -> list["Region"]:
        """What is left of it for each alternative of a lens. A lens with a place outside has none."""
        if not lens:
            return [self]
        return [self.narrowed(clause) for clause in lens if all(self.sees(base_of(pattern)) for pattern in clause)]

    def bases(self) -> list[str]:
        """The topmost places inside, which is where what names no scope is written."""
        found = {base_of(pattern) for pattern in self.patterns()}
        return sorted(path for path in found if not any(_is_above(other, of=path) for other in found - {path}))

    def patterns(self) -> set[str]:
        """What stands for all that lies inside, as one layer."""
        first, *others = self.layers or (frozenset({EVERYTHING}),)
        common = set(first)
        for layer in others:
            common = {
                narrower
                for ours in common
                for theirs in layer
                for narrower in (ours, theirs)
                if _covers_pattern(ours, narrower) and _covers_pattern(theirs, narrower)
            }
        return common


def base_of(pattern: str) -> str:
    """The place that a pattern begins at."""
    return ROOT if pattern == EVERYTHING else pattern.removesuffix("/*")


def covers(pattern: str, path: str) -> bool:
    """Whether a pattern stands for this place."""
    if pattern == EVERYTHING:
        return True
    base = base_of(pattern)
    return path == base or (pattern != base and path.startswith(f"{base}/"))


def _up_from(path: str) -> list[str]:
    """The place, those above it and the root."""
    segments = path.split("/")
    return ["/".join(segments[:count]) for count in range(len(segments) + 1)]


def _is_above(path: str, *, of: str) -> bool:
    """Whether a place is the pattern's own, or one that it lies below."""
    base = base_of(of)
    return path in (ROOT, base) or base.startswith(f"{path}/")


def _covers_pattern(outer: str, inner: str) -> bool:
    base = base_of(inner)
    return covers(outer, base) and (inner == base or outer != base_of(outer))
