"""Mail: who wrote to whom about what, and the text; a message in HTML is read as a page. Attachments are named only."""

import email
from email import policy
from email.message import EmailMessage, MIMEPart
from functools import lru_cache
from typing import Any, cast

from filing.extract.base import Extraction, Piece, Unreadable, join_pieces
from filing.extract.readers import html_reader

HEADERS = ("From", "To", "Cc", "Date", "Subject")
MAX_HEADER_CHARS = 16_000


class Remembering(policy.EmailPolicy):
    """The library parses a header at each look, and looks at a part's type a dozen times. Long ones take it forever."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:MAX_HEADER_CHARS]

    def header_fetch_parse(self, name: str, value: str) -> Any:
        return _parsed(name, value)


@lru_cache(maxsize=32)
def _parsed(name: str, value: str) -> Any:
    return policy.default.header_fetch_parse(name, value)


def read(body: bytes) -> Extraction:
    try:
        message = cast(EmailMessage, email.message_from_bytes(body, policy=Remembering()))
        heads = {name: str(value) for name in HEADERS if (value := message[name])}
        head = "\n".join(f"{name}: {value}" for name, value in heads.items())
        pieces = [Piece(head), *_text(message), *_attachments(message)]
    except (ValueError, LookupError, AttributeError, IndexError, TypeError) as error:
        raise Unreadable(
            "It is broken: the format of mail is not kept to. Save it anew in the program that shows it."
        ) from error
    except RecursionError as error:
        raise Unreadable("Its parts lie within one another, too deep to be read. Hand in what is inside.") from error
    finally:
        _parsed.cache_clear()
    return join_pieces(pieces, title=heads.get("Subject", ""))


def _text(message: EmailMessage) -> list[Piece]:
    found = message.get_body(preferencelist=("plain", "html"))
    if found is None:
        return []
    content = _decoded(found)
    if found.get_content_subtype() != "html":
        return [Piece(content)]
    page = html_reader.read(content.encode())
    return [Piece(page.text[part.start : part.end], section=part.section, form=part.form) for part in page.parts]


def _decoded(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except LookupError:  # a charset that nobody knows
        payload = part.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _attachments(message: EmailMessage) -> list[Piece]:
    names = [name for part in message.iter_attachments() if (name := part.get_filename())]
    return [Piece("Attachments: " + ", ".join(names))] if names else []
