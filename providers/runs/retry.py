"""When an attempt that brought no result is followed by another. Pure. See docs/decisions/0030."""

from datetime import timedelta

LONGEST_WAIT = timedelta(minutes=15)


def retry_delay(attempt: int, *, backoff_s: float, asked_s: float | None, spread: float) -> timedelta:
    """How long to wait after the `attempt`-th attempt: twice as long each time, never beyond LONGEST_WAIT.

    `spread` in [0, 1) shortens the wait by up to a half, so that what fell together comes back apart.
    What the provider asked for (`asked_s`) is never undercut, only capped.
    """
    longest_s = LONGEST_WAIT.total_seconds()
    waited_s = min(backoff_s * 2.0 ** (attempt - 1), longest_s) * (1 - spread / 2)
    return timedelta(seconds=min(max(waited_s, asked_s or 0.0), longest_s))
