"""The task queue wakes workers and is never the truth. Every task may be lost or run twice without harm."""

import os
from contextlib import AbstractContextManager
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun

from core.tracing import log_context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("larder")
_contexts: dict[str, AbstractContextManager[None]] = {}
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_prerun.connect
def enter_task(task_id: str, **kwargs: Any) -> None:
    """Log lines of a task name it."""
    _contexts[task_id] = log_context(task_id=task_id)
    _contexts[task_id].__enter__()


@task_postrun.connect
def leave_task(task_id: str, **kwargs: Any) -> None:
    if context := _contexts.pop(task_id, None):
        context.__exit__(None, None, None)
