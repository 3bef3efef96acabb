"""The API's assembly, and how its errors leave; their statuses stand in `config.statuses`.

Every error leaves as `{"code", "detail", …}`: the code is for programs and never renamed, the detail for people.
"""

import json
import logging
import math
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.http import require_safe
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import JSONRenderer
from ninja.responses import NinjaJSONEncoder

from accounts import access
from accounts.audit_api import router as audit_router
from accounts.keys_api import router as keys_router
from config.database import DATABASE_DOWN, limit_reached, tell_consequence, tell_outage
from config.observability.metrics import router as metrics_router
from config.openapi import DescribedAPI
from config.postgresql.unstorable import REFUSALS, unstorable_part
from config.statuses import STATUS, status_of
from core.errors import LarderError
from core.tracing.spans import current_span
from ingestion.api.collections import router as collections_router
from ingestion.api.files import router as files_router
from ingestion.api.jobs import router as jobs_router
from ingestion.api.originals import router as originals_router
from knowledge.api.facets import router as facets_router
from knowledge.api.filter_keys import router as filter_keys_router
from knowledge.api.held import router as held_router
from knowledge.api.pushing import claimed_run
from knowledge.api.pushing import router as push_router
from knowledge.api.quarantine import router as quarantine_router
from knowledge.api.reading import router as knowledge_router
from knowledge.embedding.embedders.base import EmbedderUnavailable
from knowledge.run_counts import note_rejected, note_trouble
from providers.alerts.api import router as alerts_router
from providers.api import router as providers_router
from providers.manifest.api import router as manifest_router

log = logging.getLogger(__name__)

RETRY_AFTER_S = 10
MOST_ERRORS_SHOWN = 100


class BodyInvalid(LarderError):
    code = "invalid_json"


class BodyParser(Parser):
    """JSON, with a sentence for everything that is not."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            return json.loads(request.body)
        except json.JSONDecodeError as error:
            detail = f"The body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}."
            raise BodyInvalid(detail, position=error.pos) from None
        except (UnicodeDecodeError, RecursionError, ValueError) as error:
            reason = "it nests too deeply" if isinstance(error, RecursionError) else str(error)
            raise BodyInvalid(f"The body is no JSON that can be read: {reason}.") from None


class Encoder(NinjaJSONEncoder):
    """Instants to the microsecond: a client that sends back what it read must not renew anything."""

    def default(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat().replace("+00:00", "Z")
        return super().default(value)


class Renderer(JSONRenderer):
    encoder_class = Encoder


api = DescribedAPI(
    title="Larder",
    version="1",
    description="Providers push documents, analyzers query them, admins run the syncs.",
    parser=BodyParser(),
    renderer=Renderer(),
    docs_url="/api/docs",
    docs_decorator=require_safe,
    openapi_url="/api/openapi.json",
    urls_namespace="api",
)
api.add_router("/api/v1/knowledge", push_router)
api.add_router("/api/v1/knowledge", knowledge_router)
api.add_router("/api/v1/knowledge", quarantine_router)
api.add_router("/api/v1/knowledge", filter_keys_router)
api.add_router("/api/v1/knowledge", facets_router)
api.add_router("/api/v1/held", held_router)
api.add_router("/api/v1", providers_router)
api.add_router("/api/v1", manifest_router)
api.add_router("/api/v1", alerts_router)
api.add_router("/api/v1", keys_router)
api.add_router("/api/v1", audit_router)
api.add_router("/v1", collections_router)
api.add_router("/v1", files_router)
api.add_router("/v1", jobs_router)
api.add_router("/v1", originals_router)
api.add_router("", metrics_router)


def problem(code: str, detail: str, *, status: int = 0, **extra: Any) -> JsonResponse:
    """The one shape of an error, with its code's status. 401 says how to sign in, 503 when to come back."""
    status = status or STATUS[code]
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": str(RETRY_AFTER_S)}}.get(status)
    return JsonResponse({"code": code, "detail": detail, **extra}, status=status, headers=headers)


@api.exception_handler(LarderError)
def on_larder_error(request: HttpRequest, error: LarderError) -> HttpResponse:
    current_span().note({"larder.error_code": error.code})
    response = problem(error.code, error.detail, status=status_of(error), **error.extra)
    if isinstance(error, EmbedderUnavailable):
        _note_trouble(request, error.detail)
    if error.retry_after_s is not None:
        response["Retry-After"] = str(math.ceil(error.retry_after_s))
    return response


