"""Numbers about reading, for whoever watches: kept by `core.counters`, shown by `/metrics`."""

from collections.abc import Iterator, Mapping

from core.counters import Counters
from memory.extraction.reading import TurnReading

counters = Counters("larder:memory:extraction")
KINDS = {"turns": 2, "calls": 2, "tokens": 2}
"""How many labels the counts of each kind have."""


def count_call(model: str, outcome: str) -> None:
    """`outcome`: read, invalid, unavailable, refused, busy or failed."""
    counters.add({f"calls|{_label(model)}|{outcome}": 1})


def count_reading(reading: TurnReading) -> None:
    """Told to all processes at once: the next turn may be hours away."""
    counts = {f"turns|{reading.stage}|{reading.outcome}": 1}
    for use in reading.usage:
        for direction, tokens in (("in", use.tokens_in), ("out", use.tokens_out)):
            name = f"tokens|{_label(use.model)}|{direction}"
            counts[name] = counts.get(name, 0) + tokens
    counters.add(counts)
    counters.flush()


def read_counts() -> dict[str, dict[tuple[str, ...], int]]:
    """By kind and labels: (stage, outcome) of turns, (model, outcome) of calls, (model, in or out) of tokens."""
    found: dict[str, dict[tuple[str, ...], int]] = {kind: {} for kind in KINDS}
    for kind, labels, count in _split(counters.read()):
        found[kind][labels] = count
    return found


def _split(counts: Mapping[str, int]) -> Iterator[tuple[str, tuple[str, ...], int]]:
    for name, count in sorted(counts.items()):
        kind, *labels = name.split("|")
        if len(labels) == KINDS.get(kind):
            yield kind, tuple(labels), count


def _label(model: str) -> str:
    return model.replace("|", "_")
