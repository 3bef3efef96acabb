"""`/api/documents` and its jobs, assembled apart: their published clients expect errors as `{"error": "<text>"}`.

In the OpenAPI document they stand with the rest.
"""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja.errors import AuthenticationError, ValidationError

from config import api
from config.database import DATABASE_DOWN
from config.openapi import ErrorText, NamedAPI
from config.postgresql.unstorable import REFUSALS
from config.statuses import DOCUMENTS_STATUS, status_of
from core.errors import LarderError
from ingestion.api.document_jobs import router as jobs_router
from ingestion.api.documents import router

documents_api = NamedAPI(
    title="Larder documents",
    version="1",
    renderer=api.Renderer(),
    docs_url=None,
    openapi_url=None,
    urls_namespace="documents",
)
documents_api.add_router("/api/documents", router)
documents_api.add_router("/api/memory", jobs_router)
api.api.describe(documents_api, refusal=ErrorText)


def reshaped(response: HttpResponse, status: int) -> JsonResponse:
    """The same answer, with its sentence as these clients read it. Headers stay."""
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return JsonResponse({"error": json.loads(response.content)["detail"]}, status=status, headers=headers)


@documents_api.exception_handler(LarderError)
def on_error(request: HttpRequest, error: LarderError) -> HttpResponse:
    return reshaped(api.on_larder_error(request, error), status_of(error, DOCUMENTS_STATUS))


@documents_api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = api.on_unauthenticated(request, error)
    return reshaped(response, response.status_code)


@documents_api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return JsonResponse({"error": str(error.errors[0]["msg"])}, status=DOCUMENTS_STATUS["invalid_request"])


def _on_database_down(request: HttpRequest, error: Exception) -> HttpResponse:
    response = api.on_database_down(request, error)
    return reshaped(response, response.status_code)


for _kind in DATABASE_DOWN:
    documents_api.exception_handler(_kind)(_on_database_down)


def _on_unstorable(request: HttpRequest, error: Exception) -> HttpResponse:
    return reshaped(api.on_unstorable(request, error), DOCUMENTS_STATUS["invalid_request"])


for _refusal in REFUSALS:
    documents_api.exception_handler(_refusal)(_on_unstorable)
