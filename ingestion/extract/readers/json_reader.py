"""JSON, indented, so that it reads like text, also of a value a line; what is no JSON after all is read as text."""

import json
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from ingestion.extract.base import Extraction, TextPiece, join_pieces
from ingestion.extract.readers.plain_reader import decode


def read(body: bytes) -> Extraction:
    text = decode(body)
    try:
        shown = _shown(json.loads(text))
    except (ValueError, RecursionError):
        shown = _each_line(text)
    return join_pieces([TextPiece(shown)])


def _each_line(text: str) -> str:
    try:
        return "\n".join(_shown(json.loads(line)) for line in text.split("\n") if line.strip())
    except (ValueError, RecursionError):
        return text


def _shown(value: Any) -> str:
    """Laid out as by `json`, in a quarter of its time; what is too deep, or holds half a character, is left to it."""
    try:
        return to_json(value, indent=1, inf_nan_mode="constants").decode()
    except PydanticSerializationError:
        return json.dumps(value, ensure_ascii=False, indent=1)
