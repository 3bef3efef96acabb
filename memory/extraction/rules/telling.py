"""What is told of a clause that was left unread, so that a model's view of it gives way to its frame."""

from memory.extraction.diff import FramedClause
from memory.extraction.rules.framing.frames import Frame, frame_of
from memory.extraction.rules.framing.openers import take_openers
from memory.extraction.rules.text.clauses import Clause


def framed(clause: Clause, *, text: str) -> FramedClause:
    """`text` as it stands in the turn. Who said it, a hedge or a correction stands before the clause proper."""
    opening = take_openers(clause.tokens)
    if opening.asserted_by:
        return FramedClause(text=text, frame="hearsay")
    if opening.hedged:
        return FramedClause(text=text, frame="hedged")
    frame = frame_of(clause, last=True)
    if opening.corrected and frame is Frame.STATEMENT:
        return FramedClause(text=text, frame="correction")
    return FramedClause(text=text, frame=frame.value)
