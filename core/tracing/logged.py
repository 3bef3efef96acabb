"""What the work at hand belongs to, for the logs: a request, a sync run, a task. It follows threads' own contexts."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_log_ids: ContextVar[dict[str, str]] = ContextVar("belonging", default={})  # noqa: B039 -- never changed in place

ACCEPTABLE = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@contextmanager
def log_context(**ids: str) -> Iterator[None]:
    """Everything logged inside names these: `request_id`, `run_id`, `task_id`."""
    token = _log_ids.set(_log_ids.get() | ids)
    try:
        yield
    finally:
        _log_ids.reset(token)


def log_ids() -> dict[str, str]:
    return _log_ids.get()


def acceptable(text: str) -> str:
    """An id that somebody sent, or "" where it is none that can be logged and sent back as it is."""
    return text if ACCEPTABLE.fullmatch(text) else ""
