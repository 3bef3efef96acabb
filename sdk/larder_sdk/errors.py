"""What can go wrong between a program and Larder.

    LarderError                 everything below; carries `status`, `code`, `detail`, `extra`
    ├── Refused                 understood and declined: asking again changes nothing (4xx)
    │   ├── Unauthorized        401  the key is missing, unknown, expired or revoked
    │   ├── Forbidden           403  a known key, but another's source or another role's call
    │   ├── NotFound            404  no such document or source
    │   ├── Conflict            409  the call does not fit the state of things
    │   ├── TooLarge            413  a body or batch over the limits
    │   └── Invalid             422  something in the request; `errors` names each item
    ├── Unavailable             try again: no connection, 429, 502, 503, 504; `retry_after` in seconds
    └── Unexpected              not an answer of Larder's: a 500, a redirect, a proxy's page

`except Refused` tells a person, `except Unavailable` tries later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class LarderError(Exception):
    """A call that did not succeed. `str()` is one sentence for a person.

    `status` is the HTTP status (None where nothing was answered), `code` the stable
    machine-readable name, `detail` the sentence, `extra` the answer's other fields.
    """

    def __init__(
        self, detail: str, *, status: int | None = None, code: str = "", extra: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.code = code
        self.extra = dict(extra or {})


class Refused(LarderError):
    """Declined. `errors` has one mapping for each refused item, with its `index` in what was passed and its `id`."""

    @property
    def errors(self) -> Sequence[Mapping[str, Any]]:
        errors = self.extra.get("errors")
        return [error for error in errors if isinstance(error, Mapping)] if isinstance(errors, list) else []


class Unauthorized(Refused):
    """The key is missing, unknown, expired or revoked."""


class Forbidden(Refused):
    """The key is known, but may not do this."""


class NotFound(Refused):
    """There is no such document or source."""


class Conflict(Refused):
    """The call does not fit the state of things, for example an id that several sources use."""


class TooLarge(Refused):
    """The body or the batch is over the server's limits."""


class Invalid(Refused):
    """Something in the request is not acceptable; nothing of that request was stored."""


class Unavailable(LarderError):
    """Larder, or what it depends on, cannot be reached now. `retry_after` is in seconds, None where unknown."""

    def __init__(self, detail: str, *, retry_after: float | None = None, **rest: Any) -> None:
        super().__init__(detail, **rest)
        self.retry_after = retry_after


class Unexpected(LarderError):
    """An answer that Larder does not give."""


REFUSALS: Mapping[int, type[Refused]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Invalid,
}
"""The statuses with a class of their own; every other 4xx is a plain `Refused`."""

UNAVAILABLE = frozenset({429, 502, 503, 504})
"""The statuses that say nothing about the request, only about the moment."""
