"""Whether PostgreSQL answers at all, which a statement without an answer cannot tell: it may be a long one.

A server that was stopped still takes connections, since the kernel does; it answers nothing, not even the question
whether it speaks TLS, for which a running one needs no session and no password, and a few milliseconds.
"""

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import Any

TLS_QUESTION = struct.pack("!ii", 8, 80877103)
"""PostgreSQL's SSLRequest; the answer is one byte. https://www.postgresql.org/docs/current/protocol-message-formats.html"""

LOOK_AGAIN_S = 0.25
FRESH_S = 0.5
"""An answer that is younger than this counts for everybody who asks."""


@dataclass(frozen=True)
class Address:
    family: socket.AddressFamily
    place: Any  # as `socket.connect` takes it


class ServerWatch:
    """What this process knows of its server. While it does not answer, a thread looks again and again."""

    def __init__(self) -> None:
        self.is_away = False
        self.address: Address | None = None
        self._lock = threading.Lock()
        self._looking = False
        self._answered_at = float("-inf")

    def note_connection(self, descriptor: int) -> None:
        """The other end of this socket is the server, and it has just answered."""
        with socket.socket(fileno=socket.dup(descriptor)) as known:
            self.address = Address(known.family, known.getpeername())
        self._answered_at = time.monotonic()

    def doubt_after(self, waited_s: float, *, patience_s: float) -> None:
        """Once somebody has waited so long, look whether the server answers, beside them: `is_away` tells.

        The look has as long again.
        """
        if waited_s < patience_s:
            return
        with self._lock:
            fresh = time.monotonic() - self._answered_at < FRESH_S
            if self._looking or fresh or self.address is None:
                return
            self._looking = True
        threading.Thread(target=self._look, args=(self.address, patience_s), name="database-watch", daemon=True).start()

    def _look(self, address: Address, patience_s: float) -> None:
        while not answers(address, patience_s=patience_s):
            self.is_away = True
            time.sleep(LOOK_AGAIN_S)
        self._answered_at = time.monotonic()
        self.is_away = self._looking = False


def answers(address: Address, *, patience_s: float) -> bool:
    """Whether a server there says anything within the time; that it hangs up counts."""
    with contextlib.suppress(OSError), socket.socket(address.family) as asking:
        asking.settimeout(patience_s)
        asking.connect(address.place)
        asking.sendall(TLS_QUESTION)
        asking.recv(1)
        return True
    return False


server_watch = ServerWatch()
"""Of the primary."""

_of_replicas: dict[str, ServerWatch] = {}


def watch_of(alias: str, *, is_replica: bool) -> ServerWatch:
    """Of the server that Django calls so."""
    return _of_replicas.setdefault(alias, ServerWatch()) if is_replica else server_watch
