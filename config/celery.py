"""The task queue wakes workers and is never the truth. Every task may be lost or run twice without harm."""

import logging
import os
import sys
from contextlib import AbstractContextManager
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_after_setup, task_postrun, task_prerun

from core.tracing import log_context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

log = logging.getLogger("larder.settings")
app = Celery("larder")
_contexts: dict[str, AbstractContextManager[None]] = {}
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_after_setup.connect
@beat_init.connect
def say_what_it_does(**kwargs: Any) -> None:
    """Which is how long this process waits for PostgreSQL."""
    from config.postgresql.limits import DatabaseWork, work_as

    work_as(DatabaseWork.TASK)


@celeryd_after_setup.connect
def tell_doubts(**kwargs: Any) -> None:
    """A worker says at its start which settings are doubtful; those that are wrong end it."""
    from django.core.exceptions import ImproperlyConfigured

    from config.checks import judge_settings

    try:
        doubts = judge_settings()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    for doubt in doubts:
        log.warning("%s", doubt)


@task_prerun.connect
def enter_task(task_id: str, **kwargs: Any) -> None:
    """Log lines of a task name it."""
    _contexts[task_id] = log_context(task_id=task_id)
    _contexts[task_id].__enter__()


@task_postrun.connect
def leave_task(task_id: str, **kwargs: Any) -> None:
    if context := _contexts.pop(task_id, None):
        context.__exit__(None, None, None)
