"""What is attached to a mail, each read by the reader of its kind; what cannot be read is named with the reason.

See docs/decisions/0254.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from ingestion.errors import KindRefused
from ingestion.extract.base import Extraction, TextPiece, Unreadable
from ingestion.extract.readers import reader_of
from ingestion.kinds import DeclaredType, Kind, recognise

MOST_DEEP = 4
"""So deep may mails lie within mails."""
MOST_FILES, MOST_BYTES, MOST_CHARS, MOST_PARTS = 200, 64 * 1024 * 1024, 10_000_000, 100_000
MOST_S = 25.0
"""Of a processor's time; once it is used up, what is still attached is named only."""
MOST_NAME_CHARS, MOST_WHY_CHARS = 120, 160
TEXTLESS = ("image/", "audio/", "video/", "font/", "application/pgp-signature", "application/pkcs7-signature")
"""Nobody asks why they are not read."""
ANY_TEXT = "text"

TOO_DEEP = "it lies too deep within other mails"
TOO_MUCH = "what is attached takes too much to read"
BROKEN = "it is broken"


@dataclass(frozen=True)
class Attached:
    """A file as a mail bears it: its name, the type that the mail says, and its bytes."""

    name: str
    content_type: str
    body: bytes


@dataclass
class Budget:
    """What reading one mail has come to, with all that is in it."""

    deep: int = 0
    files: int = 0
    body_bytes: int = 0
    chars: int = 0
    parts: int = 0
    until_s: float = field(default_factory=lambda: time.process_time() + MOST_S)

    @property
    def is_spent(self) -> bool:
        return (
            self.files > MOST_FILES
            or self.body_bytes > MOST_BYTES
            or self.chars > MOST_CHARS
            or self.parts > MOST_PARTS
            or time.process_time() > self.until_s
        )


def spent() -> Budget:
    """For a mail whose attachments turned out to be too much."""
    return Budget(files=MOST_FILES)


BUDGET: ContextVar[Budget | None] = ContextVar("BUDGET", default=None)


@contextmanager
def within_budget(budget: Budget | None = None) -> Iterator[Budget]:
    """For a mail; one within a mail shares that of the outer one."""
    shared = budget or BUDGET.get() or Budget()
    token = BUDGET.set(shared)
    shared.deep += 1
    try:
        yield shared
    finally:
        shared.deep -= 1
        BUDGET.reset(token)


def attached_pieces(files: Iterable[Attached], budget: Budget) -> Iterator[TextPiece]:
    """The names of all, then what each says, its name and its page as the outermost section."""
    told = [(_name(file, number), read_attached(file, budget)) for number, file in enumerate(files, start=1)]
    names = [f"{name} (not read: {found})" if isinstance(found, str) and found else name for name, found in told]
    yield TextPiece("Attachments: " + ", ".join(names) if names else "")
    before = 0
    for name, found in told:
        if isinstance(found, Extraction):
            yield from _pieces(name, found, number=before + 1)
            before += 1 + max((part.attachment for part in found.parts), default=0)


def _name(file: Attached, number: int) -> str:
    return " ".join(file.name.split())[:MOST_NAME_CHARS] or f"attachment {number}"


def read_attached(file: Attached, budget: Budget) -> Extraction | str:
    """Or why it is not read, which is empty where nobody asks."""
    budget.files += 1
    budget.body_bytes += len(file.body)
    if file.content_type.startswith(TEXTLESS):
        return ""
    if why := why_unread(budget):
        return why
    try:
        found = reader_of(_kind_of(file).name)(file.body)
    except KindRefused as refused:
        return _first_sentence(refused.detail)
    except Unreadable as unreadable:
        return _first_sentence(str(unreadable))
    except Exception:  # noqa: BLE001 - whatever a library makes of it, the mail and the others are read
        return BROKEN
    budget.chars += len(found.text)
    budget.parts += len(found.parts)
    return found


def why_unread(budget: Budget) -> str:
    """Empty where there is room for more."""
    if budget.deep > MOST_DEEP:
        return TOO_DEEP
    return TOO_MUCH if budget.is_spent else ""


def _kind_of(file: Attached) -> Kind:
    """Nobody renames what is in a mail, so what it holds goes before its name, unless it is any text. Raises
    KindRefused."""
    try:
        return recognise(file.body, DeclaredType(content_type=file.content_type, name=file.name))
    except KindRefused as refused:
        try:
            found = recognise(file.body, DeclaredType())
        except KindRefused:
            raise refused from None
        if found.name == ANY_TEXT:
            raise
        return found


def _first_sentence(told: str) -> str:
    sentence = told.partition(". ")[0].removesuffix(".")
    return (sentence[:1].lower() + sentence[1:])[:MOST_WHY_CHARS]


def _pieces(name: str, found: Extraction, *, number: int) -> Iterator[TextPiece]:
    """What it bears itself is counted behind it."""
    for part in found.parts:
        outer = name if part.page is None else f"{name}, p.{part.page}"
        section = f"{outer} › {part.section}" if part.section else outer
        text, attachment = found.text[part.start : part.end], number + part.attachment
        yield TextPiece(text, None, section, part.form, part.hidden, attachment)
