"""The text of a message: its plain part, else its HTML one as text; attachments are counted."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from typing import Any

from larder_sources.changes import ItemUnreadable, Values
from larder_sources.formats.html import text_of_html

NAMES = frozenset({"subject", "sender", "recipients", "message_id", "attachments"})
"""What templates read of a message beside the names of all kinds."""
BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError)
"""What `email` raises of messages that are none, the last two by its own faults."""


def read_mail(data: bytes) -> Values:
    """Raises ItemUnreadable."""
    try:
        message = message_from_bytes(data, policy=policy.default)
        return _values(message)
    except BROKEN as error:
        raise ItemUnreadable(f"it is no message that can be read: {error}") from error


def _values(message: EmailMessage) -> dict[str, Any]:
    told = {
        "subject": _header(message, "subject"),
        "sender": _header(message, "from"),
        "recipients": _header(message, "to"),
        "message_id": _header(message, "message-id"),
        "attachments": sum(1 for _ in message.iter_attachments()),
    }
    lines = [("From", told["sender"]), ("To", told["recipients"]), ("Subject", told["subject"])]
    head = "\n".join(f"{name}: {value}" for name, value in lines if value)
    return {
        **told,
        "title": told["subject"],
        "content": f"{head}\n\n{_body(message)}",
        "metadata": {name: value for name, value in told.items() if value},
        "updated_at": _sent(message),
    }


def _header(message: EmailMessage, name: str) -> str:
    return _clean(str(message.get(name, ""))).strip()


def _body(message: EmailMessage) -> str:
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    try:
        text = part.get_content()
    except LookupError:  # an encoding that nobody knows
        text = bytes(part.get_payload(decode=True) or b"").decode(errors="replace")
    return _clean(text_of_html(text) if part.get_content_subtype() == "html" else text).strip()


def _clean(text: str) -> str:
    """Without bytes that were none of the encoding, and NUL, which no text of the store may hold."""
    return text.encode(errors="replace").decode().replace("\r\n", "\n").replace("\0", "")


def _sent(message: EmailMessage) -> datetime | None:
    date = message.get("date")
    moment = getattr(date, "datetime", None)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) if moment else None
