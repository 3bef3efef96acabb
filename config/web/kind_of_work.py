"""Says of each request whether it reads or writes: how long it may wait for PostgreSQL, and whether at a replica."""

from collections.abc import Callable, Iterable
from typing import Any

from config.postgresql.limits import DatabaseWork, begin_request
from core.replicas import begin_reads

READS = ("GET", "HEAD", "OPTIONS")
QUESTION = ("/query", "/search")
"""How the addresses end that are asked by POST and change nothing."""


class KindOfWork:
    """A WSGI application in front of another. A thread that streams an answer goes on as it began."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        reads = environ["REQUEST_METHOD"] in READS or environ["PATH_INFO"].endswith(QUESTION)
        begin_request(DatabaseWork.READ if reads else DatabaseWork.WRITE)
        begin_reads(reads)
        return self.application(environ, start_response)
