"""Messages that wake workers. The rows are the truth: a lost message costs until the next tick, a doubled one nothing.

So nobody waits long to send one. Redis that does not answer is left alone here as everywhere (`core.redis`), and what
was not told is found by a tick of beat.
"""

import logging
from collections.abc import Sequence

from celery import current_app
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from core import redis

log = logging.getLogger(__name__)


def notify(task: str, *arguments: Sequence[object], queue: str, expires_s: int) -> bool:
    """One message for each of the `arguments`, at least one. False where the queue cannot be reached."""
    if redis.ask("PING") is None:
        return False  # which `core.redis` has told, once
    try:
        with open_queue() as connection, current_app.amqp.Producer(connection) as producer:
            for each in arguments or [()]:
                current_app.send_task(task, each, queue=queue, expires=expires_s, producer=producer, retry=False)
    except (OperationalError, OSError) as error:
        redis.breaker.note_failure(error)
        log.warning("the queue cannot be reached, %s waits for the next tick: %s", task, error)
        return False
    return True


def open_queue() -> Connection:
    """A connection to the broker that gives up at once where it is silent or not there. Use it as a context."""
    connection: Connection = current_app.connection_for_write()
    limits = {"max_retries": 0, "socket_timeout": redis.TIMEOUT_S, "socket_connect_timeout": redis.TIMEOUT_S}
    connection.transport_options = {**(connection.transport_options or {}), **limits}
    return connection
