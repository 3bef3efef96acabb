"""A span for each request, around everything that answers it."""

from collections.abc import Callable, Iterable
from typing import Any

from core.tracing.spans import OpenSpan, SpanKind, span

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

QUERY = "/api/v1/knowledge/query"
UNTRACED = ("/health", "/readyz", "/metrics")
"""Whoever watches asks every few seconds, which tells nothing."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHER_METHOD = "_OTHER"


class TracedRequests:
    """A WSGI application in front of another.

    A `traceparent` that comes with the request makes it a part of that trace; one that is no valid one is passed over,
    as the W3C wants it. Of an answer that is made while it is sent, the span ends when its making begins.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path in UNTRACED:
            return self.application(environ, start_response)
        method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else OTHER_METHOD
        noted = {"http.request.method": method, "url.scheme": environ.get("wsgi.url_scheme", "http")}
        with span(method, kind=SpanKind.SERVER, parent=_context_in(environ), attributes=noted) as serving:
            if path == QUERY and method == "POST":
                serving.rename(f"POST {QUERY}")
                serving.note({"http.route": QUERY})
            return self.application(environ, _watched(start_response, serving))


def _context_in(environ: Environ) -> str:
    parent = environ.get("HTTP_TRACEPARENT", "").strip()
    state = environ.get("HTTP_TRACESTATE", "").strip()
    return f"{parent} {state}".strip() if parent and " " not in parent else ""


def _watched(start_response: Callable[..., Any], serving: OpenSpan) -> Callable[..., Any]:
    """Looks at what is answered; of headers only at the id that stands in the log, too."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        request_id = dict(headers).get("X-Correlation-ID", "")
        serving.note({"http.response.status_code": int(status[:3]), "larder.correlation_id": request_id})
        if status[0] == "5":
            serving.fail(status[:3])
        return start_response(status, headers, *rest)

    return start
