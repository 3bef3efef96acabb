"""`/mcp`: the tools of an agent, by the Model Context Protocol over HTTP.

Whoever asks is known by the same keys as in the API and counted against the same rate, before a byte of the protocol is
read.

See docs/decisions/0273.
"""

from functools import cache
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.access import Forbidden, Unauthorized, credential
from accounts.audit import client_address
from accounts.throttle import admit
from config.api import on_database_down, on_larder_error
from config.database import DATABASE_DOWN
from config.mcp.outages import outage
from config.mcp.protected_resource import tell_where
from config.mcp.refusals import as_protocol_error
from core.errors import LarderError
from mcp_server.caller import AgentCaller, caller_with

if TYPE_CHECKING:
    from mcp_server.over_http import HttpServer

_one_at_a_time = Lock()


@csrf_exempt
@require_POST
def mcp(request: HttpRequest) -> HttpResponse:
    """One message of a client. There is no stream to open by GET, and no session to end by DELETE."""
    try:
        check_origin(request)
        who = _caller(request)
    except LarderError as error:
        refusal = as_protocol_error(on_larder_error(request, error))
        tell_where(request, refusal)
        return refusal
    except DATABASE_DOWN as error:
        return as_protocol_error(on_database_down(request, error))
    headers = [(name.lower(), value) for name, value in request.headers.items()]
    answer = server().answer(headers, request.body, who=who)
    told = dict(answer.headers)
    kind = told.pop("content-type", "text/plain; charset=utf-8")
    return HttpResponse(answer.body, status=answer.status, content_type=kind, headers=told)


def check_origin(request: HttpRequest) -> None:
    """A page of another site may not speak for whoever looks at it. Raises Forbidden."""
    origin = request.headers.get("Origin", "")
    if not origin or origin in settings.CSRF_TRUSTED_ORIGINS or _host_of(origin) == request.get_host():
        return
    raise Forbidden(
        f"Pages of {origin[:200]!r} may not call this address; where they should, CSRF_TRUSTED_ORIGINS has to name it."
    )


def _host_of(origin: str) -> str:
    """With its port; "" for what no browser names: `http://[` is no address."""
    try:
        named = urlsplit(origin)
    except ValueError:
        return ""
    return named.netloc if named.scheme in ("http", "https") else ""


def server() -> "HttpServer":
    """The library is imported by the first request: most processes never have one."""
    with _one_at_a_time:
        return _start_server()


@cache
def _start_server() -> "HttpServer":
    from mcp_server.over_http import HttpServer

    return HttpServer(outage=outage, most_body_bytes=settings.MAX_BODY_BYTES)


def _caller(request: HttpRequest) -> AgentCaller:
    raw = credential(request.META)
    if not raw:
        raise Unauthorized("Send an access key as `Authorization: Bearer <key>`.")
    who = caller_with(raw, address=client_address(request), now=timezone.now())
    admit(who.key_id)
    return who
