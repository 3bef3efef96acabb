"""What stands before every view."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.middleware.security import SecurityMiddleware
from django.template.loader import render_to_string
from django.utils.encoding import escape_uri_path

from config.errors import PROGRAMS, tell_program
from config.observability.latency import latency
from config.statuses import STATUS, UNREADABLE
from config.web.request_buffering import BROKEN_OFF, CROWDED, LATE, REFUSED
from core.tracing import acceptable, log_context
from core.tracing.spans import current_span
from dashboard.access import PageRequest, to_sign_in
from memory.access.reserved import is_memory_address

log = logging.getLogger("larder.requests")

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Others are counted as one: whoever makes up methods must not make rows."""

UPLOADS = re.compile(
    r"POST (/v1/collections/[^/]+/documents|/files/|/api/v1/(?!knowledge/)[^/]+/(documents|knowledge))"
    r"|PUT /api/v1/(?!knowledge/)[^/]+/(documents|knowledge)/[^/]+"
)
QUESTIONS = re.compile(r"POST /api/.+/(query|search|context|state|reflect|elaborate)|POST /mcp")
FRAMING_BYTES = 64 * 1024
"""What the parts of an upload may take beside the files themselves."""

WATCHED = ("/health", "/readiness", "/readyz")
ANONYMOUS_BODY_BYTES = 64 * 1024

UNWAITED = {
    LATE: ("body_late", "The body came too slowly and was given up; send it again."),
    BROKEN_OFF: ("body_incomplete", "The connection broke before the whole body had come."),
    CROWDED: ("too_many_bodies", "Too many clients are sending a body at the moment; come back soon."),
}

Handler = Callable[[HttpRequest], HttpResponse]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
API_PAGE = "/api/docs"
API_PAGE_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


class ObservationMiddleware:
    """Gives each request an id, the client's own (`X-Correlation-ID`) where it sent one, and measures how long it took.

    The id stands in every log line of the request and goes back to the client.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = acceptable(request.headers.get("X-Correlation-ID", "")) or uuid.uuid4().hex
        request.correlation_id = request_id  # type: ignore[attr-defined]
        began = time.perf_counter()
        with log_context(request_id=request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            if settings.LOG_REQUESTS:
                place = escape_uri_path(request.path)  # %0A of an address would begin a line of its own
                log.info("%s %s %d in %.1f ms", request.method, place, response.status_code, seconds * 1_000)
        method = request.method if request.method in METHODS else "other"
        route = _route(request)
        latency.observe((method, route, f"{response.status_code // 100}xx"), seconds)
        serving = current_span()
        serving.rename(f"{method} {route}")
        serving.note({"http.route": route})
        response["X-Correlation-ID"] = request_id
        if is_memory_address(request.path):
            response["X-Trace-Id"] = request_id  # as the clients of a memory name it
        return response


class BodyLimitMiddleware:
    """Refuses a body that is too large by its announced length, before a byte of it is read.

    The limit is `MAX_BODY_BYTES`; of uploads, whose files go to disk as they come, `MAX_UPLOAD_BYTES`; of questions,
    which are short, `MAX_QUERY_BYTES`. A body without a length cannot be judged early: 411. Bodies that did not come,
    in whole or in part, are told here, too, and whatever was made of the part is not sent. Programs are told in JSON,
    people by a page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if refusal := _unwaited(request) or _encoded(request) or _too_large(request):
            return refusal
        answer = self.get_response(request)
        return _unwaited(request) or answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A view that could not read its body to the end is no fault of ours."""
        return _unwaited(request)


class HostMiddleware(CommonMiddleware):
    """Refuses names that are not in `ALLOWED_HOSTS`. Who watches a process asks by its address, and is answered."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path in WATCHED else super().process_request(request)


