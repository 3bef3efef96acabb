"""The queue's door. Ids in, one call; every task may be lost or run twice without harm."""

import logging
import time
from datetime import datetime
from threading import Thread
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.db import DatabaseError, connections

from core.clock import JumpWatch, database_now
from core.stopping import stopping
from core.tracing import log_context
from providers.alerts.deliver import deliver_due, forget_old
from providers.alerts.watch import watch
from providers.cleanup import clean_up_sources as clean_up
from providers.incremental.lifetimes import renew_lifetimes as renew
from providers.runs.begin_anew import begin_anew
from providers.runs.retention import forget_runs as forget_old_runs
from providers.runs.schedule import BATCH, claim_due
from providers.runs.sync import note_heartbeat, reap, run_sync
from providers.runs.wake_up import notify_waiting

PULSE_S = 10.0

log = logging.getLogger(__name__)
clock_watch = JumpWatch()


@shared_task(name="providers.tasks.dispatch_due")
def dispatch_due() -> None:
    """Each second: claim what is due, until nothing more is."""
    now = _look_at_the_clock()
    note_heartbeat("dispatcher", now=now)
    while (claimed := claim_due(now=now)).providers:
        log.info("due: %d queued, %d skipped, %d failed", claimed.queued, claimed.skipped, claimed.failed)
        if claimed.providers < BATCH:
            break
    notify_waiting(now=now)  # what waited for its next attempt may start now


@shared_task(name="providers.tasks.sync_provider")
def sync_provider(run_id: str) -> None:
    with log_context(run_id=run_id):
        run_sync(UUID(run_id))


@shared_task(name="providers.tasks.reap_runs")
def reap_runs() -> None:
    ended = reap(now=_look_at_the_clock())
    if ended:
        log.warning("%d runs were settled: nobody reported on them any more, or they took too long", ended)


def _look_at_the_clock() -> datetime:
    """Where it was set since the last tick of this process, what is under way is measured anew, before it is judged."""
    now, jump = clock_watch.look()
    if jump:
        runs = begin_anew()
        log.warning("the database's clock was set by %+d s; %d runs are measured anew", jump.total_seconds(), runs)
    return now


@shared_task(name="providers.tasks.watch_alerts")
def watch_alerts() -> None:
    """Every quarter of a minute: what has changed, and what waits to be told."""
    now = database_now()
    queued = watch(now=now)
    if queued:
        log.info("%d alerts queued", queued)
    while deliver_due(now=database_now()):
        pass


@shared_task(name="providers.tasks.forget_alerts")
def forget_alerts() -> None:
    forget_old(now=database_now())


@shared_task(name="providers.tasks.clean_up_sources")
def clean_up_sources() -> None:
    """Documents of providers that were deleted with them."""
    gone = clean_up(now=database_now())
    if gone:
        log.info("moved %d documents of deleted providers to the trash", gone)


@shared_task(name="providers.tasks.renew_lifetimes")
def renew_lifetimes() -> None:
    """Of documents that incremental syncs did not repeat."""
    renew(now=database_now())


@shared_task(name="providers.tasks.forget_runs")
def forget_runs() -> None:
    forgotten = forget_old_runs(now=database_now())
    if forgotten:
        log.info("forgot %d runs", forgotten)


@worker_shutting_down.connect
def give_up_soon(**kwargs: Any) -> None:
    """A sync may outlast a deployment's patience by far: after a few seconds it is handed back, with a sentence."""
    stopping.set()


@worker_ready.connect
def start_pulse(**kwargs: Any) -> None:
    """The worker's own pulse needs no tick, so that a dead scheduler and a dead worker can be told apart."""
    Thread(target=_beat_on, name="pulse", daemon=True).start()


def _beat_on() -> None:
    while True:
        note_pulse()
        time.sleep(PULSE_S)


def note_pulse() -> None:
    """Once; a database that is away is no reason to stop."""
    try:
        note_heartbeat("worker", now=database_now())
    except DatabaseError as error:
        log.warning("the worker's pulse was not noted: %s", error)
    finally:
        connections.close_all()
