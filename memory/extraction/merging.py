"""What rules are sure of, and what a model adds to it. Where both speak of one thing, rules are right."""

from collections.abc import Iterable
from dataclasses import replace

from memory.extraction.diff import SELF, Diff, EntityRow, FactRow
from memory.vocabulary.folding import fold_name, fold_value
from memory.vocabulary.keys import known_key

SURE = 0.7
"""From this confidence on a row of the rules needs nobody to confirm it."""

Slot = tuple[str, str]


def is_sure(fact: FactRow) -> bool:
    """What is reported or hedged is less believed, and read as surely."""
    return fact.confidence >= SURE or fact.modality in ("reported", "hedged")


def sure_part(rules: Diff) -> Diff:
    return replace(rules, facts=tuple(fact for fact in rules.facts if is_sure(fact)))


def merged(rules: Diff, model: Diff) -> Diff:
    """Rows of the rules first; nothing is left unread."""
    sure = sure_part(rules)
    topics = {row.topic for row in sure.instructions}
    return replace(
        sure,
        entities=tuple(_entities([*sure.entities, *model.entities])),
        facts=(*sure.facts, *_further(model.facts, sure.facts)),
        instructions=(*sure.instructions, *(row for row in model.instructions if row.topic not in topics)),
        uncertainties=(*sure.uncertainties, *model.uncertainties),
        unread=(),
    )


def _further(added: Iterable[FactRow], sure: Iterable[FactRow]) -> list[FactRow]:
    """Neither what is said already, nor another value for a key that holds one."""
    said = {_statement(fact) for fact in sure}
    taken = {_place(fact) for fact in sure if known_key(fact.key).single}
    found: dict[tuple[Slot, str], FactRow] = {}
    for fact in added:
        if _statement(fact) not in said and _place(fact) not in taken:
            found.setdefault(_statement(fact), fact)
    return list(found.values())


def _entities(rows: Iterable[EntityRow]) -> list[EntityRow]:
    """The first of each name, with a type that a later one knows."""
    found: dict[str, EntityRow] = {}
    for row in rows:
        name = row.name if row.name == SELF else fold_name(row.name)
        first = found.setdefault(name, row)
        if first.type == "other" and row.type != "other":
            found[name] = replace(first, type=row.type)
    return list(found.values())


def _place(fact: FactRow) -> Slot:
    return fold_name(fact.entity), fact.key


def _statement(fact: FactRow) -> tuple[Slot, str]:
    return _place(fact), fold_name(fact.target) if fact.target else fold_value(fact.value)
