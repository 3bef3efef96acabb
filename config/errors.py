"""Answers to addresses that do not exist and to faults that nobody foresaw: JSON for programs, a page for people."""

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from config.api import RETRY_AFTER_S, problem
from config.database import AWAY, DATABASE_DOWN, limit_reached

log = logging.getLogger(__name__)
PROGRAMS = ("/api/", "/v1/", "/health", "/readiness", "/metrics")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(PROGRAMS):
        return problem(404, "not_found", "There is nothing at this address.")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """503 where the database is away, 500 otherwise; the log has the traceback, the client never."""
    error = sys.exc_info()[1]
    away = (limit_reached(error) or AWAY) if isinstance(error, DATABASE_DOWN) else ""
    status = 503 if away else 500
    if request.path.startswith(PROGRAMS):
        if away:
            return problem(503, "database_unavailable", f"{away}.")
        return problem(500, "internal", "Something broke on our side; the server's log says what.")
    response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if away:
        response["Retry-After"] = str(RETRY_AFTER_S)
    return response
