"""One line for one event: for people, or as JSON for programs. Both name the request, the sync run and the task, and
with traces the span.
"""

import json
import logging
from datetime import UTC, datetime

from core.tracing import log_ids
from core.tracing.spans import trace_log_ids


class JsonFormatter(logging.Formatter):
    """`{"at", "level", "logger", "message", "request_id"?, "run_id"?, "task_id"?, "trace_id"?, "span_id"?,
    "exception"?}`, on one line.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_ids(record),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class LineFormatter(logging.Formatter):
    """`LEVEL logger message`, and what it belongs to behind it."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- its name in the standard library
        ids = " ".join(f"{name}={value}" for name, value in _ids(record).items())
        return super().formatMessage(record) + (f"  [{ids}]" if ids else "")


def _ids(record: logging.LogRecord) -> dict[str, str]:
    """Django itself reports refused requests when they are over, and attaches the request."""
    request_id = getattr(getattr(record, "request", None), "correlation_id", None)
    ids = {**log_ids(), **trace_log_ids()}
    return {"request_id": request_id, **ids} if request_id else ids
