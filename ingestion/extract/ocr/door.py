"""Asking for the text of pages: one after the other, so that one which takes too much costs itself alone."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingestion.extract.sandbox import Answer, ChildLost, How, Request, ask_in_turn

log = logging.getLogger(__name__)

WALL_S = 120.0
CHILD = "ingestion.extract.ocr.child"


@dataclass(frozen=True, kw_only=True)
class Ocr:
    """What is recognised: text of these languages, on so many pages of a file, the first ones without text of their
    own."""

    languages: tuple[str, ...]
    most_pages: int


class Interrupted(Exception):
    """A child was ended from outside."""


def recognise_pages(
    body: bytes, pages: Sequence[int], *, is_pdf: bool, ocr: Ocr, tell: Callable[[float], None]
) -> dict[int, str]:
    """The text of each page that could be read, by its number; `tell` is told after each which share is done.

    Raises Interrupted, and what `tell` raises.
    """
    chosen = pages[: ocr.most_pages]

    def request(left: Sequence[int]) -> Request:
        return {"pages": list(left), "is_pdf": is_pdf, "languages": list(ocr.languages)}, body

    texts = dict[int, str]()
    answers = ask_in_turn(chosen, request, module=CHILD, wall_s=WALL_S)
    for done, (number, answer) in enumerate(zip(chosen, answers, strict=True), start=1):
        if (text := _text(number, answer)) is not None:
            texts[number] = text
        tell(done / len(chosen))
    return texts


def _text(number: int, answer: Answer | ChildLost) -> str | None:
    if isinstance(answer, ChildLost):
        if answer.how == How.KILLED:
            raise Interrupted
        log.warning("page %d was not recognised: its reader %s", number, answer.how)
        return None
    if sentence := answer.get("unreadable"):
        log.warning("page %d was not recognised: %s", number, answer.get("cause", sentence))
        return None
    text: str = answer["text"]
    return text
