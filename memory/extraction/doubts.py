"""Whether what the fast model read should be read again by the strong one."""

import re
from collections import defaultdict

from memory.extraction.diff import Diff, FactRow, Modality, Move
from memory.vocabulary.folding import fold_name, fold_value
from memory.vocabulary.keys import known_key

_NAMED = re.compile(
    r"(?<![.!?:\n] )(?<!^)(?<!\n)\b[A-ZÀ-ÖØ-ÞĀŁŚŽŠČА-ЯΑ-Ω][\w'’-]+(?: [A-ZÀ-ÖØ-ÞĀŁŚŽŠČА-ЯΑ-Ω][\w'’-]+)*"
)
DOUBTFUL = ("contradiction", "reference")


def has_doubts(diff: Diff, *, text: str, floor: float) -> bool:
    """A single-valued key below the floor or with two values, a doubt that the model has itself, or nothing found in a
    turn that names two or more."""
    return (
        any(row.kind in DOUBTFUL for row in diff.uncertainties)
        or any(_misses(fact, floor) for fact in diff.facts)
        or _contradicts(diff)
        or (not (diff.facts or diff.instructions) and len(set(_NAMED.findall(text))) >= 2)
    )


def _misses(fact: FactRow, floor: float) -> bool:
    """What is hedged or reported is below it by right."""
    plain = fact.modality in (Modality.STATED, Modality.FUTURE)
    return plain and fact.confidence < floor and known_key(fact.key).single


def _contradicts(diff: Diff) -> bool:
    values: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in diff.facts:
        if known_key(fact.key).single and fact.move is Move.STATE and fact.modality is Modality.STATED:
            values[fold_name(fact.entity), fact.key].add(fold_name(fact.target) or fold_value(fact.value))
    return any(len(each) > 1 for each in values.values())
