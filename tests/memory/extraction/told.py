"""What the rules make of an utterance, as short lines that a table can hold."""

from datetime import UTC, datetime

from memory.extraction.diff import SELF, Diff, FactRow, KnownEntity, Modality, Move, TurnText
from memory.extraction.rules import read_by_rules

WEDNESDAY = datetime(2026, 3, 18, 10, tzinfo=UTC)


def read(
    text: str, *, role: str = "user", known: tuple[KnownEntity, ...] = (), spoken_at: datetime = WEDNESDAY
) -> Diff:
    return read_by_rules(TurnText(text=text, role=role, spoken_at=spoken_at, known=known))


def line_of(fact: FactRow) -> str:
    """`me works_at Hooli`, with an end and a reporter where there is one."""
    who = "me" if fact.entity == SELF else fact.entity
    value = fact.value or ("me" if fact.target == SELF else fact.target)
    marks = {Move.END: " ended", Move.CORRECT: " corrected", Move.FORGET: " forgotten"}.get(fact.move, "")
    if fact.modality is not Modality.STATED:
        marks += f" {fact.modality.value}"
    return f"{who} {fact.key} {value}".strip() + marks


def told(text: str) -> list[str]:
    return [line_of(fact) for fact in read(text).facts]
