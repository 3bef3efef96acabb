"""Constraints of a field as JSON Schema says them, beside the check that judges it.

See docs/decisions/0280.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

STORABLE = r"^[^\u0000]*$"
"""Any text without NUL."""
NOT_BLANK = r"^[^\u0000]*[^\s\u0000-\u001f\u0085][^\u0000]*$"
"""One without NUL that holds more than white space."""

_SHOWN = r"[^\u0000-\u001f\u007f-\u00a0\u2028\u2029]"
ONE_LINE = f"^{_SHOWN}*$"
"""Of signs that show."""
NAMED = rf"^{_SHOWN}*[^\s\u0000-\u001f\u007f-\u00a0]{_SHOWN}*$"
"""The same, and not blank."""


@dataclass(frozen=True)
class Constrained:
    """In `Annotated`: keywords for the schema, read when the document is made, so that they may come of settings.

    It judges nothing: the check that stands beside it does.
    """

    keywords: Callable[[], Mapping[str, Any]]

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), **self.keywords()}


def constrained(**keywords: Any) -> Constrained:
    """Keywords that no setting changes."""
    return Constrained(lambda: keywords)


def whole(pattern: str) -> str:
    """A pattern that has to match the whole text, as JSON Schema writes it."""
    return f"^(?:{pattern})$"
