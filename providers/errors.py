"""What can go wrong with providers and their syncs.

LarderError                  knowledge.errors
├── ScheduleInvalid          where in the expression, and a sentence
├── ProviderInvalid          a field that cannot be saved
├── ProviderNotFound
├── ProviderExists
├── ProviderDisabled
├── RunNotFound
├── RunNotActive             there is nothing left to cancel
├── ManifestInvalid          a `larder.yaml` that is refused whole, with every fault and its line
├── ChannelInvalid
├── ChannelNotFound
├── AlertFailed              an alert that did not arrive
├── AlreadySyncing           `run_id` of the run that is in the way
└── CallFailed               a call to a provider brought no result; `code` says why
    ├── CallRefused          tell a person: asking again brings the same
    │   ├── SecretUnreadable our own key is missing; the provider is not to blame
    │   └── OutboundRefused  not even asked: the address or the answer is not acceptable
    └── CallUnavailable      try again later
        └── OutboundUnavailable
            └── OutboundTimeout
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import LarderError


class ScheduleInvalid(LarderError):
    """`position` is the 0-based character where the trouble starts; null where no character is to blame."""

    code = "invalid_schedule"

    def __init__(self, detail: str, *, position: int | None = None, field: str = "sync_schedule") -> None:
        super().__init__(detail, position=position, field=field)
        self.position = position


class ProviderInvalid(LarderError):
    code = "invalid_provider"

    def __init__(self, detail: str, *, field: str) -> None:
        super().__init__(detail, field=field)


class ProviderNotFound(LarderError):
    code = "not_found"


class ProviderExists(LarderError):
    code = "already_exists"


class ProviderDisabled(LarderError):
    code = "provider_disabled"


class RunNotFound(LarderError):
    code = "not_found"


class RunNotActive(LarderError):
    code = "run_not_active"


@dataclass(frozen=True, order=True, kw_only=True)
class Fault:
    """What is wrong with a file, and in which line, from 1."""

    line: int
    reason: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


class ManifestInvalid(LarderError):
    """`line` of the first fault, and `errors`: one `{"line", "reason"}` for each, in the order of the file."""

    code = "invalid_manifest"

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(faults)
        errors = [{"line": fault.line, "reason": fault.reason} for fault in self.faults]
        super().__init__(str(self.faults[0]), line=self.faults[0].line, errors=errors)


class AlreadySyncing(LarderError):
    code = "already_syncing"

    def __init__(self, run_id: Any) -> None:
        super().__init__("A sync of this provider is already under way.", run_id=str(run_id))
        self.run_id = run_id


class CallFailed(LarderError):
    """`code` becomes the run's `error_code`, `detail` the sentence beside it."""

    def __init__(self, detail: str, *, code: str, http_status: int | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.http_status = http_status


class CallRefused(CallFailed):
    """Tell a person; asking again brings the same."""


class SecretUnreadable(CallRefused):
    """None of our keys opens the provider's secret: a fault of our configuration."""


class CallUnavailable(CallFailed):
    """Try again later; not before `retry_after_s`, where the provider said so."""

    def __init__(
        self, detail: str, *, code: str, http_status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail, code=code, http_status=http_status)
        self.retry_after_s = retry_after_s


class OutboundRefused(CallRefused):
    """The address must not be called, or what it answered must not be read."""


class OutboundUnavailable(CallUnavailable):
    """No answer arrived: name, connection, encryption or protocol."""


class OutboundTimeout(OutboundUnavailable):
    """The deadline passed."""


class ChannelInvalid(LarderError):
    code = "invalid_channel"

    def __init__(self, detail: str, *, field: str) -> None:
        super().__init__(detail, field=field)


class ChannelNotFound(LarderError):
    code = "not_found"


class AlertFailed(LarderError):
    code = "alert_failed"
