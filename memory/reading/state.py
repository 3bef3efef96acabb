"""All that is so now, by category, and what could not be decided."""

from collections.abc import Sequence
from typing import Any

from memory.models import Category, Entity, Fact, Instruction, Uncertainty
from memory.reading.shapes import attribute_row, entity_row, instruction_row, relation_row, unknown_row
from memory.reading.time_filter import Reader

MOST = 500


def read_state(reader: Reader) -> dict[str, Any]:
    """At most `MOST` rows a list, the newest; `truncated` says that there are more."""
    facts = list(reader.facts().shown().order_by("-known_from", "-pk")[: 2 * MOST * len(Category.values)])
    entities = _entities(reader, facts)
    bundles = {category: _bundle(category, facts, entities) for category in Category.values}
    lists = {
        "instructions": [instruction_row(each) for each in active_instructions(reader, most=MOST + 1)],
        "unknowns": [unknown_row(each) for each in open_uncertainties(reader, most=MOST + 1)],
    }
    everything = [*lists.values(), *(rows for bundle in bundles.values() for rows in bundle.values())]
    return {
        **{name: {kind: rows[:MOST] for kind, rows in bundle.items()} for name, bundle in bundles.items()},
        **{name: rows[:MOST] for name, rows in lists.items()},
        "truncated": any(len(rows) > MOST for rows in everything),
    }


def active_instructions(reader: Reader, *, most: int) -> Sequence[Instruction]:
    rows = reader.visibility.filter(Instruction.objects.filter(context=reader.context, active=True))
    return list(rows.order_by("created_at", "pk")[:most])


def open_uncertainties(reader: Reader, *, most: int) -> Sequence[Uncertainty]:
    rows = reader.visibility.filter(Uncertainty.objects.filter(context=reader.context, resolved_at=None))
    return list(rows.order_by("-created_at", "-pk")[:most])


def _entities(reader: Reader, facts: Sequence[Fact]) -> list[Entity]:
    """Those of the facts, then the newest of those that nothing is known of."""
    rows = reader.visibility.filter(Entity.objects.filter(context=reader.context))
    newest = rows.order_by("-updated_at", "-pk")[: MOST + 1]
    named = [each for fact in facts for each in (fact.entity, fact.target) if each]
    return list({each.pk: each for each in (*named, *newest)}.values())


def _bundle(category: str, facts: Sequence[Fact], entities: Sequence[Entity]) -> dict[str, list[dict[str, Any]]]:
    mine = [fact for fact in facts if fact.category == category]
    return {
        "entities": [entity_row(each) for each in entities if each.category == category],
        "attributes": [attribute_row(each) for each in mine if not each.target_id],
        "relations": [relation_row(each) for each in mine if each.target_id],
    }
