"""Runs on all of Larder: how late they are made, how late they start, and what the worker weighs meanwhile."""

import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from bench.sampling import sampled
from bench.scheduler.played import MINUTE, next_minute, register, serve
from bench.scheduler.stacks import Stack

LOOK_S = 0.1
MiB = 2**20
PAGE_BYTES = resource.getpagesize()


def burst(stack: Stack, count: int = 10_000) -> None:
    """All due in the same minute; a moment later somebody asks for a sync by hand."""
    url = serve()
    register("asked", 1, url=f"{url}/0")
    slot = next_minute(at_least_s=count / 2_000)
    register("burst", count, url=f"{url}/0", due=slot)
    _sleep_until(slot)
    watch = _Watch(slot)
    watch.until(lambda seen: seen.made == count)
    asked_at = datetime.now(UTC)
    asked = stack.sync("asked0")
    watch.until(lambda seen: seen.ended == count)
    watch.say_made(count)
    _say_started(slot, prefix="burst")
    _say_asked(asked, asked_at)
    _audit(stack)


def steady(stack: Stack, count: int = 100_000, minutes: int = 3) -> None:
    """So many registered, of which a hundredth is due in each of the next minutes."""
    url, share = serve(), count // 100
    register("idle", count - minutes * share, url=f"{url}/0")
    first = next_minute(at_least_s=share * minutes / 2_000)
    for minute in range(minutes):
        register(f"steady{minute}-", share, url=f"{url}/0", due=first + minute * MINUTE)
    for minute in range(minutes):
        slot = first + minute * MINUTE
        _sleep_until(slot)
        watch = _Watch(slot)
        watch.until(lambda seen: seen.made == share)
        watch.say_made(share)
        watch.until(lambda seen: seen.ended == share)
        _say_started(slot, prefix=f"steady{minute}-")
    _audit(stack)


def slow(stack: Stack, count: int = 500, seconds: int = 10) -> None:
    """Providers that take their time: how long all of them take on one worker, and what it weighs."""
    url = serve()
    slot = next_minute()
    register("slow", count, url=f"{url}/{seconds}", due=slot)
    with _weighing(stack) as weight:
        _sleep_until(slot)
        watch = _Watch(slot)
        watch.until(lambda seen: seen.ended == count)
    print(f"{count} of {seconds} s each: all ended {watch.elapsed_s:.1f} s after their minute")
    print(f"worker: {weight.before:.0f} MiB before, {max(weight.resident):.0f} MiB at most; {weight.said}")
    _audit(stack)


@dataclass(frozen=True, kw_only=True)
class _Seen:
    at_s: float
    made: int
    ended: int


@dataclass
class _Watch:
    """How many committed runs a slot has, and how many of them have ended, from the slot on."""

    slot: datetime
    seen: list[_Seen] = field(default_factory=list)

    @property
    def elapsed_s(self) -> float:
        return (datetime.now(UTC) - self.slot).total_seconds()

    def until(self, enough: Callable[[_Seen], bool]) -> None:
        from providers.models import SyncRun

        runs = SyncRun.objects.filter(scheduled_for=self.slot)
        while not self.seen or not enough(self.seen[-1]):
            active = SyncRun.objects.active().filter(scheduled_for=self.slot).count()
            made = runs.count()
            self.seen.append(_Seen(at_s=self.elapsed_s, made=made, ended=made - active))
            time.sleep(LOOK_S)

    def say_made(self, count: int) -> None:
        """Each run counts as made when it was first seen."""
        times, before = [], 0
        for look in self.seen:
            times += [look.at_s] * (look.made - before)
            before = look.made
        _say(f"{count:,} due, from the minute to the committed run", times)


def _say_started(slot: datetime, *, prefix: str) -> None:
    """The workers' own time: run k of n cannot start before k/n of the time in which they worked off all of them."""
    from providers.models import SyncRun

    runs = list(SyncRun.objects.filter(provider__id__startswith=prefix, scheduled_for=slot).order_by("started_at"))
    starts = [run.started_at for run in runs if run.started_at]
    first, last = starts[0], max(run.finished_at for run in runs if run.finished_at)
    each = (last - first) / len(runs)
    lags = [(start - slot).total_seconds() for start in starts]
    beyond = [(start - slot - number * each).total_seconds() for number, start in enumerate(starts)]
    _say("from the minute to the start", lags)
    _say("of it beyond the workers' own time", beyond)
    states = {state: sum(run.state == state for run in runs) for state in {run.state for run in runs}}
    print(
        f"worked off in {(last - first).total_seconds():.1f} s, {1 / each.total_seconds():.0f} runs a second; {states}"
    )


def _say_asked(run_id: str, asked_at: datetime) -> None:
    from providers.models import SyncRun

    run = SyncRun.objects.get(pk=run_id)
    assert run.started_at
    print(f"asked for by hand: started {(run.started_at - asked_at).total_seconds():.2f} s after the click")


def _say(what: str, seconds: Sequence[float]) -> None:
    p99 = quantiles(seconds, n=100)[98]
    print(f"{what}: p50 {median(seconds):.2f} s, p99 {p99:.2f} s, at most {max(seconds):.2f} s", flush=True)


def _audit(stack: Stack) -> None:
    done = stack.manage("audit_runs")
    print(f"audit_runs: {done.stdout.strip().splitlines()[-1]}, exit {done.returncode}", flush=True)


def _sleep_until(instant: datetime) -> None:
    time.sleep(max(0.0, (instant - datetime.now(UTC)) / timedelta(seconds=1)))


@dataclass
class _Weight:
    before: float
    resident: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)

    @property
    def said(self) -> str:
        return f"{max(self.threads)} threads, {max(self.connections)} database sessions of all processes"


@contextmanager
def _weighing(stack: Stack) -> Iterator[_Weight]:
    """Sample the worker twice a second, and the database's sessions."""
    from django.db import connection

    worker = Path(f"/proc/{stack.process('worker')}")
    weight = _Weight(_resident(worker))

    def weigh() -> None:
        weight.resident.append(_resident(worker))
        weight.threads.append(len(list((worker / "task").iterdir())))
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
            weight.connections.append(cursor.fetchone()[0])

    with sampled(weigh, every_s=0.5):
        yield weight


def _resident(process: Path) -> float:
    return int((process / "statm").read_text().split()[1]) * PAGE_BYTES / MiB
