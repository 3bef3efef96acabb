"""What an upload's form says: the file, and about it a part `metadata` of JSON, or the older parts of their own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from memory.api.base import WireTime
from memory.documents.multipart import FilePart, Form
from memory.documents.submitting import Details
from memory.errors import MemoryInvalid
from memory.scopes.paths import Clauses, parse_scopes
from memory.vocabulary.labels import read_labels
from memory.vocabulary.sanitising import NAME_CHARS, sanitise

INSTANT: TypeAdapter[datetime] = TypeAdapter(WireTime)
MOST_SOURCE_CHARS = 2_000
OLDER = ("title", "source", "profile", "scope", "scopes", "labels", "filename", "mime_type", "observed_at")
"""Parts of their own; what `metadata` says goes before them."""
AS_JSON = ("scope", "scopes", "labels")


UPLOAD = {
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "metadata": {"type": "object"},
                        **{name: {"type": "string"} for name in OLDER},
                    },
                }
            }
        }
    }
}
"""The form as the OpenAPI document tells it."""


@dataclass(frozen=True, kw_only=True)
class DocumentUpload:
    """`scopes` is [] where the form names none."""

    part: FilePart
    details: Details
    scopes: Clauses


def read_upload(form: Form) -> DocumentUpload:
    """Raises MemoryInvalid."""
    if form.file is None:
        raise MemoryInvalid("The form has no part `file`.")
    told = {**_older(form.fields), **_metadata(form.fields.get("metadata", b""))}
    details = Details(
        title=sanitise(_text(told, "title"), chars=NAME_CHARS),
        source=sanitise(_text(told, "source"), chars=MOST_SOURCE_CHARS),
        profile=sanitise(_text(told, "profile"), chars=NAME_CHARS),
        labels=read_labels(told.get("labels")),
        mime_type=_text(told, "mime_type"),
        file_name=_text(told, "filename", "file_name"),
        observed_at=_instant(told.get("observed_at")),
    )
    return DocumentUpload(part=form.file, details=details, scopes=parse_scopes(told.get("scopes") or told.get("scope")))


def _metadata(value: bytes) -> Mapping[str, Any]:
    """With names in snake case, whichever they came in."""
    if not value.strip():
        return {}
    told = _json("metadata", value)
    if not isinstance(told, dict):
        raise MemoryInvalid("The part `metadata` has to be a JSON object.")
    return {_snake(name): each for name, each in told.items() if each is not None}


def _older(fields: Mapping[str, bytes]) -> Mapping[str, Any]:
    named = {_snake(name): value for name, value in fields.items()}
    return {name: _json(name, named[name]) if name in AS_JSON else _decode(name, named[name]) for name in _in(named)}


def _in(named: Mapping[str, bytes]) -> list[str]:
    return [name for name in OLDER if named.get(name, b"").strip()]


def _json(name: str, value: bytes) -> Any:
    """A scope may be a bare path."""
    text = _decode(name, value).strip()
    if name in AS_JSON and not text.startswith(("[", "{", '"')):
        return [text] if name == "labels" else text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MemoryInvalid(f"The part `{name}` is no JSON: {error}") from None


def _decode(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise MemoryInvalid(f"The part `{name}` is not UTF-8.") from None


def _text(told: Mapping[str, Any], *names: str) -> str:
    value = next((told[name] for name in names if told.get(name) is not None), "")
    if not isinstance(value, str):
        raise MemoryInvalid(f"{names[0]} has to be a text.")
    return value.replace("\0", "").encode(errors="replace").decode().strip()


def _instant(value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        return INSTANT.validate_python(value if isinstance(value, str) else None)
    except ValidationError:
        raise MemoryInvalid("observed_at has to be a time of RFC 3339.") from None


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
