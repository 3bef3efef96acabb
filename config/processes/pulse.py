"""A process says that it lives: it renews the time of a file `<name>-<pid>` in `LARDER_PULSE_DIR`, every two seconds.

Whoever supervises it looks at that and replaces what says nothing: `manage.py up` does, and compose's health checks
show it. A process that is stopped, or whose interpreter one of its threads never lets go of, says nothing.

See docs/decisions/0183.
"""

import contextlib
import os
import threading
import time
from pathlib import Path

from django.conf import settings

EVERY_S = 2.0


def start_pulse(name: str) -> None:
    """For the life of this process, in a thread. Nothing without a directory."""
    if directory := settings.LARDER_PULSE_DIR:
        threading.Thread(target=_go_on, args=(directory, name), name="pulse", daemon=True).start()


def _go_on(directory: Path, name: str) -> None:
    while True:
        with contextlib.suppress(OSError):  # of a full disk, until there is space; to renew the time needs none
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            (directory / f"{name}-{os.getpid()}").touch()
        time.sleep(EVERY_S)
