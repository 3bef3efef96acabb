"""Who reads a turn: the scanner looks first, rules read, and a model reads what they could not.

    scanner ──> rules ──> all read: done
                   └────> fast model ──> no doubt: done
                                 └────> strong model ──> done, or `failed`: nothing is written, a worker tries again

See docs/decisions/0167 and 0168.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from memory.errors import ModelBusy
from memory.extraction.diff import SELF, Diff, TurnText, UncertaintyRow
from memory.extraction.doubts import has_doubts
from memory.extraction.injection import blank_role_lines, flags_of, is_hostile, refused
from memory.extraction.merging import is_sure, merged, sure_part
from memory.extraction.models.configured import Readers
from memory.extraction.models.faults import ServerBusy
from memory.extraction.models.grounding import ground
from memory.extraction.models.reader import Attempt, ModelReader
from memory.extraction.reading import ReadingOutcome, ReadingStage, TurnReading, Usage
from memory.extraction.rules import read_by_rules
from memory.extraction.tally import count_reading
from memory.vocabulary.recalled import blank_recalled
from memory.vocabulary.sanitising import NAME_CHARS, sanitise

MODELS_S = 20.0
"""All models together, for one answer to a client."""

LEAST_S = 0.5
"""With less than this left a turn is rather left to a worker than begun."""

NOT_READ = "No model could read it."


def read_turn(
    turn: TurnText,
    *,
    readers: Readers,
    floor: float,
    before_model: Callable[[], None] | None = None,
    ends_at: float | None = None,
    is_last_try: bool = False,
    by_models: bool = False,
) -> TurnReading:
    """Pure but for the models' server: nothing is written, so what is raised here leaves nothing behind.

    `readers`: none, and rules alone read. `floor`: of the context. `before_model` is called once a model is needed, and
    may raise BudgetSpent; a server's own 429 is ModelBusy. `ends_at`, of the monotonic clock: what models have not read
    by then is left to a worker; several turns of one request share it. `is_last_try`: where all models fail, what rules
    are sure of is given instead of nothing. `by_models`: a model reads what rules could read alone, too.
    """
    reading = _read(turn, readers=readers, floor=floor, before_model=before_model, ends_at=ends_at, by_models=by_models)
    if is_last_try and reading.outcome is ReadingOutcome.FAILED:
        by_rules = _read(turn, readers=(), floor=floor, before_model=None, ends_at=None)
        told = (*by_rules.diff.uncertainties, *reading.diff.uncertainties)
        reading = replace(reading, diff=replace(by_rules.diff, uncertainties=told))
    count_reading(reading)
    return reading


def _read(
    turn: TurnText,
    *,
    readers: Readers,
    floor: float,
    before_model: Callable[[], None] | None,
    ends_at: float | None,
    by_models: bool = False,
) -> TurnReading:
    flags = flags_of(turn.text)
    if is_hostile(flags):
        return _beside_hostile(turn, flags)
    turn = replace(turn, text=blank_recalled(turn.text))
    if turn.role == "assistant" or not turn.text.strip():
        return TurnReading(diff=Diff(flags=flags), stage=ReadingStage.NONE, outcome=ReadingOutcome.SKIPPED, flags=flags)
    rules = replace(read_by_rules(turn), flags=flags)
    if not needs_model(rules) and not by_models:
        return TurnReading(
            diff=_of_role(rules, turn.role), stage=ReadingStage.RULES, outcome=ReadingOutcome.READ, flags=flags
        )
    if not readers:
        return _unread(turn, rules, again=False)
    ends_at = time.monotonic() + MODELS_S if ends_at is None else ends_at
    if ends_at - time.monotonic() < LEAST_S:
        return _unread(turn, rules, again=True)
    if before_model:
        before_model()
    return _Escalation(turn=turn, rules=rules, floor=floor, ends_at=ends_at).through(readers)


def needs_model(rules: Diff) -> bool:
    """Whether rules left something to read."""
    return bool(rules.unread) or not all(is_sure(fact) for fact in rules.facts)


@dataclass(kw_only=True)
class _Escalation:
    """One turn on its way through the models, and what that cost so far."""

    turn: TurnText
    rules: Diff
    floor: float
    ends_at: float
    usage: list[Usage] = field(default_factory=list)

    def through(self, readers: Readers) -> TurnReading:
        error = ""
        for number, (stage, reader) in enumerate(readers, 1):
            attempt = self._attempt(reader)
            self.usage += attempt.usage
            if attempt.extraction is None:
                error = attempt.error
                continue
            error = ""
            diff = merged(self.rules, ground(attempt.extraction, turn=self.turn, rules=self.rules))
            if number == len(readers) or not has_doubts(diff, text=self.turn.text, floor=self.floor):
                return self._reading(stage, ReadingOutcome.READ, _of_role(diff, self.turn.role))
        return self._failed(readers[-1][0], error)

    def _attempt(self, reader: ModelReader) -> Attempt:
        try:
            return reader.read(self.turn, ends_at=self.ends_at)
        except ServerBusy as busy:
            raise ModelBusy(str(busy), retry_after_s=max(1, round(busy.retry_after_s))) from busy

    def _reading(self, stage: ReadingStage, outcome: ReadingOutcome, diff: Diff, error: str = "") -> TurnReading:
        return TurnReading(
            diff=diff,
            stage=stage,
            outcome=outcome,
            error=error,
            flags=self.rules.flags,
            usage=tuple(self.usage),
            may_be_tried_again=outcome is ReadingOutcome.FAILED,
        )

    def _failed(self, stage: ReadingStage, error: str) -> TurnReading:
        about = sanitise(" ".join(self.rules.unread) or self.turn.text, chars=NAME_CHARS)
        told = UncertaintyRow(about=about, kind="unread", reason=NOT_READ)
        diff = Diff(uncertainties=(told,), unread=self.rules.unread, flags=self.rules.flags)
        return self._reading(stage, ReadingOutcome.FAILED, diff, error)


def _beside_hostile(turn: TurnText, flags: tuple[str, ...]) -> TurnReading:
    """What rules are sure of in the other lines of a turn with a line in another's name; else nothing. No model."""
    told = refused(flags)
    own = replace(turn, text=blank_role_lines(turn.text, flags))
    if not own.text.strip() or is_hostile(flags_of(own.text)):
        return TurnReading(diff=told, stage=ReadingStage.NONE, outcome=ReadingOutcome.SKIPPED, flags=flags)
    found = _read(own, readers=(), floor=1.0, before_model=None, ends_at=None)
    uncertainties = (*found.diff.uncertainties, *told.uncertainties)
    return replace(found, diff=replace(found.diff, uncertainties=uncertainties, flags=flags), flags=flags)


def _unread(turn: TurnText, rules: Diff, *, again: bool) -> TurnReading:
    """What rules are sure of; the rest waits for a model, if there ever is one."""
    return TurnReading(
        diff=_of_role(sure_part(rules), turn.role),
        stage=ReadingStage.RULES,
        outcome=ReadingOutcome.UNREAD,
        flags=rules.flags,
        may_be_tried_again=again,
    )


def _of_role(diff: Diff, role: str) -> Diff:
    """The system gives instructions and is nobody; a tool tells of the world, not of the speaker."""
    if role == "user":
        return diff
    others: Sequence[str] = [row.name for row in diff.entities if row.name != SELF]
    facts = tuple(fact for fact in diff.facts if fact.entity != SELF and fact.target != SELF)
    return replace(
        diff,
        entities=tuple(row for row in diff.entities if row.name in others) if role == "tool" else (),
        facts=facts if role == "tool" else (),
        instructions=diff.instructions if role == "system" else (),
    )
