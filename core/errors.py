"""The base of every error. Errors know no HTTP; `config` holds the one table of statuses."""

from typing import Any


class LarderError(Exception):
    """`code` is API: tested, documented, never renamed. `extra` are further fields of the JSON answer.

    `retry_after_s`, where it is known: when to come back.
    """

    code = "error"
    retry_after_s: float | None = None

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class QueryInvalid(LarderError):
    code = "invalid_query"


class CursorInvalid(LarderError):
    code = "invalid_cursor"
