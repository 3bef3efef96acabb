"""Rows as they are told, in the published names of both generations of clients."""

from typing import Any

from memory.models import Entity, Fact, FactState, Instruction, Session, Turn, Uncertainty
from memory.scopes.paths import wire_scopes
from memory.wire import both, category_of, wire_time


def entity_row(entity: Entity) -> dict[str, Any]:
    return {
        "id": f"entity:{entity.pk}",
        "name": entity.name,
        **both("type", "entityType", entity.type),
        "createdAt": wire_time(entity.created_at),
        "updatedAt": wire_time(entity.updated_at),
        "importance": 1.0,
        "isSelf": entity.is_self,
        **category_of(entity.category),
    }


def fact_row(fact: Fact) -> dict[str, Any]:
    """An attribute or a relation, with its entities loaded (`FactQuerySet.shown`)."""
    return relation_row(fact) if fact.target_id else attribute_row(fact)


def attribute_row(fact: Fact) -> dict[str, Any]:
    return {
        "id": f"fact:{fact.pk}",
        "entity": fact.entity.name,
        "entityId": f"entity:{fact.entity_id}",
        "key": fact.key,
        "value": _value(fact),
        **_common(fact),
    }


def relation_row(fact: Fact) -> dict[str, Any]:
    return {
        "id": f"fact:{fact.pk}",
        "subject": fact.entity.name,
        "subjectId": f"entity:{fact.entity_id}",
        **both("verb", "label", fact.key),
        "object": _value(fact),
        "objectId": f"entity:{fact.target_id}",
        **_common(fact),
    }


def version_row(fact: Fact, *, superseded_by: str | None) -> dict[str, Any]:
    """One link of a chain, whatever its kind, as the published history has it."""
    return attribute_row(fact) | {
        "supersedes": f"fact:{fact.supersedes_id}" if fact.supersedes_id else None,
        "supersededBy": superseded_by,
    }


def turn_row(turn: Turn) -> dict[str, Any]:
    return {
        "id": f"turn:{turn.pk}",
        "content": turn.content,
        "createdAt": wire_time(turn.stored_at),
        "spokenAt": wire_time(turn.spoken_at),
        "role": turn.role,
        "seq": turn.seq,
        "session": turn.session.name,
        "state": turn.state,
        "stage": turn.stage,
        "flags": turn.flags,
        "labels": turn.labels,
    }


def session_row(session: Session) -> dict[str, Any]:
    return {
        "id": session.name,
        "createdAt": wire_time(session.created_at),
        "scopes": wire_scopes(session.scope_set.clauses),
        "metadata": session.metadata,
    }


def instruction_row(instruction: Instruction) -> dict[str, Any]:
    return {
        "id": f"instruction:{instruction.pk}",
        "label": instruction.label,
        "description": instruction.description,
        "active": instruction.active,
    }


def unknown_row(uncertainty: Uncertainty) -> dict[str, Any]:
    return {
        "id": f"uncertainty:{uncertainty.pk}",
        "about": uncertainty.about,
        "reason": uncertainty.reason,
        "kind": uncertainty.kind,
        "resolved": uncertainty.resolved_at is not None,
        "createdAt": wire_time(uncertainty.created_at),
    }


def _value(fact: Fact) -> str:
    """A target by the name that it has now."""
    return fact.target.name if fact.target else fact.value


def _common(fact: Fact) -> dict[str, Any]:
    ends = fact.valid_from if fact.state == FactState.RETRACTED else fact.ends_at
    return {
        **category_of(fact.category),
        "confidence": fact.confidence,
        "importance": fact.confidence,
        "validFrom": wire_time(fact.valid_from),
        "validUntil": wire_time(ends),
        "knownFrom": wire_time(fact.known_from),
        "knownUntil": wire_time(fact.known_until),
        "createdAt": wire_time(fact.known_from),
        "state": fact.state,
        "proof_count": fact.proof_count,
        "proofCount": fact.proof_count,
        "source": {"kind": fact.source_kind, "id": fact.source_id, "assertedBy": fact.asserted_by or None},
        "labels": fact.labels,
    }
