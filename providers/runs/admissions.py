"""What in an answer that looks like a success admits that the sync failed, or that only a part of it was done.

Who believes such an answer takes what was not pushed for what is no longer there, and prunes it. A name counts in
whatever case it is written, and null, false, 0 and what is empty say that nothing failed.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from providers.outbound.shown import shown

OK = ("success", "ok", "succeeded")
ERRORS = ("error", "errors", "last_error")
FAILED = ("failed", "failures", "failed_count")
STATUS = ("status", "state", "result")
BAD_STATUS = ("error", "fail", "partial", "incomplete", "abort", "cancel", "timeout", "timed")
"""How a word begins that tells of a failure: `errored`, `failed`, `failure`, `partially_failed`, `aborted` …"""

TOLD = ("message", "detail", "reason")
"""Where the words stand, where none of the fields above has them."""

PARTIAL = (206, 207)
NO = (False, "false", "no", "0", "none", "null")


def admitted_failure(fields: Mapping[str, Any], *, status: int) -> str:
    """What the provider admits, in its words and cut short; "" where it admits nothing.

    `fields` of the JSON object that it answered, `status` of the answer.
    """
    known = {name.lower(): value for name, value in fields.items()}
    admitted = [*_admissions(known)]
    if status in PARTIAL:
        admitted.insert(0, f"the status {status}, which is for a part of it")
    if admitted and not any(isinstance(known.get(name), str) for name in ERRORS):
        admitted += [shown(known[name]) for name in TOLD if isinstance(known.get(name), str) and known[name].strip()]
    return ", ".join(admitted)


def _admissions(known: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"`{name}` is {_told(known[name])}" for name in OK if name in known and _denies(known[name]))
    yield from (f"`{name}` is {_told(known[name])}" for name in STATUS if _is_bad(known.get(name)))
    yield from (f"`{name}` is {_told(known[name])}" for name in (*ERRORS, *FAILED) if _tells(known.get(name)))


def _denies(value: object) -> bool:
    """Null says nothing either way."""
    return value is not None and (_word(value) in NO or value == 0)


def _is_bad(value: object) -> bool:
    if isinstance(value, int) and not isinstance(value, bool):  # as HTTP counts
        return 400 <= value < 600
    return isinstance(value, str) and value.strip().lower().startswith(BAD_STATUS)


def _tells(value: object) -> bool:
    return bool(value) and _word(value) not in (*NO, "")


def _word(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _told(value: object) -> str:
    if isinstance(value, bool | int | float):
        return str(value).lower()
    return shown(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
