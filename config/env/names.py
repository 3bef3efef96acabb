"""Names that are almost those of ours: what somebody set and nothing reads.

An environment holds many variables of others, so a name is told only where it begins as ours does and differs by one
slip (two, if it is long), or has a `LARDER_` too many, and where the variable that it resembles is not set itself.

See docs/decisions/0139.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from core.slips import edits

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


def _resembles(name: str, ours: str) -> bool:
    if name == PREFIX + ours:
        return True
    most = 2 if len(ours) >= LONG else 1
    is_close = len(ours) >= SHORTEST and name[:1] == ours[0] and abs(len(name) - len(ours)) <= most
    return is_close and edits(name, ours) <= most
