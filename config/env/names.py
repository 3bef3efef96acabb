"""Names that are almost those of ours: what somebody set and nothing reads.

An environment holds many variables of others, so a name is told only where it begins as ours does and differs by one
slip (two, if it is long), or has a `LARDER_` too many, and where the variable that it resembles is not set itself.

See docs/decisions/0139.
"""

from collections.abc import Iterable, Mapping
from typing import Any

PREFIX = "LARDER_"
SHORTEST = 6  # a slip in a shorter name may be any word
LONG = 12  # from here on two slips are still a likeness
FOREIGN = frozenset({"LOGLEVEL"})  # of many programs, and close to ours


def misspelt(environment: Mapping[str, str], *, known: Iterable[str], others: Iterable[str] = ()) -> dict[str, str]:
    """The names that look like a known one, each with it; `others` are read by somebody else."""
    known = sorted(known)
    settled = {*known, *others, *FOREIGN}
    missing = [name for name in known if name not in environment]
    found = {
        name: next((each for each in missing if _resembles(name.upper(), each)), None)
        for name, value in environment.items()
        if name not in settled and not is_kubernetes_link(name, value)
    }
    return {name: meant for name, meant in found.items() if meant}


def is_kubernetes_link(name: str, value: Any) -> bool:
    """`EMAIL_PORT=tcp://10.0.0.1:25`, which Kubernetes sets for a service called `email`."""
    return name.endswith("_PORT") and isinstance(value, str) and value.startswith(("tcp://", "udp://", "sctp://"))


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


def _resembles(name: str, ours: str) -> bool:
    if name == PREFIX + ours:
        return True
    most = 2 if len(ours) >= LONG else 1
    is_close = len(ours) >= SHORTEST and name[:1] == ours[0] and abs(len(name) - len(ours)) <= most
    return is_close and edits(name, ours) <= most
