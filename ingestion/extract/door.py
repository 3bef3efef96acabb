"""The one way in: bodies and what they are said to be, out comes the text of each or a sentence why there is none.

See docs/decisions/0099.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingestion.errors import ExtractionFailed, KindRefused
from ingestion.extract.base import Extraction, Part
from ingestion.extract.child import ALONE, TOO_BIG
from ingestion.extract.sandbox import Answer, ChildLost, How, ask_children
from ingestion.kinds import DeclaredType, Kind, recognise

log = logging.getLogger(__name__)

TOGETHER, CHUNK_CHARS = 64, 2_000
SMALL_BYTES = 64 * 1024
"""Of at most this size, so many files are uploaded together; a larger one comes alone."""

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


def extract_all(files: Sequence[Unread], *, chunk_chars: int = CHUNK_CHARS) -> Iterator[Extraction | ExtractionFailed]:
    """The text of each in their order, or why there is none: for good, unless the reading was ended from outside.

    Tables come in pieces that a chunk of this length has room for.
    """
    kinds = [_recognised(file) for file in files]
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
        yield _found(file.name, kind, answer)


def _was_too_much(answer: Answer | ChildLost) -> bool:
    if isinstance(answer, ChildLost):
        return answer.how != How.KILLED
    return answer.get("unreadable") == TOO_BIG


def _recognised(file: Unread) -> Kind | ExtractionFailed:
    try:
        return recognise(file.body, file.declared)
    except KindRefused as error:
        return ExtractionFailed(f"{file.name}: {error.detail}", code="kind_refused")


def _found(name: str, kind: Kind, answer: Answer | ChildLost) -> Extraction | ExtractionFailed:
    if isinstance(answer, ChildLost):
        code = "interrupted" if answer.how == How.KILLED else "too_costly"
        return ExtractionFailed(f"{name}: {LOST[answer.how]}", code=code, temporary=answer.how == How.KILLED)
    if sentence := answer.get("unreadable"):
        if cause := answer.get("cause"):
            log.warning("a reader of %s failed: %s", kind.name, cause)
        return ExtractionFailed(f"{name}: {sentence}", code="unreadable")
    told = {name: answer[name] for name in ("text", "title", "guessed", "pages", "textless_pages")}
    return Extraction(**told, parts=tuple(Part(*part) for part in answer["parts"]))
