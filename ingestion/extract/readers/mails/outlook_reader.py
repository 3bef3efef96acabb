"""Mail as Outlook saves it: who wrote to whom about what, the text, and what is attached. See docs/decisions/0254."""

import struct
from collections.abc import Callable, Iterator
from email.parser import HeaderParser
from typing import Any, TypeVar

from olefile import OleFileIO
from oxmsg.attachment import Attachment
from oxmsg.domain.constants import (
    PID_ATTACH_FILENAME,
    PID_BODY,
    PID_CLIENT_SUBMIT_TIME,
    PID_DISPLAY_NAME,
    PID_HTML,
    PID_MESSAGE_DELIVERY_TIME,
    PID_SENDER_EMAIL_ADDRESS,
    PID_SENDER_NAME,
    PID_SENDER_SMTP_ADDRESS,
    PID_SUBJECT,
    PID_TRANSPORT_MESSAGE_HEADERS,
)
from oxmsg.domain.model import UnrecognizedCodePageError, UnsupportedEncodingError
from oxmsg.properties import Properties
from oxmsg.recipient import Recipient
from oxmsg.storage import Storage

from ingestion.extract.base import Extraction, TextPiece, Unreadable, join_pieces
from ingestion.extract.readers.mails.attachments import (
    MOST_NAME_CHARS,
    Attached,
    Budget,
    attached_pieces,
    why_unread,
    within_budget,
)
from ingestion.extract.readers.mails.email_reader import of_page
from ingestion.extract.readers.mails.packed_text import unpacked
from ingestion.extract.readers.rich_text import rich_text_reader

BROKEN = "It is broken: the format of Outlook's mail is not kept to. Save it anew in Outlook, or as .eml."
DEEP = "Its parts lie within one another, too deep to be read. Upload what is inside."
ERRORS = (
    LookupError,
    ValueError,
    AttributeError,
    TypeError,
    OSError,
    OverflowError,
    AssertionError,
    struct.error,
    UnrecognizedCodePageError,
    UnsupportedEncodingError,
)
HEAD_BYTES, HEAD_WITHIN_BYTES = 32, 24
"""Of the properties of a mail, and of one that is attached to another, which the library does not tell apart."""

PACKED_TEXT, OF_BYTES, OF_NARROW = 0x1009, 0x0102, 0x001E
RECIPIENT_TYPE, STARTS, ENDS = 0x0C15, 0x0060, 0x0061
RECIPIENTS = {1: "To", 2: "Cc"}
MAIL_WITHIN = "__substg1.0_3701000D"
MOST_RECIPIENTS = 1_000
DAYS = "%Y-%m-%d %H:%M UTC"

T = TypeVar("T")


def read(body: bytes) -> Extraction:
    try:
        with OleFileIO(body) as compound:
            mail = Mail(Storage.from_ole(compound), HEAD_BYTES)
        with within_budget() as budget:
            title, pieces = mail.text(PID_SUBJECT), list(_message(mail, budget))
    except ERRORS as error:
        raise Unreadable(BROKEN) from error
    except RecursionError as error:
        raise Unreadable(DEEP) from error
    return join_pieces(pieces, title=" ".join(title.split()))


class Mail:
    """The properties of one mail. What the library stumbles over is missing."""

    def __init__(self, storage: Storage, head_bytes: int) -> None:
        self.storage = storage
        self._properties = Properties(storage, properties_header_offset=head_bytes)
        _ = self._properties.body_encoding  # raises where there are no properties at all

    def text(self, name: int) -> str:
        """Bytes that are none of its encoding are marked: the library would give up the whole."""
        told = _or(lambda: self._properties.str_prop_value(name), None)
        if told is not None:
            return told.replace("\0", "")
        narrow = _or(lambda: self.storage.property_stream_bytes(name, OF_NARROW), b"")
        return narrow.decode(_or(lambda: self._properties.body_encoding, "cp1252"), errors="replace")

    def time(self, name: int) -> str:
        found = _or(lambda: self._properties.date_prop_value(name), None)
        return f"{found:{DAYS}}" if found is not None and hasattr(found, "tzinfo") else ""

    def binary(self, name: int) -> bytes:
        return _or(lambda: self.storage.property_stream_bytes(name, OF_BYTES), b"")

    @property
    def page(self) -> str:
        """Its text as a web page, in the encoding that the mail names."""
        told = self.binary(PID_HTML)
        encoding = _or(lambda: self._properties.body_encoding, "cp1252")
        return told.decode(encoding, errors="replace") if told else self.text(PID_HTML)


