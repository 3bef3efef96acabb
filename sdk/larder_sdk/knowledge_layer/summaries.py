"""One sentence on each file, so that an agent knows what there is to ask about. Kept in the process."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

log = logging.getLogger(__name__)

Chat = Callable[[str], str]
"""A chat model: a prompt in, its answer out."""

MAX_CHARS = 200
READ_CHARS = 6_000
PROMPT = "Say in one plain sentence, without preamble, what this document is about.\n\nFile: {name}\n\n{text}"
SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s")


@dataclass(frozen=True)
class AvailableDocument:
    file_name: str
    summary: str


_kept: dict[str, dict[str, str]] = {}
_lock = Lock()


def summarize(text: str, *, file_name: str, chat: Chat | None = None) -> str:
    """One sentence of at most 200 characters. Without a chat model, or where it fails, the text's own first one."""
    if chat is not None:
        try:
            if answer := one_sentence(chat(PROMPT.format(name=file_name, text=text[:READ_CHARS]))):
                return answer
        except Exception as error:  # noqa: BLE001 - whatever a model's client raises, the text itself is there
            log.warning("no summary of %s by the chat model: %s: %s", file_name, type(error).__name__, error)
    return one_sentence(text[:READ_CHARS]) or f"A file named {file_name}."


def one_sentence(text: str) -> str:
    """The first sentence below any headings, on one line, cut at a word where it is too long."""
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#")) or text
    plain = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    first = SENTENCE_END.split(plain.lstrip("#*-> "), maxsplit=1)[0]
    if len(first) <= MAX_CHARS:
        return first
    cut = first[: MAX_CHARS - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut else cut) + "…"


def register_summary(collection_name: str, file_name: str, summary: str) -> None:
    with _lock:
        _kept.setdefault(collection_name, {})[file_name] = summary


def unregister_summary(collection_name: str, file_name: str | None = None) -> None:
    """Forget one, or all of a collection; what is not there is no error."""
    with _lock:
        if file_name is None:
            _kept.pop(collection_name, None)
        else:
            _kept.get(collection_name, {}).pop(file_name, None)


def get_available_documents(collection_name: str) -> list[AvailableDocument]:
    """Those of the collection that have a summary, by name."""
    with _lock:
        return [AvailableDocument(name, summary) for name, summary in sorted(_kept.get(collection_name, {}).items())]
