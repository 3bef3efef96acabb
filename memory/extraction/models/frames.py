"""Where in a turn a model's row comes from, and what rules saw there: a model may only say what they could not read.

A row belongs to the clause that has its quote, else its value. A clause that rules have read gives nothing more; one
that they took for a question or a joke gives nothing at all, whatever a model makes of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from memory.extraction.diff import Diff, Modality, Move
from memory.extraction.models.ground import says
from memory.extraction.models.prompt import quiet
from memory.vocabulary.folding import fold_token, fold_value

NOTHING = frozenset(
    {"quoted", "question", "condition", "background", "joke", "sarcasm", "negation", "retraction", "small talk"}
)
HEARSAY = "hearsay"
MOVES = {"correction": Move.CORRECT, "end": Move.END}
SILENT = frozenset("negated negative question condition conditional hypothetical joke sarcasm quoted".split())  # noqa: SIM905
"""Modalities of a model that claim nothing."""


@dataclass(frozen=True, kw_only=True)
class OpenClause:
    """`text` as it stands in the turn; `frame` is "" where rules did not tell."""

    text: str
    frame: str = ""

    @cached_property
    def folded(self) -> str:
        return fold_value(quiet(self.text))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(fold_token(self.folded).split("_"))

    @property
    def says_something(self) -> bool:
        return self.frame not in NOTHING and not (not self.frame and self.text.rstrip(" \"'”)").endswith(("?", "？")))


def open_clauses(rules: Diff, *, text: str) -> list[OpenClause]:
    """What rules left to read; the whole turn where they name no clause."""
    frames = {fold_value(clause.text): clause.frame for clause in rules.clauses}
    found = [OpenClause(text=clause, frame=frames.get(fold_value(clause), "")) for clause in rules.unread]
    return found or [OpenClause(text=text)]


def clause_of(clauses: Sequence[OpenClause], *, quote: str, words: Iterable[str]) -> OpenClause | None:
    """The clause that a row comes from; None: rules read it, or nobody said it."""
    for folded in dict.fromkeys(fold_value(quiet(phrase)) for phrase in (quote, *words)):
        for clause in clauses:
            if says(clause.folded, folded):
                return clause
    return None


def modality_of(claimed: str, frame: str) -> Modality | None:
    """None: it is not claimed to be so."""
    claimed = fold_value(claimed)
    if claimed in SILENT:
        return None
    if frame == HEARSAY or claimed == Modality.REPORTED:
        return Modality.REPORTED
    if frame == Modality.HEDGED or claimed == Modality.HEDGED:
        return Modality.HEDGED
    return Modality.FUTURE if frame == "future" or claimed == Modality.FUTURE else Modality.STATED


def move_of(claimed: str, frame: str) -> Move:
    return Move.END if fold_value(claimed) == "ended" else MOVES.get(frame, Move.STATE)
