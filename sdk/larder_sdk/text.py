"""Cutting and naming text."""

from __future__ import annotations

import hashlib


def content_hash(text: str) -> str:
    """SHA-256 of the text's UTF-8 form as 64 hexadecimal digits: an id for what has no key of its own."""
    return hashlib.sha256(text.encode()).hexdigest()


def chunk_text(text: str, max_chars: int = 2000, overlap: int = 200) -> list[str]:
    """Cut a long text into pieces of at most `max_chars` characters.

    Neighbours share up to `overlap` characters, so that a sentence on a border is whole in one of them.
    Cuts fall on white space where the second half of a piece has any. Blank text gives no pieces.

    Larder itself splits long documents for retrieval: send them whole. Cut only where each piece
    should be a document of its own, with its own id and tags.
    """
    if not 0 <= overlap < max_chars:
        raise ValueError("overlap must be at least 0 and smaller than max_chars")
    text = text.strip()
    pieces = []
    start = 0
    while start < len(text):
        end = _cut(text, start=start, end=start + max_chars)
        pieces.append(text[start:end].strip())
        if end >= len(text):
            break
        start = max(end - overlap, start + 1)
    return [piece for piece in pieces if piece]


def _cut(text: str, *, start: int, end: int) -> int:
    """Where the piece from `start` ends: at `end`, or at the last white space before it in its second half."""
    if end >= len(text) or text[end].isspace():
        return end
    middle = (start + end) // 2
    return next((at for at in range(end - 1, middle, -1) if text[at].isspace()), end)
