"""Reranking: a model that reads the question and each text together puts the best hits in a better order.

A kind of server is a file each in `kinds/`, called as the prefix of its models' full names: `tei:bge-reranker-base` is
asked as `kinds/tei.py` says. Importing this imports no kind and no library: whoever reads the settings asks here which
kinds there are.

1. `reordering.ask` searches for more hits than are asked for, and has the first of them scored.
2. `reranker` is the server of the settings: `guarded` leaves it alone after failures, `remote` speaks to it and checks
   what it answers.
3. Without scores in time the hits stay as they were found, and the answer says why. Nothing here refuses a query.

See docs/decisions/0291.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.registry import Registry, nearest

Scored = tuple[Any, Any]
"""The index of a text and its score, as the server says them: unchecked."""


@dataclass(frozen=True, kw_only=True)
class RerankerKind:
    """How a kind of server is asked. `url` is where the service itself answers; "": whoever runs one says where.

    `body` takes the model's name, the question and the texts. `read` gives a score for each text out of the JSON, or
    raises LookupError or TypeError. At most `most_texts` go into one call.
    """

    name: str
    path: str
    body: Callable[[str, str, Sequence[str]], dict[str, Any]]
    read: Callable[[Any], Iterable[Scored]]
    url: str = ""
    most_texts: int = 1_000


KINDS: Registry[RerankerKind] = Registry("knowledge.reranking.kinds", "KIND", noun="kind of reranker")


def misnamed(full_name: str) -> str:
    """What is wrong with the full name of a model, as a sentence without its subject; "" for nothing."""
    kind, colon, model = full_name.partition(":")
    if kind not in KINDS:
        near = nearest(kind, KINDS.names)
        meant = f" Did you mean {near}?" if near else ""
        there_are = ", ".join(KINDS.names)
        return f"begins with no kind of reranker that there is ({there_are}).{meant} Write it like tei:<model>."
    return "" if colon and model.strip() else f"names no model of {kind}. Write it like {kind}:<model>."
