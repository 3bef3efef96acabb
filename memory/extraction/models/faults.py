"""Why a model did not read a turn. None of them reaches a caller: `pipeline` turns them into a reading or an error.

ModelFault
├── ServerAway      no answer that could be used: try again later
├── ServerRefused   4xx: asking again brings the same
├── ServerBusy      429, with the seconds to wait
└── ReplyInvalid    an answer that is none of those asked for, with every fault
"""

from collections.abc import Sequence


class ModelFault(Exception):
    """`outcome` is what metrics call it."""

    outcome = "failed"


class ServerAway(ModelFault):
    outcome = "unavailable"


class ServerRefused(ModelFault):
    outcome = "refused"


class ServerBusy(ModelFault):
    outcome = "busy"

    def __init__(self, sentence: str, *, retry_after_s: float) -> None:
        super().__init__(sentence)
        self.retry_after_s = retry_after_s


class ReplyInvalid(ModelFault):
    """`faults`: one phrase each, to be told to the model."""

    outcome = "invalid"

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(f"The model's reply cannot be used: {'; '.join(faults)}.")
        self.faults = tuple(faults)
