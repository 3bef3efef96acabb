"""The slot of a request: its place among those that are worked on, given back while it waits for another server.

The web process works on so many requests at a time (`config.web.request_buffering`). Whoever waits for an embedder, a
provider or a mail server does no work: however long that takes, others get the slot and the connection to PostgreSQL.

See docs/decisions/0177.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.db import connections

MOST_WAITING = 48
"""Requests of a process that may wait so at a time; the others keep their slot. Each takes a thread."""


class SlotSemaphore(Protocol):
    def take(self) -> None: ...

    def give_back(self) -> None: ...


_of_thread = threading.local()
_places = threading.BoundedSemaphore(MOST_WAITING)


@contextmanager
def working(slots: SlotSemaphore) -> Iterator[None]:
    """The work of this thread's request, in one of the slots."""
    slots.take()
    _of_thread.slots = slots
    try:
        yield
    finally:
        _of_thread.slots = None
        slots.give_back()


def has_slot() -> bool:
    """Whether this thread works on a request: a worker's and a command's do not."""
    return getattr(_of_thread, "slots", None) is not None


@contextmanager
def slot_given_back() -> Iterator[bool]:
    """Wait for somebody else in here. Says whether the slot is given back: not where no request is worked on, nor where
    too many wait already."""
    slots: SlotSemaphore | None = getattr(_of_thread, "slots", None)
    if slots is None or not _places.acquire(blocking=False):
        yield False
        return
    _return_connections()
    _of_thread.slots = None
    slots.give_back()
    try:
        yield True
    finally:
        slots.take()
        _of_thread.slots = slots
        _places.release()


def _return_connections() -> None:
    """To the pool. A transaction keeps its own, which is why nobody waits for others within one."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
