"""An end to work that cannot be told to end: a conversation whose every step has a limit, and the whole has none."""

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from core.waiting.slots import slot_given_back

T = TypeVar("T")


def finish_within(seconds: float, work: Callable[[], T]) -> T:
    """What `work` gives or raises; TimeoutError where it takes longer, and then it goes on, unheard.

    It runs in a thread of its own, so it must not ask the database.
    """
    done: Future[T] = begin(work)
    with slot_given_back():
        return done.result(timeout=seconds)


@contextmanager
def working_beside(work: Callable[[], object]) -> Iterator[None]:
    """`work` goes on meanwhile, in a thread of its own; its end is waited for, and what it raises is raised.

    It must not ask the database.
    """
    done = begin(work)
    yield
    done.result()


def begin(work: Callable[[], T]) -> Future[T]:
    """Its result, to come; the process does not wait for it to end. For the log and for traces it is the caller's."""
    done: Future[T] = Future()
    threading.Thread(target=contextvars.copy_context().run, args=(_run, work, done), daemon=True).start()
    return done


def _run(work: Callable[[], T], done: "Future[T]") -> None:
    try:
        done.set_result(work())
    except Exception as error:  # noqa: BLE001 -- whoever waits for it raises it
        done.set_exception(error)
