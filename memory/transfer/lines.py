"""The lines of an export: a header, then rows, each a JSON object with the table that it is of."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Field, Model

from core.errors import LarderError
from memory.models import (
    Entity,
    Fact,
    Grant,
    Instruction,
    Principal,
    Proof,
    ScopeNode,
    ScopeSet,
    Session,
    Turn,
    Uncertainty,
)

FORMAT = "larder memory 1"

TABLES: Mapping[str, type[Model]] = {
    "scope": ScopeNode,
    "scope_set": ScopeSet,
    "principal": Principal,
    "grant": Grant,
    "session": Session,
    "turn": Turn,
    "entity": Entity,
    "fact": Fact,
    "proof": Proof,
    "instruction": Instruction,
    "uncertainty": Uncertainty,
}
"""In the order in which they are written; a row may name rows of its own table that follow."""

NUMBERED = ("scope", "scope_set", "proof")
"""Tables whose ids are numbers of this store, and other numbers in another."""


class MemoryLinesInvalid(LarderError):
    """`line` in `extra`, counted from 1."""

    code = "invalid_memory_lines"


def row_line(table: str, row: Model, **more: Any) -> str:
    fields = {field.attname: field.value_from_object(row) for field in columns(table) if field.name != "context"}
    fields.pop("digest", None)
    return json_line({"table": table, "row": fields | more})


def json_line(value: Mapping[str, Any]) -> str:
    """Instants to the microsecond, which Django's own encoder would cut."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def columns(table: str) -> "list[Field[Any, Any]]":
    return list(TABLES[table]._meta.concrete_fields)


def read_row(line: str, number: int) -> tuple[str, dict[str, Any]]:
    """The table and its fields, as the columns want them. Raises MemoryLinesInvalid."""
    try:
        found = json.loads(line)
        table, row = found["table"], dict(found["row"])
        fields = {field.attname: field for field in columns(table)}
        read = {name: _read(fields[name], value) for name, value in row.items() if name in fields}
    except (ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
        raise MemoryLinesInvalid(f"Line {number} is no row of a memory: {error}.", line=number) from error
    return table, read | {name: row[name] for name in ("facts",) if name in row}


def _read(field: "Field[Any, Any]", value: Any) -> Any:
    return field.to_python(value) if isinstance(value, str | UUID | datetime) else value
