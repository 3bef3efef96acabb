"""Identifiers that sort by the time they were made: UUID version 7 of RFC 9562, section 5.7."""

import secrets
import time
import uuid


def new_id() -> uuid.UUID:
    """48 bits of Unix time in milliseconds, then 74 random bits."""
    millis = time.time_ns() // 1_000_000
    bits = millis << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return uuid.UUID(int=bits)


def read_id(kind: str, text: str) -> uuid.UUID | None:
    """The id that `kind:<uuid>` bears, or a bare one; None for what is none."""
    try:
        return uuid.UUID(text.removeprefix(f"{kind}:"))
    except ValueError:
        return None
