"""The scheduler goes on, whatever becomes of the clock and of the database. Its ticks are noted, not sent."""

import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks

from config.celery import app
from config.processes import ticks
from config.processes.ticks import TickScheduler

pytestmark = pytest.mark.django_db(transaction=True)
TWO_HOURS_S = 7_200
EACH_SECOND, EACH_HOUR = "dispatch due providers", "forget old runs"


class Played(TickScheduler):
    """Beat, with a clock that is set by hand, and without the last words that it has at the end of its process."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._finalize.cancel()

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        self.sent[entry.name] += 1

    def run(self, seconds: int) -> Counter[str]:
        """What it sends in so many of them, each tick how often."""
        self.sent: Counter[str] = Counter()
        for _ in range(seconds):
            clock.now += timedelta(seconds=1)
            while self.tick() == 0:
                pass
        return self.sent


class Clock:
    now = timezone.now()


clock = Clock()


@pytest.fixture
def beat(monkeypatch: pytest.MonkeyPatch) -> Played:
    clock.now = timezone.now()
    monkeypatch.setattr(time, "time", lambda: clock.now.timestamp())
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    monkeypatch.setattr(ticks.TickEntry, "_default_now", lambda entry: clock.now)
    return Played(app=app)


def test_ticks_are_sent_when_it_is_their_time(beat: Played) -> None:
    sent = beat.run(31)
    assert (sent[EACH_SECOND], sent["watch for alerts"], sent[EACH_HOUR]) == (31, 2, 0)


def test_a_clock_that_is_set_back_silences_nothing(beat: Played) -> None:
    beat.run(10)
    clock.now -= timedelta(seconds=TWO_HOURS_S)
    assert beat.run(10)[EACH_SECOND] >= 8
    beat.sync()
    clock.now -= timedelta(seconds=TWO_HOURS_S)
    assert Played(app=app).run(10)[EACH_SECOND] >= 8, "one that starts anew reads from the database when it sent last"


def test_a_clock_that_is_set_forward_sends_each_tick_once(beat: Played) -> None:
    beat.run(10)
    clock.now += timedelta(seconds=TWO_HOURS_S)
    sent = beat.run(1)
    assert set(sent.values()) == {1}
    assert sent.keys() == app.conf.beat_schedule.keys()


def test_a_database_that_was_made_anew_silences_nothing(beat: Played) -> None:
    beat.run(10)
    PeriodicTask.objects.all()._raw_delete("default")  # without telling beat, as another database would not
    PeriodicTasks.objects.all().delete()
    beat._last_full_sync = datetime.min  # noqa: DTZ901 -- as after five minutes; beat's own has no zone
    assert beat.run(10)[EACH_SECOND] >= 9


def test_what_an_older_version_sent_is_not_sent_any_more(beat: Played) -> None:
    each_second, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
    PeriodicTask.objects.create(name="a former tick", task="providers.tasks.former", interval=each_second)
    sent = Played(app=app).run(5)
    assert sent[EACH_SECOND] == 5
    assert "a former tick" not in sent
