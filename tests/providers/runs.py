"""Seeing runs through, as a worker does."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections

from providers.models import SyncRun
from providers.runs.sync import run_sync


def after_run(run: SyncRun) -> SyncRun:
    run_sync(run.pk)
    return SyncRun.objects.get(pk=run.pk)


@contextmanager
def running(run: SyncRun) -> Iterator[None]:
    """The run in a thread of its own, as in a worker."""

    def work() -> None:
        try:
            run_sync(run.pk)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    thread.join(10)
    assert not thread.is_alive()


def wait_for(condition: Callable[[], object], within_s: float = 5) -> None:
    until = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
