"""A server that is away is one line a minute in the log, whoever complains and how often."""

import errno
import io
import logging
from collections.abc import Callable

import pytest
import redis
from django.db import OperationalError

from config.observability.outage_filter import OutageLogFilter


@pytest.fixture
def log() -> Callable[..., list[str]]:
    """Log to a logger of this name; all lines so far."""
    out, now = io.StringIO(), [0.0]
    handler = logging.StreamHandler(out)
    handler.addFilter(OutageLogFilter(clock=lambda: now[0]))
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))

    def say(
        name: str, level: int, message: str, *args: object, error: Exception | None = None, at: float = 0.0
    ) -> list[str]:
        now[0] = at
        info = (type(error), error, error.__traceback__) if error else None
        handler.handle(logging.LogRecord(name, level, __file__, 1, message, args, info))
        return out.getvalue().splitlines()

    return say


def test_a_traceback_about_the_database_is_one_line_and_its_repetitions_none(log: Callable[..., list[str]]) -> None:
    error = OperationalError("connection refused\nIs the server running?")
    for at in (0, 1, 59):
        said = log("celery.app.trace", logging.ERROR, "Task %s raised", "tick", error=error, at=at)
    assert said == ["WARNING PostgreSQL is away, work waits for it: connection refused"]
    assert len(log("celery.app.trace", logging.ERROR, "Task raised", error=error, at=61)) == 2


def test_a_cause_further_down_counts(log: Callable[..., list[str]]) -> None:
    outer = RuntimeError("Couldn't apply scheduled task")
    outer.__cause__ = redis.ConnectionError("Error 111 connecting")
    said = log("celery.beat", logging.ERROR, "Message Error: %s\n%s", outer, ["File …"], error=outer)
    assert said == ["WARNING Redis is away, work waits for it: Couldn't apply scheduled task"]


def test_each_server_has_its_own_line(log: Callable[..., list[str]]) -> None:
    log("celery.worker.consumer.consumer", logging.ERROR, "Cannot connect to redis://\nTrying again")
    log("celery.worker.consumer.consumer", logging.ERROR, "Cannot connect to redis://\nTrying again")
    said = log("psycopg.pool", logging.WARNING, "error connecting in 'pool-1'")
    assert [line.split(" is away")[0] for line in said] == ["WARNING Redis", "WARNING PostgreSQL"]


@pytest.mark.parametrize(
    ("error", "server"),
    [
        (OperationalError('could not extend file "base/1/2": No space left on device'), "PostgreSQL"),
        (OSError(errno.ENOSPC, "No space left on device"), "This machine"),
        (redis.ResponseError("MISCONF Errors writing to the AOF file: No space left on device"), "Redis"),
    ],
)
def test_a_full_disk_is_called_so(log: Callable[..., list[str]], error: Exception, server: str) -> None:
    said = log("celery.worker", logging.CRITICAL, "Couldn't ack", error=error)
    assert said == [f"WARNING {server}'s disk is full, work waits for space: {error}"]


def test_other_errors_keep_their_traceback(log: Callable[..., list[str]]) -> None:
    try:
        raise ValueError("a fault of ours")
    except ValueError as error:
        said = log("celery.app.trace", logging.ERROR, "Task raised", error=error)
    assert said[0] == "ERROR Task raised"
    assert "Traceback" in said[1]
    assert log("django_celery_beat", logging.INFO, "Writing entries...")[-1] == "INFO Writing entries..."


def test_what_a_client_sends_wrongly_is_a_warning_without_a_traceback(log: Callable[..., list[str]]) -> None:
    for _ in range(2):
        said = log("django.security.DisallowedHost", logging.ERROR, "Invalid %s", "host" * 99, error=ValueError("no"))
    assert [line[:20] for line in said] == ["WARNING Invalid host"] * 2
    assert len(said[0]) < 320


def test_celerys_advice_at_each_loss_of_redis_is_left_out(log: Callable[..., list[str]]) -> None:
    assert (
        log("py.warnings", logging.WARNING, "%s", "consumer.py:1: CPendingDeprecationWarning: In Celery 5.1 we") == []
    )
    assert log("py.warnings", logging.WARNING, "%s", "a.py:1: DeprecationWarning: old") != []


def test_each_message_of_another_version_is_one_line_a_minute(log: Callable[..., list[str]]) -> None:
    for at, task in ((0, "'newer'"), (1, "'newer'"), (2, "'newest'")):
        page = "Received unregistered task of type %s.\nThe message has been ignored and discarded.\n"
        said = log("celery.worker.consumer.consumer", logging.ERROR, page, task, error=KeyError(task), at=at)
    begin = "WARNING a message of another version is left out: Received unregistered task of type"
    assert said == [f"{begin} 'newer'.", f"{begin} 'newest'."]
