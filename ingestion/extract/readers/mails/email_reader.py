"""Mail: who wrote to whom about what, and the text, also of what is passed on; HTML is read as a page.

What is attached is read, too, behind the text.
"""

import base64
import email
import quopri
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage, MIMEPart
from functools import lru_cache
from typing import Any, cast

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers import html_reader
from ingestion.extract.readers.mails.attachments import (
    TEXTLESS,
    Attached,
    Budget,
    attached_pieces,
    within_budget,
)
from ingestion.extract.readers.mails.flowed import unflowed

HEADERS = ("From", "To", "Cc", "Date", "Subject")
MAX_HEADER_CHARS = 16_000
SAID = ("text/plain", "text/html")
NAMELESS = {"text/calendar": "invitation.ics"}
"""What programs attach without a name and people want to read."""
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "base64": base64.b64decode,
    "quoted-printable": quopri.decodestring,
}
MEANT = {"ascii": ("utf-8", "cp1252"), "us-ascii": ("utf-8", "cp1252"), "iso-8859-1": ("cp1252", "iso-8859-1")}


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
        with within_budget() as budget:
            title, pieces = str(message["Subject"] or ""), list(_message(message, budget))
    except (ValueError, LookupError, AttributeError, IndexError, TypeError) as error:
        raise Unreadable(
            "It is broken: the format of mail is not kept to. Save it anew in the program that shows it."
        ) from error
    except RecursionError as error:
        raise Unreadable("Its parts lie within one another, too deep to be read. Upload what is inside.") from error
    finally:
        _parsed.cache_clear()
    return join_pieces(pieces, title=title)


def _message(message: EmailMessage, budget: Budget) -> Iterator[TextPiece]:
    yield TextPiece("\n".join(f"{name}: {value}" for name in HEADERS if (value := message[name])))
    yield from _said(message, budget)
    yield from attached_pieces(_attached(message), budget)


def _said(part: MIMEPart, budget: Budget) -> Iterator[TextPiece]:
    """What the mail says itself and what it passes on, in order; of alternatives the plainest that says anything."""
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        told = (list(_said(each, budget)) for each in sorted(part.iter_parts(), key=_by_plainness))
        yield from next((pieces for pieces in told if any(piece.text.strip() for piece in pieces)), [])
    elif kind == "message/rfc822":
        for passed_on in part.iter_parts():
            yield from _message(_unpacked(passed_on, str(part["Content-Transfer-Encoding"] or "")), budget)
    elif part.is_multipart():
        for each in part.iter_parts():
            yield from _said(each, budget)
    elif kind == "text/html" and _is_said(part):
        yield from of_page(_decoded(part))
    elif kind == "text/plain" and _is_said(part):
        yield TextPiece(_plain(part))


def _unpacked(passed_on: MIMEPart, encoding: str) -> EmailMessage:
    """A mail that is passed on as it is. Programs encode it all the same, which the library does not look for."""
    unpack = UNPACK.get(encoding.strip().lower())
    message = cast(EmailMessage, passed_on)
    if unpack is None:
        return message
    try:
        body = unpack(message.as_bytes())
    except ValueError:  # no base64 either
        return message
    return cast(EmailMessage, email.message_from_bytes(body, policy=Remembering()))


def _is_said(part: MIMEPart) -> bool:
    return part.get_content_type() in SAID and not part.is_attachment()


def _attached(part: MIMEPart, *, is_other_form: bool = False) -> Iterator[Attached]:
    """Every file that is no part of what is said. Left out are, without a name, pictures and other forms of what is
    said; of a mail that is passed on, all: they are the matter of that mail."""
    kind, name = part.get_content_type(), part.get_filename() or ""
    if kind == "message/rfc822":
        return
    if part.is_multipart():
        for each in part.iter_parts():
            yield from _attached(each, is_other_form=kind == "multipart/alternative")
    elif not _is_said(part) and (name or kind in NAMELESS or not (is_other_form or kind.startswith(TEXTLESS))):
        payload = part.get_payload(decode=True)
        yield Attached(name or NAMELESS.get(kind, ""), kind, payload if isinstance(payload, bytes) else b"")


def _plain(part: MIMEPart) -> str:
    text, parameters = _decoded(part), {name: str(part.get_param(name, "")).lower() for name in ("format", "delsp")}
    return unflowed(text, delsp=parameters["delsp"] == "yes") if parameters["format"] == "flowed" else text


def _by_plainness(part: MIMEPart) -> bool:
    return part.get_content_type() != "text/plain"


def of_page(text: str) -> list[TextPiece]:
    try:
        page = html_reader.read(text.encode(errors="replace"))
    except Unreadable:  # pictures alone
        return []
    return [
        TextPiece(page.text[part.start : part.end], None, part.section, part.form, part.hidden) for part in page.parts
    ]


def _decoded(part: MIMEPart) -> str:
    """Who names no charset, or the least one, mostly means another."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    named = str(part.get_content_charset() or "ascii")
    for charset in MEANT.get(named, (named,)):
        try:
            return payload.decode(charset)
        except (UnicodeError, LookupError):
            pass
    return payload.decode(errors="replace")
