"""Records of a catalogue in plain sentences, read as triples."""

from collections.abc import Sequence
from datetime import datetime

from memory.extraction.diff import Diff, KnownEntity


def read_triples_text(text: str, *, spoken_at: datetime, known: Sequence[KnownEntity] = ()) -> Diff:
    """What a caller's text with `infer=triples` says, all of it sure; nothing read: a diff without facts."""
    return Diff(unread=(text.strip(),) if text.strip() else ())
