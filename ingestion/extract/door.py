"""The one way in: bodies and what they are said to be, out comes the text of each or a sentence why there is none.

See docs/decisions/0099.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingestion.errors import ExtractionFailed, KindRefused
from ingestion.extract.base import Extraction, Part, Unreadable, with_recognised
from ingestion.extract.child import ALONE, TOO_BIG
from ingestion.extract.ocr.door import Interrupted, Ocr, recognise_pages
from ingestion.extract.sandbox import Answer, ChildLost, How, ask_children
from ingestion.kinds import DeclaredType, Kind, recognise

log = logging.getLogger(__name__)

TOGETHER, CHUNK_CHARS = 64, 2_000
SMALL_BYTES = 64 * 1024
"""Of at most this size, so many files are uploaded together; a larger one comes alone."""

UNRECOGNISED = "It holds no text, and on the pictures of its pages none was recognised."
Tell = Callable[[float], None]
"""Told now and then which share of the file at hand is done; what it raises ends the reading."""

LOST = {
    How.HUNG: "It takes too long to read. Upload it in parts.",
    How.DIED: "It takes more memory or time to read than it may. Upload it in parts.",
    How.KILLED: "Reading it was broken off from outside; the machine may be short of memory.",
}


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A body, what it is said to be, and what people call it."""

    body: bytes
    declared: DeclaredType
    name: str


def extract_all(
    files: Sequence[Unread],
    *,
    chunk_chars: int = CHUNK_CHARS,
    ocr: Ocr | None = None,
    tell: Tell = lambda share: None,
) -> Iterator[Extraction | ExtractionFailed]:
    """The text of each in their order, or why there is none: for good, unless the reading was ended from outside.

    Tables come in pieces that a chunk of this length has room for. With `ocr` pages without text are read off their
    pictures.
    """
    kinds = [_kind_of(file, pictures=ocr is not None) for file in files]
    readable = [(kind.name, file.body) for file, kind in zip(files, kinds, strict=True) if isinstance(kind, Kind)]
    piece_chars = chunk_chars * 4 // 5
    answers = ask_children(readable, piece_chars=piece_chars)
    for file, kind in zip(files, kinds, strict=True):
        if not isinstance(kind, Kind):
            yield kind
            continue
        answer = next(answers)
        if kind.bears_files and _was_too_much(answer):
            [answer] = ask_children([(ALONE + kind.name, file.body)], piece_chars=piece_chars)
        if ocr is not None and (read := _read(kind, answer)) is not None and read.textless:
            yield _with_pictures(file, kind, read, ocr, tell)
        else:
            yield _found(file.name, kind, answer)


def _was_too_much(answer: Answer | ChildLost) -> bool:
    if isinstance(answer, ChildLost):
        return answer.how != How.KILLED
    return answer.get("unreadable") == TOO_BIG


def _with_pictures(file: Unread, kind: Kind, found: Extraction, ocr: Ocr, tell: Tell) -> Extraction | ExtractionFailed:
    try:
        texts = recognise_pages(file.body, found.textless, is_pdf=not kind.is_picture, ocr=ocr, tell=tell)
        whole = with_recognised(found, texts)
    except Interrupted:
        return _lost(file.name, How.KILLED)
    except Unreadable as error:
        return ExtractionFailed(f"{file.name}: {error}", code="unreadable")
    return whole if whole.parts else ExtractionFailed(f"{file.name}: {UNRECOGNISED}", code="unreadable")


def _kind_of(file: Unread, *, pictures: bool) -> Kind | ExtractionFailed:
    try:
        return recognise(file.body, file.declared, pictures=pictures)
    except KindRefused as error:
        return ExtractionFailed(f"{file.name}: {error.detail}", code="kind_refused")


def _found(name: str, kind: Kind, answer: Answer | ChildLost) -> Extraction | ExtractionFailed:
    if isinstance(answer, ChildLost):
        return _lost(name, answer.how)
    if sentence := answer.get("unreadable"):
        if cause := answer.get("cause"):
            log.warning("a reader of %s failed: %s", kind.name, cause)
        return ExtractionFailed(f"{name}: {sentence}", code="unreadable")
    return _extraction(kind, answer)


def _lost(name: str, how: How) -> ExtractionFailed:
    code = "interrupted" if how == How.KILLED else "too_costly"
    return ExtractionFailed(f"{name}: {LOST[how]}", code=code, temporary=how == How.KILLED)


def _read(kind: Kind, answer: Answer | ChildLost) -> Extraction | None:
    """What was read of it, also where that is pages without text."""
    if isinstance(answer, ChildLost):
        return None
    if "unreadable" not in answer:
        return _extraction(kind, answer)
    pages = answer.get("pages", 0)
    return Extraction(text="", kind=kind.name, pages=pages, textless=tuple(range(1, pages + 1)), parts=())


def _extraction(kind: Kind, answer: Answer) -> Extraction:
    told = {name: answer[name] for name in ("text", "title", "guessed", "pages")}
    parts = tuple(Part(*part) for part in answer["parts"])
    return Extraction(**told, kind=kind.name, textless=tuple(answer["textless"]), parts=parts)
