"""Whether this web process is asked to end. Its server sets handlers of its own, after Larder is loaded; what Python
writes for each signal into the wake-up descriptor is seen beside them.
"""

import contextlib
import signal
import socket
import threading

shutting_down = threading.Event()


def notice_shutdown() -> None:
    """Call from the main thread."""
    told, heard = socket.socketpair()
    heard.setblocking(False)
    signal.set_wakeup_fd(heard.fileno(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(told, heard), name="shutdown-watch", daemon=True).start()


def _listen(told: socket.socket, heard: socket.socket) -> None:
    with contextlib.suppress(OSError), told, heard:
        while numbers := told.recv(64):
            if {signal.SIGTERM, signal.SIGINT} & {*numbers}:
                shutting_down.set()
