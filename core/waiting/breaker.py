"""Leaving a server alone that failed several times in a row: all processes together, as long as Redis is there.

Without Redis each process learns it for itself. After a pause one caller tries first; the others wait for what becomes
of it, at most `TRIAL_S`.
"""

import logging
import threading
import time

from core import redis

log = logging.getLogger(__name__)

FAILURES = 3
"""In a row; then nobody asks for a while."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5, 60
TRIAL_S = 30
MEMORY_S = 600
"""Failures further apart than this are not in a row."""

# What fails while a pause is on was begun before it and says nothing new: forty that wait at once are one more failure.
# A pause that is longer than any was begun before Redis' clock was set back, and is over.
# Answers how long the pause is that this failure began, in seconds.
NOTE_FAILURE = """
local failures, pause, trial, said = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local left = redis.call('PTTL', pause)
if left >= 0 and left <= tonumber(ARGV[5]) * 1000 then return 0 end
local count = redis.call('INCR', failures)
redis.call('EXPIRE', failures, ARGV[1])
redis.call('SET', said, ARGV[2], 'EX', ARGV[1])
local least = tonumber(ARGV[3])
if count < least then return 0 end
local pause_s = math.min(tonumber(ARGV[4]) * 2 ^ math.min(count - least, 6), tonumber(ARGV[5]))
redis.call('SET', pause, '1', 'EX', string.format('%d', pause_s))
redis.call('DEL', trial)
return pause_s
"""


class SharedBreaker:
    """`name` says which server; each with the same name knows the same."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._failures_key, self._pause_key, self._trial_key, self._said_key = (
            f"larder:breaker:{name}:{part}" for part in ("failures", "pause", "trial", "said")
        )
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_until = self._tried_until = 0.0
        self._said = ""

    def wait_s(self) -> float:
        """0 where the server may be asked, by this caller and now; else the seconds until that is worth a thought.

        Whoever may ask says afterwards what came of it, by one of `note_…`.
        """
        found = redis.ask("MGET", self._failures_key, self._pause_key)
        if found is None:
            return self._own_wait_s()
        failures, pause = found
        if int(failures or 0) < FAILURES:
            return 0.0
        if pause is not None and (left_s := _left_s(self._pause_key, most_s=LONGEST_PAUSE_S) or 0):
            return max(1.0, left_s)
        if redis.ask("SET", self._trial_key, "1", "NX", "EX", TRIAL_S):
            return 0.0
        _left_s(self._trial_key, most_s=TRIAL_S)
        return 1.0

    def pause_s(self) -> float:
        """The same for somebody who only looks; 0, too, while one caller tries."""
        left_s = _left_s(self._pause_key, most_s=LONGEST_PAUSE_S)
        return max(0.0, self._closed_until - time.monotonic()) if left_s is None else left_s

    def last_failure(self) -> str:
        """What `note_failure` was told last, by whichever process."""
        found = redis.ask("GET", self._said_key)
        return found.decode() if isinstance(found, bytes) else self._said

    def note_success(self) -> None:
        with self._lock:
            self._failures, self._closed_until, self._tried_until = 0, 0.0, 0.0
        redis.ask("DEL", self._failures_key, self._pause_key, self._trial_key)

    def note_nothing(self) -> None:
        """What came of it says nothing of the server: the next caller may try."""
        self._tried_until = 0.0
        redis.ask("DEL", self._trial_key)

    def note_failure(self, said: str = "") -> None:
        """After the third in a row a pause begins, twice as long with each that follows."""
        own_pause_s = self._note_own_failure(said)
        keys = (self._failures_key, self._pause_key, self._trial_key, self._said_key)
        limits = (MEMORY_S, said, FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S)
        pause_s = redis.ask("EVAL", NOTE_FAILURE, len(keys), *keys, *limits)
        pause_s = own_pause_s if pause_s is None else pause_s
        if pause_s:
            log.warning("%s failed several times in a row; nobody asks it for %d s: %s", self.name, pause_s, said)

    def _note_own_failure(self, said: str) -> int:
        now = time.monotonic()
        with self._lock:
            if now < self._closed_until:
                return 0
            self._failures += 1
            self._said = said
            pause_s = _pause_s(self._failures)
            self._closed_until, self._tried_until = now + pause_s, 0.0
            return pause_s

    def _own_wait_s(self) -> float:
        now = time.monotonic()
        with self._lock:
            wait_s = max(0.0, self._closed_until - now, self._tried_until - now)
            if not wait_s and self._failures >= FAILURES:
                self._tried_until = now + TRIAL_S
            return wait_s


def _left_s(key: str, *, most_s: int) -> float | None:
    """How long Redis still keeps it; 0: not at all, None: Redis is not there.

    What is kept for longer than ever was asked for stems from before Redis' clock was set back: it is removed.
    """
    found = redis.ask("PTTL", key)
    if found is None:
        return None
    left_s = float(found) / 1_000
    if left_s > most_s:
        redis.ask("DEL", key)
        return 0.0
    return max(0.0, left_s)


def _pause_s(failures: int) -> int:
    """0 for the first few."""
    if failures < FAILURES:
        return 0
    doublings: int = 2 ** min(failures - FAILURES, 6)
    return min(FIRST_PAUSE_S * doublings, LONGEST_PAUSE_S)
