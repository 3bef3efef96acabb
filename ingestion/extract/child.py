"""The sandbox's inner half: reads files that nobody trusts, in a process that holds no secret and may do little else.

`python -m ingestion.extract.child <fd>` answers one request after another over the socket until its other end closes.
A message is its length (4 bytes, big-endian), that much JSON, and the `body_bytes` that it announces. A request names
the kind and the size of each of its `files`, which follow one another, and how long the pieces of a table may be; each
gets an answer as soon as it is read, with its text for a body. Half a surrogate, which only JSON can smuggle in, leaves
as a question mark.

See docs/decisions/0093, docs/decisions/0198 and docs/decisions/0212.
"""

import json
import os
import re
import resource
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from typing import Any

from ingestion.extract.base import Extraction, Textless, Unreadable
from ingestion.extract.confinement.measures import confine
from ingestion.extract.readers import reader_of
from ingestion.extract.readers.tables import PIECE_CHARS

MEMORY_BYTES = 1_536 * 1024 * 1024
CPU_S = 60
OPEN_FILES = 64
AT_ONCE_BYTES = 65_536
NEAR_BYTES = 2 * 1024 * 1024
PEAK = re.compile(rb"^VmPeak:\s+(\d+) kB$", re.MULTILINE)
Answering = Callable[..., dict[str, Any]]
MOST_BYTES = 256 * 1024 * 1024
PLACE = attrgetter("start", "end", "page", "section", "form", "hidden", "attachment")
ALONE = "-"
"""In front of a kind: what is attached is named only, as reading it too was too much."""
TOO_BIG = "It takes more memory to read than a file may take. Upload it in parts."
BROKEN = "It is broken in a way that no reader could make sense of. Open it where it was made and save it anew."


def main() -> None:
    connection = socket.socket(fileno=int(sys.argv[1]))
    limit()
    memory = AddressSpace()
    confine()
    serve(connection, memory.watching(answer))


class AddressSpace:
    """What this process may take of it at most, watched: some libraries keep it to themselves that there was no more,
    and tell of a page without text. Made before the process is confined; where there is no /proc nothing is seen."""

    def __init__(self) -> None:
        self.spent = False
        try:
            self._status = os.open("/proc/self/status", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._status = -1

    def is_spent(self) -> bool:
        most, _ = resource.getrlimit(resource.RLIMIT_AS)
        found = PEAK.search(os.pread(self._status, 4096, 0)) if self._status >= 0 else None
        return bool(found and most != resource.RLIM_INFINITY and int(found[1]) * 1024 > most - NEAR_BYTES)

    def watching(self, answer: Answering) -> Answering:
        """Its answers, but TOO_BIG where there was no more. The peak stays, so this process is then `spent`."""

        def watched(*asked: Any) -> dict[str, Any]:
            found, was_spent = answer(*asked), self.spent
            self.spent = self.is_spent()
            return {"unreadable": TOO_BIG, "spent": True} if self.spent and not was_spent else found

        return watched


def serve(connection: socket.socket, answer: Answering) -> None:
    while message := receive_message(connection):
        PIECE_CHARS.set(message[0]["piece_chars"])
        for kind, body in files_of(*message):
            allow_cpu()
            found = answer(kind, body)
            text = found.pop("text", "")
            send_message(connection, found, text.encode(errors="replace"))


def files_of(request: dict[str, Any], bodies: bytes) -> Iterator[tuple[str, bytes]]:
    start = 0
    for kind, size in request["files"]:
        yield kind, bodies[start : start + size]
        start += size


def limit(memory_bytes: int = MEMORY_BYTES) -> None:
    """No core, no file written, few opened, little memory; the first to go where memory runs out."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def allow_cpu(seconds: int = CPU_S) -> None:
    """So many seconds more for what comes next; beyond them the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


def answer(kind: str, body: bytes) -> dict[str, Any]:
    """The extraction, or `unreadable` with a sentence."""
    try:
        found = read_alone(kind[1:], body) if kind.startswith(ALONE) else reader_of(kind)(body)
    except Textless as error:
        return {"unreadable": str(error), "pages": error.pages}
    except Unreadable as error:
        return {"unreadable": str(error)}
    except (MemoryError, RecursionError):
        return {"unreadable": TOO_BIG}
    except Exception as error:  # noqa: BLE001 - whatever a library makes of a hostile file, the next file is read
        return {"unreadable": BROKEN, "cause": f"{type(error).__name__}: {error}"[:500]}
    return {
        "text": found.text,
        "title": found.title,
        "guessed": found.guessed,
        "pages": found.pages,
        "textless": found.textless,
        "parts": list(map(PLACE, found.parts)),
    }


def read_alone(kind: str, body: bytes) -> Extraction:
    from ingestion.extract.readers.mails.attachments import spent, within_budget  # mails alone need it

    with within_budget(spent()):
        return reader_of(kind)(body)


def send_message(connection: socket.socket, message: dict[str, Any], body: bytes) -> None:
    data = json.dumps({**message, "body_bytes": len(body)}, ensure_ascii=False).encode(errors="replace")
    rest = memoryview(body)
    connection.sendall(struct.pack(">I", len(data)) + data + rest[:AT_ONCE_BYTES])  # so that the other end wakes once
    if len(rest) > AT_ONCE_BYTES:
        connection.sendall(rest[AT_ONCE_BYTES:])


def receive_message(connection: socket.socket) -> tuple[dict[str, Any], bytes] | None:
    """The message and its body; None where the other end has closed."""
    header = receive_exactly(connection, 4)
    data = receive_exactly(connection, *struct.unpack(">I", header)) if header else b""
    if not data:
        return None
    message = json.loads(data)
    body = receive_exactly(connection, message["body_bytes"])
    return (message, body) if len(body) == message["body_bytes"] else None


def receive_exactly(connection: socket.socket, size: int) -> bytes:
    """So many bytes, or none where the other end has closed, or announces more than anything here can have."""
    if size > MOST_BYTES:
        return b""
    received = bytearray(size)
    left = memoryview(received)
    while left and (count := connection.recv_into(left)):
        left = left[count:]
    return b"" if left else bytes(received)


if __name__ == "__main__":
    main()
