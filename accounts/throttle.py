"""How often one access key may call, over all web processes: `THROTTLE_RATE` requests, refilled evenly over its period.

One Lua call of Redis counts and decides (the generic cell rate algorithm, by Redis' clock): a key may spend its whole
allowance at once and then goes on at its rate. While Redis is away nobody is throttled, and nobody waits for it.

See docs/decisions/0021.
"""

import math
from functools import cache
from uuid import UUID

from django.conf import settings
from redis.commands.core import Script

from core.errors import LarderError
from core.redis import client, converse

# The value is the instant (ms) at which the whole allowance is there again: at most a period from now, unless the clock
# was set back meanwhile; then it is spent as of now. Answers how long (ms) to wait, 0: go ahead.
TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local period, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = tonumber(redis.call('GET', KEYS[1]) or 0)
if kept > now + period + 1000 then
    kept = now + period
    redis.call('SET', KEYS[1], string.format('%.3f', kept), 'PX', period)
end
local full = math.max(kept, now) + period / most * tonumber(ARGV[3])
if full - now > period + 0.5 then
    return math.ceil(full - now - period)
end
redis.call('SET', KEYS[1], string.format('%.3f', full), 'PX', math.ceil(full - now))
return 0
"""


class TooManyRequests(LarderError):
    """`retry_after_s` in `extra`: whole seconds until the next request is let through."""

    code = "too_many_requests"

    def __init__(self, *, most: int, period_s: int, wait_ms: int) -> None:
        self.retry_after_s = max(1, math.ceil(wait_ms / 1_000))
        detail = f"This access key may call {most:,} times in {period_s} s; try again in {self.retry_after_s} s."
        super().__init__(detail, retry_after_s=self.retry_after_s)


SHARE = 1_000
"""A process takes this part of a large allowance at a time, so that most requests cost no round trip."""
MOST_KNOWN = 1_000

_taken: dict[UUID, int] = {}
"""How many requests of a key were counted beforehand. Threads may lose one or two of them to each other."""


def wait_ms(name: str, *, most: int, period_s: int, take: int = 1) -> int:
    """Take requests from the named allowance; how long to wait where it is spent, else 0."""
    keys, arguments = [f"larder:throttle:{name}"], [period_s * 1_000, most, take]
    return converse(lambda client: int(_take(settings.REDIS_URL)(keys=keys, args=arguments, client=client))) or 0


def admit(key_id: UUID) -> None:
    """Count a request of this key, unless throttling is off; raises TooManyRequests where its allowance is spent."""
    if settings.THROTTLE_RATE is None:
        return
    if left := _taken.get(key_id, 0):
        _taken[key_id] = left - 1
        return
    most, period_s = settings.THROTTLE_RATE
    take = max(1, most // SHARE)
    if wait := wait_ms(key_id.hex, most=most, period_s=period_s, take=take):
        raise TooManyRequests(most=most, period_s=period_s, wait_ms=wait)
    if take > 1:
        _note_taken(key_id, take - 1)


def _note_taken(key_id: UUID, count: int) -> None:
    if len(_taken) >= MOST_KNOWN:
        _taken.clear()
    _taken[key_id] = count


@cache
def _take(url: str) -> Script:
    return client(url).register_script(TAKE)
