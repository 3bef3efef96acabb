"""Whether the clock was set is told by one that nobody sets."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import JumpWatch

HOUR = timedelta(hours=1)


class Clocks:
    """The wall's and the monotonic one; `took_s`: how long it takes to read the first."""

    def __init__(self) -> None:
        self.now, self.elapsed_s, self.took_s = datetime(2026, 6, 1, 12, tzinfo=UTC), 1_000.0, 0.0

    def read(self) -> datetime:
        self.go_on(self.took_s)
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.elapsed_s += seconds


@pytest.mark.parametrize("jump", [2 * HOUR, -2 * HOUR, timedelta()])
def test_a_jump_is_told_once(jump: timedelta) -> None:
    clocks = Clocks()
    watch = JumpWatch(clocks.read, lambda: clocks.elapsed_s)
    assert watch.look() == (clocks.now, timedelta())
    clocks.go_on(5)
    clocks.now += jump
    assert watch.look() == (clocks.now, jump)
    clocks.go_on(3_600)
    assert watch.look() == (clocks.now, timedelta()), "however long nobody looked"


def test_a_process_that_was_stopped_while_it_asked_sees_no_jump() -> None:
    clocks = Clocks()
    watch = JumpWatch(clocks.read, lambda: clocks.elapsed_s)
    for clocks.took_s in (0, 600, 0):
        assert watch.look()[1] == timedelta()
