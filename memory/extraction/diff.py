"""What reading a turn gives: rows that claim something. Reconciling them with what is known is another matter.

Rows keep the order in which they were said. Names are sanitised, keys folded (`memory.vocabulary.keys`), instants aware
and in UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

SELF = "$self"
"""Stands for the speaker where a row names an entity; the speaker's name, once known, is a fact of the key `name`."""


class Move(StrEnum):
    """What a fact does to what is known."""

    STATE = "state"
    """So it is, or has become: a change where something else was known."""
    ADD = "add"
    """Beside what is known ("also", a list)."""
    CORRECT = "correct"
    """What was said before was wrong ("actually", "I meant", "not X but Y")."""
    END = "end"
    """It is so no longer ("left", "not any more", "used to"). An empty `value` and `target`: whatever the key holds."""
    FORGET = "forget"
    """Withdraw what was said about this key ("forget what I said about my job")."""


class Modality(StrEnum):
    STATED = "stated"
    HEDGED = "hedged"
    REPORTED = "reported"
    FUTURE = "future"


@dataclass(frozen=True, kw_only=True)
class EntityRow:
    """Somebody or something that is named. `name` is SELF for the speaker. `type` is one of `vocabulary.types` or a
    caller's own token."""

    name: str
    type: str = "other"
    memory_category: str = "knowledge"
    slug: str = ""
    aliases: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class FactRow:
    """An attribute (`value`) or a relation (`target`, the name of another EntityRow); never both.

    `entity` is SELF or the `name` of an EntityRow of the same diff. `valid_from` None: unknown or not said;
    `time_unresolved` then says whether a phrase was there that could not be read. `instead_of`: the value that a
    correction names as wrong ("not Bob"). `said_with`: the key of another row of this turn that this one ends with
    (a role at an employer). `unless_ended`: the key whose end this row tells in words, kept only where that ended
    nothing that was known. `span`: [start, end) in the turn's text.
    """

    entity: str
    key: str
    value: str = ""
    target: str = ""
    memory_category: str = "knowledge"
    confidence: float = 0.95
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    time_unresolved: str = ""
    move: Move = Move.STATE
    modality: Modality = Modality.STATED
    asserted_by: str = ""
    instead_of: str = ""
    said_with: str = ""
    unless_ended: str = ""
    span: tuple[int, int] | None = None

    @property
    def is_relation(self) -> bool:
        return bool(self.target)


class InstructionAction(StrEnum):
    SET = "set"
    REVOKE = "revoke"


@dataclass(frozen=True, kw_only=True)
class InstructionRow:
    """`topic` is what instructions about the same thing share ("answer|language"), computed by
    `vocabulary.topics.topic_of`."""

    label: str
    description: str
    topic: str
    action: InstructionAction = InstructionAction.SET


@dataclass(frozen=True, kw_only=True)
class UncertaintyRow:
    """`kind`: joke, time, reported, curated, reference, contradiction, unread, or a flag of the scanner."""

    about: str
    kind: str
    reason: str
    entity: str = ""
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class FramedClause:
    """How rules took a clause, before they tried a pattern on it. `text` as it stands in the turn; `frame`: a word of
    `rules.frames`, or hearsay, hedged, correction, end, negation or future."""

    text: str
    frame: str


@dataclass(frozen=True, kw_only=True)
class Diff:
    """`unread`: clauses that nobody could read and that may say something durable, as they stand in the turn.
    `clauses`: how rules took those; what a model says of one gives way to its frame."""

    entities: Sequence[EntityRow] = ()
    facts: Sequence[FactRow] = ()
    instructions: Sequence[InstructionRow] = ()
    uncertainties: Sequence[UncertaintyRow] = ()
    unread: Sequence[str] = ()
    flags: Sequence[str] = ()
    clauses: Sequence[FramedClause] = ()

    @property
    def is_complete(self) -> bool:
        return not self.unread


@dataclass(frozen=True, kw_only=True)
class KnownEntity:
    """What a reader is told of the region's graph, to recognise names by."""

    name: str
    type: str
    aliases: Sequence[str] = ()
    is_self: bool = False


@dataclass(frozen=True, kw_only=True)
class TurnText:
    """A turn to be read. `spoken_at`, aware, is the anchor of relative times; `before` are the last turns, oldest
    first, as (role, content)."""

    text: str
    role: str
    spoken_at: datetime
    known: Sequence[KnownEntity] = ()
    known_keys: Sequence[str] = ()
    before: Sequence[tuple[str, str]] = field(default_factory=tuple)
