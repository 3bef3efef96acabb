"""The memory's API, `/api/v1/{context}/…`, assembled apart from the rest: its errors are problems of RFC 9457.

`message` repeats `detail`, since the published clients of one language show the one and those of another the other.
In the OpenAPI document it stands with the rest. It is mounted behind every other API; the words that those begin with
are no contexts (`memory.access.reserved`).

See docs/decisions/0163.
"""

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import register_converter
from ninja import Router
from ninja.errors import AuthenticationError, HttpError, ValidationError

from config import api
from config.database import DATABASE_DOWN
from config.openapi import MemoryProblem, NamedAPI
from config.postgresql.unstorable import REFUSALS
from config.statuses import MEMORY_STATUS, status_of
from core.errors import LarderError
from memory.access.reserved import ContextConverter
from memory.api.access.audit import router as audit_router
from memory.api.access.contexts import router as contexts_router
from memory.api.access.health import router as health_router
from memory.api.access.keys import router as keys_router
from memory.api.access.principals import router as principals_router
from memory.api.access.scopes import router as scopes_router
from memory.api.documents import router as documents_router
from memory.api.facts import router as facts_router
from memory.api.nodes import router as nodes_router
from memory.api.passages import router as passages_router
from memory.api.reading.conversing import router as conversing_router
from memory.api.reading.entities import router as entities_router
from memory.api.reading.queries import router as queries_router
from memory.api.reading.sessions import router as sessions_router
from memory.api.reading.traces import router as traces_router
from memory.api.reading.upkeep import router as upkeep_router

PROBLEM = "application/problem+json"
CONTEXT = "/api/v1/{memory_context:context_id}"

register_converter(ContextConverter, "memory_context")

memory_api = NamedAPI(
    title="Larder memory",
    version="1",
    parser=api.BodyParser(),
    renderer=api.Renderer(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="memory",
)

memory_api.add_router("/api/v1", health_router)
memory_api.add_router("/api/v1", contexts_router)

IN_CONTEXT: tuple[Router, ...] = (
    facts_router,
    queries_router,
    conversing_router,
    entities_router,
    sessions_router,
    traces_router,
    upkeep_router,
    scopes_router,
    principals_router,
    keys_router,
    audit_router,
    nodes_router,
    passages_router,
    documents_router,
)
"""The routers of `memory.api` that stand below a context; those of longer addresses first."""

for _router in IN_CONTEXT:
    memory_api.add_router(CONTEXT, _router)

api.api.describe(memory_api, refusal=MemoryProblem, media_type=PROBLEM)


def reshaped(response: HttpResponse, status: int, instance: str) -> JsonResponse:
    """An error of the store's shape as a problem. Its headers stay, its further fields too."""
    told: dict[str, Any] = json.loads(response.content)
    told = {
        "type": f"urn:larder:error:{told['code']}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "instance": instance,
        "message": told["detail"],
    } | told
    if "retry_after_s" in told:
        told["retry_after"] = told.pop("retry_after_s")
    elif "Retry-After" in response:
        told["retry_after"] = int(response["Retry-After"])
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    if "retry_after" in told:
        headers["Retry-After"] = str(told["retry_after"])
    return JsonResponse(told, status=status, headers=headers, content_type=PROBLEM)


def as_memory_problem(request: HttpRequest, response: HttpResponse) -> JsonResponse:
    """An error of the store's shape, with the status that its code has in a memory."""
    code = json.loads(response.content)["code"]
    return reshaped(response, MEMORY_STATUS.get(code, response.status_code), request.path)


@memory_api.exception_handler(LarderError)
def on_error(request: HttpRequest, error: LarderError) -> HttpResponse:
    return reshaped(api.on_larder_error(request, error), status_of(error, MEMORY_STATUS), request.path)


@memory_api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return as_memory_problem(request, api.on_unauthenticated(request, error))


@memory_api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return as_memory_problem(request, api.on_invalid_request(request, error))


@memory_api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return as_memory_problem(request, api.on_too_big(request, error))


@memory_api.exception_handler(TooManyFilesSent)
def on_too_many_files(request: HttpRequest, error: TooManyFilesSent) -> HttpResponse:
    return as_memory_problem(request, api.on_too_many_files(request, error))


@memory_api.exception_handler(MultiPartParserError)
def on_broken_form(request: HttpRequest, error: MultiPartParserError) -> HttpResponse:
    return as_memory_problem(request, api.on_broken_form(request, error))


@memory_api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return as_memory_problem(request, api.on_not_found(request, error))


@memory_api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return as_memory_problem(request, api.on_http_error(request, error))


def _on_database_down(request: HttpRequest, error: Exception) -> HttpResponse:
    return as_memory_problem(request, api.on_database_down(request, error))


for _kind in DATABASE_DOWN:
    memory_api.exception_handler(_kind)(_on_database_down)


def _on_unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    return as_memory_problem(request, api.on_unstorable(request, error))


for _refusal in REFUSALS:
    memory_api.exception_handler(_refusal)(_on_unstorable)
