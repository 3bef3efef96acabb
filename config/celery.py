"""The task queue wakes workers and is never the truth. Every task may be lost or run twice without harm."""

import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import redis
from celery import Celery
from celery.fixups.django import DjangoWorkerFixup
from celery.signals import after_setup_logger, beat_init, task_postrun, task_prerun, worker_process_init, worker_ready
from kombu.transport.redis import Transport

from core.tracing import log_context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

HOME = str(Path(__file__).resolve().parent.parent)
"""Where Larder's packages lie."""


def make_app() -> Celery:
    """Celery puts the working directory first among the places that modules come from. That may be anybody's, in which
    an `mcp.py` or `yaml.py` is none of ours.
    """
    places = list(sys.path)
    made = Celery("larder", task_cls="config.processes.messages:CheckedTask")
    sys.path[:] = places if HOME in places else [HOME, *places]
    return made


app = make_app()
_contexts: dict[str, AbstractContextManager[None]] = {}
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery would run all checks of Django and pass over what they say; they import every page and address.
DjangoWorkerFixup.validate_models = DjangoWorkerFixup.django_setup
# A Redis whose disk or memory is full, or that has become a replica, is waited for like one that is away.
Transport.connection_errors += (redis.ResponseError,)


@after_setup_logger.connect
def begin(**kwargs: Any) -> None:
    """A worker or the scheduler says at its start which settings are doubtful; those that are wrong end it.

    Both set their logging up before they ask the database for anything.
    """
    from django.core.exceptions import ImproperlyConfigured

    from config.postgresql.limits import DatabaseWork
    from config.processes.starting import start_as

    try:
        start_as(DatabaseWork.TASK)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


@worker_ready.connect
def say_that_a_worker_lives(**kwargs: Any) -> None:
    from config.observability.traces.switch import start_traces
    from config.processes.pulse import start_pulse

    start_pulse("worker")
    start_traces("worker")


@worker_process_init.connect
def trace_in_a_pool_of_processes(**kwargs: Any) -> None:
    """Larder's own workers are threads. Where somebody wants processes, each sends what it does."""
    from config.observability.traces.switch import start_traces

    start_traces("worker")


@beat_init.connect
def say_that_the_scheduler_lives(**kwargs: Any) -> None:
    from config.processes.pulse import start_pulse

    start_pulse("beat")


@task_prerun.connect
def enter_task(task_id: str, **kwargs: Any) -> None:
    """Log lines of a task name it."""
    _contexts[task_id] = log_context(task_id=task_id)
    _contexts[task_id].__enter__()


@task_postrun.connect
def leave_task(task_id: str, **kwargs: Any) -> None:
    if context := _contexts.pop(task_id, None):
        context.__exit__(None, None, None)
