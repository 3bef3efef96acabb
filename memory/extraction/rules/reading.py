"""A turn read by rules."""

from memory.extraction.diff import Diff, TurnText


def read_by_rules(turn: TurnText) -> Diff:
    """What the turn claims; pure and without I/O. An assistant's words claim nothing."""
    text = turn.text.strip()
    return Diff(unread=(text,) if text and turn.role != "assistant" else ())
