"""Records of a catalogue in plain sentences, read as triples: `Product Widget A (sku_001) costs 29.99`.

The grammar is that of turns. What only a person would say (I, hearsay, "I think") is no record; neither is an order.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from memory.extraction.diff import SELF, Diff, FactRow, KnownEntity, Modality, Move, TurnText
from memory.extraction.rules.reading import read_by_rules
from memory.vocabulary.folding import fold_name

SURE = 0.7


def read_triples_text(text: str, *, spoken_at: datetime, known: Sequence[KnownEntity] = ()) -> Diff:
    """What a caller's text with `infer=triples` says, all of it sure; nothing read: a diff without facts."""
    told = read_by_rules(TurnText(text=text, role="tool", spoken_at=spoken_at, known=known))
    facts = [replace(fact, confidence=1.0) for fact in told.facts if _is_sure(fact)]
    named = {fold_name(name) for fact in facts for name in (fact.entity, fact.target) if name}
    entities = [row for row in told.entities if fold_name(row.name) in named]
    return Diff(entities=entities, facts=facts, unread=told.unread)


def _is_sure(fact: FactRow) -> bool:
    stated = fact.modality is Modality.STATED and fact.move in (Move.STATE, Move.ADD)
    return stated and fact.confidence >= SURE and SELF not in (fact.entity, fact.target)
