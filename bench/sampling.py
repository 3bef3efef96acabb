"""Looking at something again and again while others measure."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def sampled(look: Callable[[], None], *, every_s: float) -> Iterator[None]:
    """Meanwhile a thread of its own looks: at once, then every so many seconds."""
    ended = threading.Event()

    def watch() -> None:
        look()
        while not ended.wait(every_s):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
