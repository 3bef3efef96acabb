"""What a caller gives to be remembered, and what is refused of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.conf import settings

from memory.errors import MemoryInvalid, MemoryTooLarge
from memory.models import Category, Turn

MOST_LABELS = 20
MOST_LABEL_CHARS = 200
MOST_TRIPLES = 3_000
MOST_BATCH_CHARS = 200_000
MOST_SESSION_CHARS = 200
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)


class Infer(StrEnum):
    """How a turn is to be read: whole, as trusted triples, whole but written nowhere, or not at all."""

    FULL = "full"
    TRIPLES = "triples"
    PREVIEW = "preview"
    NONE = "none"


class Extract(StrEnum):
    """How a batch is to be read: message by message, or as one conversation."""

    PER_MESSAGE = "per_message"
    WHOLE_CONVERSATION = "whole_conversation"


@dataclass(frozen=True, kw_only=True)
class GivenTurn:
    """One message. `spoken_at`, aware, is the anchor of its relative times."""

    text: str
    role: str
    spoken_at: datetime
    labels: tuple[str, ...] = ()
    infer: Infer = Infer.FULL


def check_infer(text: str | None) -> Infer:
    """Raises MemoryInvalid."""
    return Infer(_one_of(text or Infer.FULL, Infer, field="infer"))


def check_extract(text: str | None) -> Extract:
    """Raises MemoryInvalid."""
    return Extract(_one_of(text or Extract.WHOLE_CONVERSATION, Extract, field="extract"))


def check_role(text: str | None, *, field: str = "role") -> str:
    """Raises MemoryInvalid."""
    return _one_of(text or Turn.Role.USER.value, Turn.Role.values, field=field)


def check_category(text: str | None, *, field: str = "memory_category") -> str:
    """A caller's category, "" for none. Raises MemoryInvalid; a model's word is judged elsewhere."""
    return _one_of(text, Category.values, field=field) if text else ""


def check_text(text: Any, *, field: str = "text") -> str:
    """Raises MemoryInvalid for what is blank or cannot be stored, MemoryTooLarge for what is too long."""
    if not isinstance(text, str) or not text.strip():
        raise MemoryInvalid(f"{field} is needed, and blank text says nothing.")
    return check_storable(text, field=field, most=settings.MEMORY_TURN_CHARS)


def check_storable(text: str, *, field: str, most: int) -> str:
    if len(text) > most:
        raise MemoryTooLarge(f"{field} has {len(text):,} characters; at most {most:,} are taken.")
    if "\0" in text:
        raise MemoryInvalid(f"{field} holds a NUL character, which no text column can store.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise MemoryInvalid(f"{field} holds half of a surrogate pair, which is no character.")
    return text


def check_labels(labels: Sequence[Any] | None) -> tuple[str, ...]:
    """`key=value` each, in the order given, nothing twice. Raises MemoryInvalid."""
    for number, label in enumerate(labels or ()):
        field = f"labels[{number}]"
        if not isinstance(label, str) or not label.partition("=")[1] or label.startswith(("_", "=")):
            raise MemoryInvalid(f"{field} {label!r:.100} is no key=value, or its key begins with _.")
        check_storable(label, field=field, most=MOST_LABEL_CHARS)
    given = tuple(dict.fromkeys(labels or ()))
    if len(given) > MOST_LABELS:
        raise MemoryInvalid(f"labels has {len(given)} entries; at most {MOST_LABELS} are taken.")
    return given


def check_spoken_at(instant: datetime | None, *, now: datetime, field: str = "observed_at") -> datetime:
    """In UTC, now where nothing is said. Raises MemoryInvalid."""
    if instant is None:
        return now
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    try:
        found = aware.astimezone(UTC)
    except OverflowError:
        raise MemoryInvalid(f"{field} lies outside the years 1 to 9999.") from None
    if found < EARLIEST:
        raise MemoryInvalid(f"{field} lies outside the years 1 to 9999.")
    return found


def _one_of(text: str, known: Iterable[str], *, field: str) -> str:
    if text not in list(known):
        raise MemoryInvalid(f"{field} is one of {', '.join(known)}, not {text!r:.100}.")
    return text
