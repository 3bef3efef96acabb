"""What sending costs, without any worker: Larder's tick, and django-celery-beat's scheduler with as many tasks."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from bench.scheduler.played import register

ROUNDS = 3
SAMPLE = 250
TICKS = 40


def beats(count: int = 10_000) -> None:
    """In turns, each `ROUNDS` times: how long until all that is due has been handed over.

    With each message celery's scheduler compares all its entries with what they were, so that its time grows with the
    square of their number. Its first `SAMPLE` messages are timed, and multiplied.
    """
    theirs, ours = [], []
    for turn in range(ROUNDS):
        ours.append(_ours(count))
        theirs.append(_theirs(count))
        print(f"turn {turn + 1}: ours {ours[-1]:.2f} s, django-celery-beat {theirs[-1]:.2f} s", flush=True)
    ratio = median(theirs) / median(ours)
    print(f"{count:,} due: ours {median(ours):.2f} s, django-celery-beat {median(theirs):.2f} s, {ratio:.0f} times")
    print(f"(its time: that of its first {min(SAMPLE, count):,} messages, times {max(1, count // SAMPLE)})", flush=True)


def _ours(count: int) -> float:
    """From a tick's begin to its end: every run is committed, and as many messages are sent as there are places."""
    from providers.models import Provider, SyncRun
    from providers.tasks import dispatch_due

    SyncRun.objects.all().delete()
    Provider.objects.all().delete()
    register("p", count, url="http://127.0.0.1:9", due=datetime.now(UTC).replace(second=0, microsecond=0))
    took = _timed(dispatch_due)
    assert SyncRun.objects.filter(state="queued").count() == count
    return took


def _theirs(count: int) -> float:
    """For all messages, without reading the tasks, building the heap and saving their times."""
    from celery import current_app
    from django_celery_beat.models import CrontabSchedule, PeriodicTask, PeriodicTasks
    from django_celery_beat.schedulers import DatabaseScheduler

    PeriodicTask.objects.all().delete()
    each_minute, _ = CrontabSchedule.objects.get_or_create(minute="*", hour="*")
    past = datetime.now(UTC) - timedelta(hours=1)
    PeriodicTask.objects.bulk_create(
        PeriodicTask(name=f"t{n}", task="bench.nothing", crontab=each_minute, queue="bench", last_run_at=past)
        for n in range(count)
    )
    PeriodicTasks.update_changed()
    logging.getLogger("celery.beat").setLevel(logging.ERROR)
    scheduler = DatabaseScheduler(app=current_app)
    assert len(scheduler.schedule) >= count
    scheduler.populate_heap()
    sample = min(SAMPLE, count)
    began = time.perf_counter()
    _send_until(scheduler, sample)
    took = (time.perf_counter() - began) * count / sample
    with current_app.connection_for_write() as connection:
        assert connection.default_channel.client.llen("bench") >= sample
        connection.default_channel.client.delete("bench")
    PeriodicTask.objects.all().delete()
    return took


def _send_until(scheduler: object, count: int) -> None:
    """Turn its wheel until so many have gone out."""
    sent = 0

    def counted(*args: object, **named: object) -> object:
        nonlocal sent
        sent += 1
        return send(*args, **named)

    send = scheduler.apply_async  # type: ignore[attr-defined]
    scheduler.apply_async = counted  # type: ignore[attr-defined]
    while sent < count:
        scheduler.tick()  # type: ignore[attr-defined]


def costs() -> None:
    """A tick with nothing due, and one with a hundred due, beside 1,000, 10,000 and 100,000 that are not."""
    from providers.tasks import dispatch_due

    there = 0
    for registered in (1_000, 10_000, 100_000):
        register(f"idle{registered}-", registered - there, url="http://127.0.0.1:9")
        there = registered
        dispatch_due()
        idle = median(_timed(dispatch_due) for _ in range(TICKS))
        some = median(_a_hundred_due() for _ in range(TICKS // 4))
        print(
            f"{registered:>7,} registered: {idle * 1e3:6.2f} ms a tick, {some * 1e3:6.2f} ms with 100 due", flush=True
        )


def _a_hundred_due() -> float:
    from providers.models import Provider, SyncRun
    from providers.tasks import dispatch_due

    SyncRun.objects.all().delete()
    Provider.objects.filter(pk__startswith="due").delete()
    register("due", 100, url="http://127.0.0.1:9", due=datetime.now(UTC).replace(second=0, microsecond=0))
    return _timed(dispatch_due)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
