"""The fast path's door, in front of Django: simple queries (see `knowledge.search.fast_path`) are answered here, all
else goes to Django. `knowledge.search` tells both paths of a query, step by step.

What pages and other calls need before a view (sessions, forms, routing, a schema for each answer) takes longer than the
whole search. An answer that is given here is what Django would have given, headers included.

See docs/decisions/0014.
"""

import io
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import close_old_connections
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from accounts.access import ADMITTED, credential
from accounts.throttle import admit
from config.api import on_database_down, problem
from config.database import DATABASE_DOWN
from config.observability.latency import latency
from config.web.middleware import security_headers
from core.errors import LarderError
from core.tracing import acceptable, log_context
from knowledge.search.budget import QueryTimeout
from knowledge.search.fast_path import FastQuery, answer_fast_query, read_fast_query

log = logging.getLogger("larder.requests")

QUERY = "/api/v1/knowledge/query"
MOST_BODY_BYTES = 64 * 1024

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class FastPathResponse(NamedTuple):
    status: str
    body: bytes
    extra: tuple[tuple[str, str], ...] = ()


class FastPath:
    """A WSGI application in front of Django's."""

    def __init__(self, django: Application) -> None:
        self.django = django

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != QUERY or environ["REQUEST_METHOD"] != "POST":
            return self.django(environ, start_response)
        began = time.perf_counter()
        request_id = acceptable(environ.get("HTTP_X_CORRELATION_ID", "")) or secrets.token_hex(16)
        environ["HTTP_X_CORRELATION_ID"] = request_id  # Django's too, if it comes to that
        with log_context(request_id=request_id):
            answer = _respond(environ)
            if answer is not None:
                _observe(answer.status, time.perf_counter() - began)
        if answer is None:
            return self.django(environ, start_response)
        start_response(answer.status, _headers(answer, request_id, by_https=_by_https(environ)))
        return [answer.body]


def _respond(environ: Environ) -> FastPathResponse | None:
    raw_key = credential(environ)
    length = environ.get("CONTENT_LENGTH", "")
    if not raw_key or not length.isdigit() or int(length) > MOST_BODY_BYTES or not _is_ours(environ.get("HTTP_HOST")):
        return None
    body = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    try:
        fast_query = read_fast_query(raw_key, body, now=timezone.now())
        found = _answer_admitted(environ, fast_query) if fast_query else None
    except QueryTimeout as error:  # Django would only take as long once more
        return _unavailable(problem(error.code, error.detail))
    except LarderError:
        return None
    except DATABASE_DOWN as error:  # Django would only wait for it once more
        return _unavailable(on_database_down(None, error))
    finally:
        close_old_connections()
    return None if found is None else FastPathResponse(status="200 OK", body=found)


def _unavailable(told: HttpResponse) -> FastPathResponse:
    status = f"{told.status_code} {told.reason_phrase}"
    return FastPathResponse(status=status, body=told.content, extra=(("Retry-After", told["Retry-After"]),))


def _answer_admitted(environ: Environ, fast_query: FastQuery) -> bytes | None:
    admit(fast_query.known.key_id)
    environ[ADMITTED] = True
    return answer_fast_query(fast_query)


@lru_cache(maxsize=100)
def _is_ours(host: str | None) -> bool:
    """Whether Django would take the name that the client asked for."""
    return host is not None and validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _observe(status: str, seconds: float) -> None:
    latency.observe(("POST", QUERY, f"{status[0]}xx"), seconds)
    if settings.LOG_REQUESTS:
        log.info("POST %s %s in %.1f ms", QUERY, status[:3], seconds * 1_000)


def _by_https(environ: Environ) -> bool:
    """As Django's requests know it: what a trusted proxy says comes first."""
    proxy = settings.SECURE_PROXY_SSL_HEADER
    told = environ.get(proxy[0]) if proxy else None
    if proxy and told is not None:
        return bool(told.split(",", 1)[0].strip() == proxy[1])
    return bool(environ.get("wsgi.url_scheme") == "https")


def _headers(answer: FastPathResponse, request_id: str, *, by_https: bool) -> list[tuple[str, str]]:
    return [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(answer.body))),
        *security_headers(QUERY, by_https=by_https, hsts_s=settings.SECURE_HSTS_SECONDS),
        ("X-Correlation-ID", request_id),
        *answer.extra,
    ]