def _or(ask: Callable[[], T], other: T) -> T:
    try:
        return ask()
    except ERRORS:
        return other


def _message(mail: Mail, budget: Budget) -> Iterator[TextPiece]:
    yield TextPiece("\n".join(f"{name}: {told}" for name, told in _head(mail) if told))
    yield from _said(mail)
    storages = list(mail.storage.iter_attachment_storages())
    within = [each for storage in storages for each in storage.storages if each.name == MAIL_WITHIN]
    yield from attached_pieces(_attached(storages), budget)
    for storage in within:
        mail_within, why = Mail(storage, HEAD_WITHIN_BYTES), why_unread(budget)
        if why:
            name = " ".join(mail_within.text(PID_SUBJECT).split())[:MOST_NAME_CHARS] or "a mail"
            yield TextPiece(f"Attachments: {name} (not read: {why})")
        else:
            budget.files += 1
            with within_budget(budget):
                yield from _message(mail_within, budget)


def _head(mail: Mail) -> Iterator[tuple[str, str]]:
    """As it was sent, where that is kept; times that the program noted are those of UTC."""
    sent = HeaderParser().parsestr(mail.text(PID_TRANSPORT_MESSAGE_HEADERS))
    address = mail.text(PID_SENDER_SMTP_ADDRESS) or mail.text(PID_SENDER_EMAIL_ADDRESS)
    yield "From", _person(mail.text(PID_SENDER_NAME), address)
    told: dict[str, list[str]] = {"To": [], "Cc": []}
    for storage in list(mail.storage.iter_recipient_storages())[:MOST_RECIPIENTS]:
        kind, person = _recipient(storage)
        if kind in told:
            told[kind].append(person)
    for kind, people in told.items():
        yield kind, ", ".join(filter(None, people))
    noted = mail.time(PID_CLIENT_SUBMIT_TIME) or mail.time(PID_MESSAGE_DELIVERY_TIME)
    yield "Date", str(sent.get("Date") or noted)
    yield "When", " to ".join(filter(None, (mail.time(STARTS), mail.time(ENDS))))
    yield "Subject", mail.text(PID_SUBJECT)


def _recipient(storage: Storage) -> tuple[str, str]:
    recipient = Recipient(storage)
    number = _or(lambda: recipient.properties.int_prop_value(RECIPIENT_TYPE), None)
    person = _person(_or(lambda: recipient.name, ""), _or(lambda: recipient.email_address, ""))
    return RECIPIENTS.get(1 if number is None else number & 15, ""), person


def _person(name: str, address: str) -> str:
    name, address = " ".join(name.split()), address.strip()
    if not address or name == address or "@" not in address:  # the names that Exchange has within itself tell nobody
        return name or address
    return f"{name} <{address}>".strip()


def _said(mail: Mail) -> Iterator[TextPiece]:
    """The plainest of its forms that says anything."""
    if (text := mail.text(PID_BODY)).strip():
        yield TextPiece(text.replace("\r\n", "\n").replace("\r", "\n"))
    elif (page := mail.page).strip() and (pieces := of_page(page)):
        yield from pieces
    elif rich := unpacked(mail.binary(PACKED_TEXT)):
        found = rich_text_reader.read(rich)
        for part in found.parts:
            text = found.text[part.start : part.end]
            yield TextPiece(text, None, part.section, part.form, part.hidden)


def _attached(storages: list[Storage]) -> Iterator[Attached]:
    """What is kept elsewhere has no bytes here and is named only."""
    for storage in storages:
        if all(each.name != MAIL_WITHIN for each in storage.storages):
            yield _file(Attachment(storage))


def _file(attachment: Any) -> Attached:
    texts = attachment.properties.str_prop_value
    asked = (lambda: attachment.file_name, lambda: texts(PID_ATTACH_FILENAME), lambda: texts(PID_DISPLAY_NAME))
    name = next((told for ask in asked if (told := _or(ask, ""))), "")
    body, kind = _or(lambda: attachment.file_bytes, b""), _or(lambda: attachment.mime_type, "")
    return Attached(str(name).replace("\0", ""), kind or "", body or b"")
