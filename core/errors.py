"""The root of every error, and those that any list or filter may raise. Errors know no HTTP."""

from typing import Any


class LarderError(Exception):
    """`code` is API: tested, documented, never renamed. `extra` are further fields of the JSON answer."""

    code = "error"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra


class QueryInvalid(LarderError):
    code = "invalid_query"


class CursorInvalid(LarderError):
    code = "invalid_cursor"
