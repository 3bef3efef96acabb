"""Answers where no view has one: no such address, no such method there, a fault that nobody foresaw.

JSON for programs, a page for people.
"""

import json
import logging
import sys
from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from config.api import RETRY_AFTER_S, problem
from config.database import DATABASE_DOWN, tell_outage
from config.documents_api import reshaped
from config.mcp.refusals import ADDRESS, as_protocol_error
from config.memory_api import as_memory_problem
from config.observability.outage_filter import is_disk_full
from config.statuses import STATUS, UNREADABLE
from memory.access.reserved import is_memory_address

MOST_HOST_CHARS = 100

log = logging.getLogger(__name__)
DOCUMENTS = ("/api/documents", "/api/memory/")
PROGRAMS = ("/api/", "/v1/", "/mcp", "/.well-known/", "/health", "/readiness", "/readyz", "/metrics")


def tell_program(request: HttpRequest, code: str, detail: str, *, status: int = 0) -> JsonResponse:
    """A refusal in the shape that the clients of this address read."""
    refusal = problem(code, detail, status=status)
    if is_memory_address(request.path):
        return as_memory_problem(request, refusal)
    if request.path == ADDRESS:
        return as_protocol_error(refusal)
    return reshaped(refusal, refusal.status_code) if request.path.startswith(DOCUMENTS) else refusal


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(PROGRAMS):
        detail = "The request holds what cannot be read."
        if isinstance(exception, DisallowedHost):
            host = request.META.get("HTTP_HOST", "")[:MOST_HOST_CHARS]
            detail = f"Larder does not answer to the name {host!r}; where it should, ALLOWED_HOSTS has to name it."
        return tell_program(request, "invalid_request", detail, status=UNREADABLE)
    return HttpResponse(render_to_string("400.html"), status=UNREADABLE)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(PROGRAMS):
        return tell_program(request, "not_found", "There is nothing at this address.")
    return render(request, "404.html", status=STATUS["not_found"])


def server_error(request: HttpRequest) -> HttpResponse:
    """503 where the database is away or a disk full, 500 otherwise; the log has the traceback, the client never."""
    code, away = _trouble(sys.exc_info()[1])
    status = STATUS[code]
    if request.path.startswith(PROGRAMS):
        detail = f"{away}." if away else "Something broke on our side; the server's log says what."
        return tell_program(request, code, detail)
    again = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    told = {"again": again, "request_id": getattr(request, "correlation_id", ""), "away": away}
    response = HttpResponse(render_to_string(f"{status}.html", told), status=status)
    if away:
        response["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _trouble(error: BaseException | None) -> tuple[str, str]:
    """The code, and what is missing for a while: "" where it is a fault of ours."""
    if isinstance(error, DATABASE_DOWN):
        return "database_unavailable", tell_outage(error)
    if is_disk_full(error):
        return "disk_full", "The disk of the web process is full"
    return "internal", ""


class WrongMethodMiddleware:
    """Says in words what the router answers bare: which methods an address takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != STATUS["method_not_allowed"]:
            return response
        allowed = ", ".join(sorted(response["Allow"].split(", ")))
        refusal = _refuse_method(request, allowed=allowed)
        refusal["Allow"] = allowed
        return refusal


class ErrorMessageMiddleware:
    """Below `/v1` a refusal also has its sentence where that interface's web client looks: `error.message`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/v1/") and response.status_code >= 400:
            _add_message(response)
        return response


def _add_message(response: HttpResponse) -> None:
    if not response.get("Content-Type", "").startswith("application/json"):
        return
    told = json.loads(response.content)
    if isinstance(told, dict) and "detail" in told:
        response.content = json.dumps(told | {"error": {"message": told["detail"]}}).encode()
        response["Content-Length"] = str(len(response.content))


def _refuse_method(request: HttpRequest, *, allowed: str) -> HttpResponse:
    detail = f"This address takes {allowed}, not {request.method}."
    if request.path.startswith(PROGRAMS):
        return tell_program(request, "method_not_allowed", detail)
    return render(request, "405.html", status=STATUS["method_not_allowed"])
