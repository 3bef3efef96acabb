"""What somebody else has said, as a page, a log or an answer may show it."""

import json

MOST_SAID_BYTES = 64 * 1024
SENTENCES = ("detail", "message", "error", "title", "reason")
SHOWN_CHARS = 200


def shown(text: str | bytes) -> str:
    """Someone else's words, quoted and escaped: one short line that cannot act. Of JSON that holds a sentence, that."""
    if isinstance(text, bytes):
        text = _sentence_of(text) or text[: SHOWN_CHARS * 4].decode(errors="replace")
    cut = text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"
    return "'" + "".join(each if each.isprintable() else repr(each)[1:-1] for each in cut) + "'"


def _sentence_of(body: bytes) -> str:
    """What frameworks answer errors with: `{"detail": "…"}` and its likes; "" for anything else."""
    try:
        told = json.loads(body) if len(body) <= MOST_SAID_BYTES else None
    except (ValueError, RecursionError):
        return ""
    if not isinstance(told, dict):
        return ""
    return next((told[name] for name in SENTENCES if isinstance(told.get(name), str) and told[name].strip()), "")
