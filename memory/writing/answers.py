"""What is told of a turn, in the published shape: each row bears the names of both generations of clients."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from memory.extraction.diff import SELF
from memory.extraction.reading import ReadingStage
from memory.models import Turn
from memory.reconciliation.records import Decisions, EntityRecord, FactRecord, Told
from memory.wire import both, category_of, wire_time
from memory.writing.deciding import entities_by_id

COUNTS = ("created", "updated", "relations_created")


def extraction_of(decided: Decisions, *, turn_id: str, stage: ReadingStage = ReadingStage.RULES) -> dict[str, Any]:
    """Every list is always there. Of what rules read, the speaker's name is told by their entity, not as an attribute;
    a model's attributes are told as it named them."""
    entities = entities_by_id(decided)
    by_model = stage in (ReadingStage.FAST, ReadingStage.STRONG)
    told = [each for each in decided.told if by_model or not (each.fact.key == "name" and each.row.entity == SELF)]
    return {
        "turnId": turn_id,
        "entities": [_entity(each) for each in decided.named],
        "attributes": [_attribute(each, entities) for each in told if each.fact.target_id is None],
        "relations": [_relation(each, entities) for each in told if each.fact.target_id is not None],
        "instructions": [
            {
                "id": f"instruction:{each.id}",
                "label": each.label,
                "description": each.description,
                "active": each.active,
            }
            for each in decided.told_instructions
        ],
        "uncertainties": [
            {"id": f"uncertainty:{each.id}", "about": each.about, "reason": each.reason, "kind": each.kind}
            for each in decided.uncertainties
        ],
        "corrections": [
            {
                "entity": entities[each.entity_id].name,
                "entityId": f"entity:{each.entity_id}",
                "key": each.key,
                **dict.fromkeys(("old", "oldValue"), each.old),
                **dict.fromkeys(("new", "newValue"), each.new),
            }
            for each in decided.corrections
        ],
    }


def empty_extraction(turn_id: str) -> dict[str, Any]:
    return extraction_of(Decisions(), turn_id=turn_id)


def counts_of(decided: Sequence[Decisions]) -> dict[str, int]:
    return {name: sum(getattr(each, name) for each in decided) for name in COUNTS}


def wire_id(turn: Turn | None) -> str:
    return f"turn:{turn.pk}" if turn else ""


def _entity(record: EntityRecord) -> dict[str, Any]:
    return {
        "id": f"entity:{record.id}",
        "name": record.name,
        **both("type", "entityType", record.type),
        **category_of(record.category),
        "isNew": record.is_new,
    }


def _attribute(told: Told, entities: dict[UUID, Any]) -> dict[str, Any]:
    fact = told.fact
    return {
        "id": f"fact:{fact.id}",
        "entity": entities[fact.entity_id].name,
        "entityId": f"entity:{fact.entity_id}",
        "key": fact.key,
        "value": fact.value,
        "confidence": fact.confidence,
        **_dated(fact),
        "effect": told.effect,
    }


def _relation(told: Told, entities: dict[UUID, Any]) -> dict[str, Any]:
    fact = told.fact
    target = entities.get(fact.target_id) if fact.target_id else None
    return {
        "id": f"fact:{fact.id}",
        "subject": entities[fact.entity_id].name,
        "subjectId": f"entity:{fact.entity_id}",
        **both("verb", "label", fact.key),
        "object": target.name if target else fact.value,
        "objectId": f"entity:{fact.target_id}",
        "confidence": fact.confidence,
        **_dated(fact),
        "effect": told.effect,
    }


def _dated(fact: FactRecord) -> dict[str, Any]:
    return {
        **category_of(fact.category),
        "validFrom": wire_time(fact.valid_from),
        "validUntil": wire_time(fact.ended_at or fact.valid_until),
    }
