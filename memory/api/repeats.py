"""`Idempotency-Key` on whatever is posted to a memory. Uploads are compared by their bytes, and need none."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import psycopg
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.errors import LarderError
from memory.access.authentication import MemoryAuth
from memory.access.idempotency import KeptAnswer, RequestLease, claim_or_wait, digest_of, free_key, keep_answer

HEADER = "Idempotency-Key"
MULTIPART = "multipart/"


def answer_once(run: Callable[..., Any]) -> Callable[..., Any]:
    """The innermost decorator of an operation, whose API tells what goes wrong before it runs."""
    operation: Any = run.__self__  # type: ignore[attr-defined]

    @wraps(run)
    def answer(request: HttpRequest, **path: Any) -> Any:
        if not _is_repeatable(request):
            return run(request, **path)
        try:
            found = _claim(request)
        except (LarderError, Error, psycopg.Error) as error:
            return operation.api.on_exception(request, error)
        if isinstance(found, KeptAnswer):
            return HttpResponse(found.text, status=found.status, content_type="application/json; charset=utf-8")
        return _answer_claimed(found, run, request, path) if found else run(request, **path)

    return answer


def _is_repeatable(request: HttpRequest) -> bool:
    sent_as = request.content_type or ""
    return request.method == "POST" and HEADER in request.headers and not sent_as.startswith(MULTIPART)


def _claim(request: HttpRequest) -> RequestLease | KeptAnswer | None:
    """None where nobody is known to ask, which is refused further on."""
    caller = MemoryAuth()(request)
    if caller is None:
        return None
    digest = digest_of((request.method or "").encode(), request.get_full_path().encode(), request.body)
    return claim_or_wait(caller, request.headers[HEADER], digest, clock=timezone.now)


def _answer_claimed(claim: RequestLease, run: Callable[..., Any], request: HttpRequest, path: dict[str, Any]) -> Any:
    kept = False
    try:
        response = run(request, **path)
        if response.status_code < 400 and not response.streaming:
            keep_answer(claim, KeptAnswer(status=response.status_code, text=response.content.decode()))
            kept = True
        return response
    finally:
        if not kept:
            free_key(claim)
