"""The reply that models are asked for: its schema, and how an answer is read that only almost keeps to it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from memory.extraction.models.decoding import decode
from memory.extraction.models.faults import ReplyInvalid
from memory.vocabulary.types import TYPES

MOST_ROWS = 50
"""Of each kind; further ones are dropped."""

MOST_FAULTS = 5
UNSURE = 0.0
"""A confidence that is no number from 0 to 1: less than any floor."""

DEFAULT_CONFIDENCE = 0.8
"""Where a model says nothing of its own: enough for the usual floor, less than what rules read."""

CATEGORIES = ("identity", "knowledge", "context")
MODALITIES = ("stated", "hedged", "reported", "future", "ended", "negated", "question", "condition", "joke", "quoted")


def _as_text(value: Any) -> Any:
    """null is nothing said; a number is what its digits say."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return str(value)
    return value


def _as_confidence(value: Any) -> float:
    if value is None:
        return DEFAULT_CONFIDENCE
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    return float(value) if known else UNSURE


Text = Annotated[str, BeforeValidator(_as_text)]
Confidence = Annotated[float, BeforeValidator(_as_confidence)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class EntityOut(_Row):
    name: Text
    type: Text = "other"
    memory_category: Text = "knowledge"


class _ClaimOut(_Row):
    memory_category: Text | None = None
    confidence: Confidence = DEFAULT_CONFIDENCE
    valid_from: Text = ""
    valid_until: Text = ""
    modality: Text = "stated"
    asserted_by: Text = ""
    quote: Text = ""


class AttributeOut(_ClaimOut):
    entity: Text
    key: Text
    value: Text


class RelationOut(_ClaimOut):
    subject: Text
    verb: Text
    object: Text


class InstructionOut(_Row):
    label: Text
    description: Text = ""
    action: Text = "set"


class UncertaintyOut(_Row):
    about: Text
    reason: Text = ""
    kind: Text = ""


class ModelReply(_Row):
    """`dropped`: rows beyond what is read."""

    entities: Sequence[EntityOut] = ()
    attributes: Sequence[AttributeOut] = ()
    relations: Sequence[RelationOut] = ()
    instructions: Sequence[InstructionOut] = ()
    uncertainties: Sequence[UncertaintyOut] = ()
    dropped: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.entities or self.attributes or self.relations or self.instructions or self.uncertainties)


KINDS = ("entities", "attributes", "relations", "instructions", "uncertainties")


def read_reply(text: str) -> ModelReply:
    """Raises ReplyInvalid with each fault, as the model can be told."""
    value = decode(text)
    if not isinstance(value, dict):
        raise ReplyInvalid(["it is no object"])
    if not any(kind in value for kind in KINDS):
        raise ReplyInvalid([f"it has none of {', '.join(KINDS)}"])
    given = {kind: [] if value.get(kind) is None else value[kind] for kind in KINDS}
    if wrong := [kind for kind, rows in given.items() if not isinstance(rows, list)]:
        raise ReplyInvalid([f"{kind} is no list" for kind in wrong])
    kept = {kind: rows[:MOST_ROWS] for kind, rows in given.items()}
    dropped = sum(len(given[kind]) - len(kept[kind]) for kind in KINDS)
    try:
        return ModelReply.model_validate({**kept, "dropped": dropped})
    except ValidationError as error:
        raise ReplyInvalid(_phrases(error)) from None


def _phrases(error: ValidationError) -> list[str]:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    return [f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].lower()}" for fault in faults[:MOST_FAULTS]]


# --- the schema: every field required and none beside them, which the strict modes of servers want --------------------


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(fields), "required": list(fields), "additionalProperties": False}


def _rows(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(fields)}


def _texts(*names: str) -> dict[str, Any]:
    return {name: {"type": "string"} for name in names}


def _one_of(options: Iterable[str]) -> dict[str, Any]:
    return {"type": "string", "enum": list(options)}


_CATEGORY = {"memory_category": _one_of(CATEGORIES)}
_CLAIM = {
    **_CATEGORY,
    "confidence": {"type": "number"},
    **_texts("valid_from", "valid_until"),
    "modality": _one_of(MODALITIES),
    **_texts("asserted_by", "quote"),
}
SCHEMA = _object(
    {
        "entities": _rows({**_texts("name"), "type": _one_of(TYPES), **_CATEGORY}),
        "attributes": _rows({**_texts("entity", "key", "value"), **_CLAIM}),
        "relations": _rows({**_texts("subject", "verb", "object"), **_CLAIM}),
        "instructions": _rows({**_texts("label", "description"), "action": _one_of(("set", "revoke"))}),
        "uncertainties": _rows({**_texts("about", "reason"), "kind": _one_of(("reference", "contradiction", "time"))}),
    }
)
