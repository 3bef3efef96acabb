"""Types of fields on the wire that every package shares.

A check gives the value as it is kept, or raises ValueError with what is wrong, said of the field: "is blank".
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from core.schema.constraints import STORABLE, constrained


def storable(value: str) -> str:
    if "\0" in value:
        raise ValueError("holds a NUL character, which no text column can store")
    return whole_characters(value)


def whole_characters(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("holds half of a surrogate pair, which is no character") from None
    return value


def in_utc(value: datetime) -> datetime:
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999") from None


def empty_if_null(empty: type) -> BeforeValidator:
    return BeforeValidator(lambda value: empty() if value is None else value)


Instant = Annotated[datetime, AfterValidator(in_utc)]

Text = Annotated[str, AfterValidator(storable), constrained(pattern=STORABLE)]