class AnonymousBodyLimitMiddleware:
    """Who is not signed in has nothing large to say to a page: it is not read, not even for the form's token."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        large = length.isdigit() and int(length) > ANONYMOUS_BODY_BYTES
        if large and not request.path.startswith(PROGRAMS) and not request.user.is_authenticated:
            answer = to_sign_in(request)
            answer["Connection"] = "close"
            return answer
        return self.get_response(request)


class CompressionMiddleware(GZipMiddleware):
    """Compresses what browsers show: pages, styles, scripts, pictures. The API's answers go as they are; there time
    counts and not size. Lengths tell nothing of a page's secrets: tokens are masked anew, and Django pads at random.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        shown = response.get("Content-Type", "").startswith(("text/html", "text/css", "text/javascript", "image/svg"))
        return super().process_response(request, response) if shown and response.status_code == 200 else response


class NoStoreMiddleware:
    """No answer is kept by browsers and proxies: contents, keys, pages, refusals. Styles and scripts of ours may be."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        ours = request.path.startswith(settings.STATIC_URL) and response.status_code < UNREADABLE
        if not ours and "no-store" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        return response


class ContentSecurityPolicyMiddleware:
    """Scripts and styles come from our own files only; those of the interactive API page write styles of their own."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = API_PAGE_POLICY if request.path == API_PAGE else POLICY
        response.setdefault("Content-Security-Policy", policy)
        return response


@lru_cache(maxsize=10)
def security_headers(path: str, *, by_https: bool, hsts_s: int) -> tuple[tuple[str, str], ...]:
    """What the middleware tells the browser with each answer from this path; the middleware itself is asked."""
    request, bare = HttpRequest(), HttpResponse()
    request.path = path
    request._get_scheme = lambda: "https" if by_https else "http"  # type: ignore[attr-defined]
    told = list(bare.items())
    handler: Any = lambda request: bare  # noqa: E731
    for middleware in (NoStoreMiddleware, ContentSecurityPolicyMiddleware, XFrameOptionsMiddleware, SecurityMiddleware):
        handler = middleware(handler)
    return tuple(each for each in handler(request).items() if each not in told)


def _unwaited(request: HttpRequest) -> HttpResponse | None:
    reason = request.META.get(REFUSED)
    return _refuse(request, *UNWAITED[reason]) if reason else None


def _encoded(request: HttpRequest) -> HttpResponse | None:
    """Nobody unpacks what is sent: a small body could hold any amount."""
    encoding = request.headers.get("Content-Encoding", "").strip()
    if encoding.lower() in ("", "identity"):
        return None
    detail = f"The body is sent as {encoding[:40]!r}, which is not unpacked here; send it without Content-Encoding."
    return _refuse(request, "encoding_unsupported", detail)


def _too_large(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return _refuse(request, "length_required", "Send the body with a Content-Length.")
    most, framing = _most_bytes(request)
    if not length.isdigit() or int(length) <= most + framing:
        return None
    if not request.path.startswith(PROGRAMS):
        page = render_to_string("413.html", {"most": most})
        return HttpResponse(page, status=STATUS["body_too_large"], headers={"Connection": "close"})
    detail = f"The body has {int(length):,} bytes; the limit at this address is {most:,}. Send less at a time."
    return _refuse(request, "body_too_large", detail)


def _most_bytes(request: HttpRequest) -> tuple[int, int]:
    """The limit, and what may come on top of it."""
    if UPLOADS.fullmatch(f"{request.method} {request.path}"):
        return settings.MAX_UPLOAD_BYTES, FRAMING_BYTES
    if QUESTIONS.fullmatch(f"{request.method} {request.path}"):
        return min(settings.MAX_QUERY_BYTES, settings.MAX_BODY_BYTES), 0
    return settings.MAX_BODY_BYTES, 0


def _route(request: HttpRequest) -> str:
    """The pattern that matched, not the address: ids would make as many rows as there are documents."""
    match = request.resolver_match
    return f"/{match.route}".replace("|", "/") if match and match.route is not None else "unmatched"


def _refuse(request: HttpRequest, code: str, detail: str) -> HttpResponse:
    refusal = tell_program(request, code, detail)
    refusal["Connection"] = "close"
    return refusal
