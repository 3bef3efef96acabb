"""JSON, indented, so that it reads like text, also of a value a line; what is no JSON after all is read as text.

Values are shown as they are written: `1.20`, `1E5`, a key that occurs twice in an object. See docs/decisions/0238.
"""

import json
import re
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from ingestion.extract.base import Extraction, TextPiece, join_pieces
from ingestion.extract.encodings import decode

NUMBER, AGAIN = "\0#", "\0="
"""In front of a number that Python would write otherwise, and behind a key that was there: no other text has a NUL."""
NUMBERS = re.compile(r'"\\u0000#([-+.\deE]+)"')
REPEATED = re.compile(r'\\u0000=\d+(?=":)')
MOST_DIGITS = 4_000
"""Of longer ones no number is made, which takes the square of their time."""


def read(body: bytes) -> Extraction:
    decoded = decode(body)
    try:
        shown = _shown(decoded.text)
    except (ValueError, RecursionError):
        shown = _each_line(decoded.text)
    return join_pieces([TextPiece(shown)], guessed=decoded.guessed)


def _each_line(text: str) -> str:
    try:
        return "\n".join(_shown(line) for line in text.split("\n") if line.strip())
    except (ValueError, RecursionError):
        return text


def _shown(text: str) -> str:
    """Laid out as by `json`, in a quarter of its time; what is too deep, or holds half a character, is left to it."""
    value = json.loads(text, parse_float=_fraction, parse_int=_whole, object_pairs_hook=_object)
    try:
        shown = to_json(value, indent=1, inf_nan_mode="constants").decode()
    except PydanticSerializationError:
        shown = json.dumps(value, ensure_ascii=False, indent=1)
    return REPEATED.sub("", NUMBERS.sub(r"\1", shown)) if "\\u0000" in shown else shown


def _fraction(told: str) -> float | str:
    value = float(told)
    return value if repr(value) == told else NUMBER + told


def _whole(told: str) -> int | str:
    return int(told) if len(told) < MOST_DIGITS and told != "-0" else NUMBER + told


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) == len(pairs):
        return held
    held = {}
    for number, (key, value) in enumerate(pairs):
        held[f"{key}{AGAIN}{number}" if key in held else key] = value
    return held
