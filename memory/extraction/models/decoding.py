"""JSON that somebody else wrote: the plain kind, once and not too deep."""

import json
import math
import re
from typing import Any

from memory.extraction.models.faults import ReplyInvalid

MOST_DEPTH = 20
_FENCED = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL | re.IGNORECASE)


def decode(text: str) -> Any:
    """The value; raises ReplyInvalid. A fence of Markdown around it is taken off."""
    fenced = _FENCED.match(text)
    try:
        value = json.loads(
            fenced[1] if fenced else text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_number,
        )
    except RecursionError:
        raise ReplyInvalid(["it is nested too deep"]) from None
    except json.JSONDecodeError as error:
        raise ReplyInvalid([f"it is no JSON: {error.msg} at character {error.pos}"]) from None
    except ValueError as error:
        raise ReplyInvalid([str(error) if isinstance(error, _Fault) else "it holds a number that is none"]) from None
    if _is_deeper(value, MOST_DEPTH):
        raise ReplyInvalid(["it is nested too deep"])
    return value


class _Fault(ValueError):
    pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Fault("an object has one name twice")
    return found


def _constant(name: str) -> None:
    raise _Fault(f"{name} is no JSON")


def _number(text: str) -> float:
    """`1e999` reads as infinity, and is none of ours; a bad number in one place is judged there."""
    value = float(text)
    return value if math.isfinite(value) else math.nan


def _is_deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(each, levels - 1) for each in inner)
