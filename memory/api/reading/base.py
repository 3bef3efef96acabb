"""What reads share: whose memory, through which lens, and at which moment."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from memory.api.base import Lensed, WireTime, caller_of, lens_of
from memory.errors import MemoryInvalid
from memory.reading.time_filter import PRESENT, Reader, TimeFilter
from memory.scopes.paths import Clauses


class Timed(Lensed):
    """`as_of`: what was believed then; `valid_from` and `valid_until`: what was so in between."""

    as_of: WireTime | None = None
    at_instant: WireTime | None = None
    valid_from: WireTime | None = None
    valid_until: WireTime | None = None

    @property
    def moment(self) -> TimeFilter:
        return TimeFilter(as_of=self.as_of or self.at_instant, valid_from=self.valid_from, valid_until=self.valid_until)


def reader_for(request: HttpRequest, *, lens: Clauses | None = None, moment: TimeFilter = PRESENT) -> Reader:
    """What the caller sees; a lens in the address narrows it, too. Raises MemoryForbidden."""
    caller = caller_of(request)
    seen = caller.reading(lens or lens_of(request))
    return Reader(context=caller.context, visibility=seen, now=timezone.now(), moment=moment)


def moment_in(request: HttpRequest) -> TimeFilter:
    """Of a query: `as_of`, `at_instant`, `valid_from`, `valid_until`. Raises MemoryInvalid."""
    names = ("as_of", "at_instant", "valid_from", "valid_until")
    given: dict[str, Any] = {name: request.GET[name] for name in names if request.GET.get(name)}
    try:
        return Timed.model_validate(given).moment
    except ValueError as error:
        raise MemoryInvalid("as_of, at_instant, valid_from and valid_until are instants of RFC 3339.") from error


def window(*, limit: int, offset: int, most: int) -> tuple[int, int]:
    """Within bounds. Raises MemoryInvalid."""
    if not 1 <= limit <= most:
        raise MemoryInvalid(f"limit is 1 to {most}.")
    if not 0 <= offset <= 10_000_000:
        raise MemoryInvalid("offset is 0 or more.")
    return limit, offset