@api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem("unauthorized", "Send an access key as `Authorization: Bearer <key>`.")


@api.exception_handler(ValidationError)
def on_invalid_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request of the wrong shape; faults inside a batch are named by index and id."""
    faults = [_fault(request, each) for each in error.errors[:MOST_ERRORS_SHOWN]]
    indexed = {fault["index"] for fault in faults if "index" in fault}
    if not indexed:
        first = faults[0]
        return problem("invalid_request", f"{first['field'] or 'The body'}: {first['reason']}.", errors=faults)
    _note_rejected(request, len(indexed))
    first = next(fault for fault in faults if "index" in fault)
    named = f"document {first['index']} ({first['id']!r}): {first['field'] or 'it'} {first['reason']}"
    return problem("invalid_documents", f"Nothing was stored: {named}.", errors=faults)


@api.exception_handler(RequestDataTooBig)
def on_too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem("body_too_large", "The body is larger than the limit; send smaller batches.")


@api.exception_handler(TooManyFilesSent)
def on_too_many_files(request: HttpRequest, error: TooManyFilesSent) -> HttpResponse:
    detail = f"Too many files; at most {settings.MAX_UPLOAD_FILES} can be uploaded at once."
    return problem("too_many_files", detail)


@api.exception_handler(MultiPartParserError)
def on_broken_form(request: HttpRequest, error: MultiPartParserError) -> HttpResponse:
    return problem("body_incomplete", "The form's parts cannot be told apart; it is broken or cut off.")


@api.exception_handler(Http404)
def on_not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem("not_found", "There is nothing at this address.")


@api.exception_handler(HttpError)
def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error.__cause__, BodyInvalid):
        return on_larder_error(request, error.__cause__)
    codes = {400: "invalid_request", 403: "forbidden", 404: "not_found", 429: "too_many_requests"}
    return problem(codes.get(error.status_code, "error"), str(error), status=error.status_code)


def on_database_down(request: HttpRequest | None, error: Exception) -> HttpResponse:
    log.error("database: %s", error)
    reason = limit_reached(error)
    if reason:
        _note_trouble(request, f"{reason}.")
    return problem("database_unavailable", f"{tell_outage(error)}; {tell_consequence(error)}.")


for _kind in DATABASE_DOWN:
    api.exception_handler(_kind)(on_database_down)


def on_unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    """What the database or its driver refused because of a character in the request; anything else is our fault."""
    part = unstorable_part(request)
    if part is None:
        raise error
    field, reason = part
    shown = field.encode(errors="replace").decode()
    return problem("invalid_request", f"{shown or 'The body'}: {reason}.", errors=[{"field": shown, "reason": reason}])


for _refusal in REFUSALS:
    api.exception_handler(_refusal)(on_unstorable)


def _fault(request: HttpRequest, error: dict[str, Any]) -> dict[str, Any]:
    """pydantic's error as `{"field", "reason"}`, with `index` and `id` where it lies in a batch."""
    kind, *place = error["loc"]
    if kind == "body":
        place = place[1:]  # the name of our own parameter
    reason = str(error["msg"]).removeprefix("Value error, ")
    reason = reason[:1].lower() + reason[1:]
    if len(place) >= 2 and place[0] == "documents" and isinstance(place[1], int):
        index = place[1]
        return {"index": index, "id": _id_at(request, index), "field": ".".join(map(str, place[2:])), "reason": reason}
    return {"field": ".".join(map(str, place)), "reason": reason}


def _id_at(request: HttpRequest, index: int) -> str | None:
    """The id that the item at this index was sent with, where it has one that can be shown."""
    item = json.loads(request.body)["documents"][index]
    found = item.get("id") if isinstance(item, dict) else None
    return found.encode(errors="replace").decode()[:200] if isinstance(found, str) else None


def _note_trouble(request: HttpRequest | None, reason: str) -> None:
    """For the sync run that a refused push belongs to. A server at its limit may not take the note either."""
    who = getattr(request, "auth", None)
    if request is None or not isinstance(who, access.Caller) or request.method not in ("POST", "PUT"):
        return
    try:
        note_trouble(reason, source=who.source, run=claimed_run(request))
    except DatabaseError as error:
        log.warning("a refused push could not be noted: %s", error)


def _note_rejected(request: HttpRequest, count: int) -> None:
    who = getattr(request, "auth", None)
    if isinstance(who, access.Caller) and who.source:
        note_rejected(who.source, count)
