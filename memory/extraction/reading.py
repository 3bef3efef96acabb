"""What came of reading a turn, whoever read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from memory.extraction.diff import Diff


class ReadingStage(StrEnum):
    """The last one that read it; the words of `Turn.stage`."""

    NONE = "none"
    RULES = "rules"
    FAST = "fast"
    STRONG = "strong"


class ReadingOutcome(StrEnum):
    """The words of `Turn.state`. `unread`: a clause was not understood; `failed`: models were asked and none could;
    `skipped`: there was nothing to read, or nothing that may be read."""

    READ = "read"
    UNREAD = "unread"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What one call of a model cost, as its server counted, or estimated where it did not say."""

    model: str
    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, kw_only=True)
class TurnReading:
    """`error` is a sentence where a model failed; `flags` are the scanner's. `may_be_tried_again`: a model could read
    what is unread, now or once its server answers."""

    diff: Diff
    stage: ReadingStage
    outcome: ReadingOutcome
    error: str = ""
    flags: Sequence[str] = ()
    usage: Sequence[Usage] = ()
    may_be_tried_again: bool = False

    @property
    def complete(self) -> bool:
        return self.outcome in (ReadingOutcome.READ, ReadingOutcome.SKIPPED)

    @property
    def tokens_in(self) -> int:
        return sum(each.tokens_in for each in self.usage)

    @property
    def tokens_out(self) -> int:
        return sum(each.tokens_out for each in self.usage)
