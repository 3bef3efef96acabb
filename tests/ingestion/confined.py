"""A program that is confined as a reader is and then tries what it is told to: harmless things, each a reader's sin.

`python -m tests.ingestion.confined <fd>`; kind and body of a request are what to try and on what.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingestion.extract.child import limit, serve
from ingestion.extract.confinement.measures import confine


def connect(port: str) -> str:
    with socket.create_connection(("127.0.0.1", int(port)), timeout=5):
        return "connected"


def fork(_: str) -> str:
    if (pid := os.fork()) == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return "forked"


def execute(path: str) -> str:
    os.execv(path, [path])


def thread(_: str) -> str:
    threading.Thread(target=int).start()
    return "started"


def write(path: str) -> str:
    Path(path).touch()
    return "written"


def change_mode(path: str) -> str:
    Path(path).chmod(0o600)
    return "changed"


def signal(pid: str) -> str:
    os.kill(int(pid), 0)
    return "signalled"


TRIES: dict[str, Callable[[str], str]] = {
    "read": lambda path: Path(path).read_text(),
    "list": lambda path: " ".join(os.listdir(path)),
    "write": write,
    "change mode": change_mode,
    "connect": connect,
    "fork": fork,
    "execute": execute,
    "thread": thread,
    "signal": signal,
    "uid": lambda _: str(os.getuid()),
    "environment": lambda _: str(dict(os.environ)),
}


def attempt(what: str, body: bytes) -> dict[str, Any]:
    try:
        return {"text": TRIES[what](body.decode())}
    except (OSError, RuntimeError) as error:
        return {"text": "", "refused": type(error).__name__}


if __name__ == "__main__":
    connection = socket.socket(fileno=int(sys.argv[1]))
    limit()
    confine()
    serve(connection, attempt)
