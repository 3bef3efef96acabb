"""`/api/documents`, assembled apart from the rest: its published clients expect errors as `{"error": "<text>"}`."""

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from config.api import Renderer, on_database_down, on_larder_error
from config.database import DATABASE_DOWN
from core.errors import LarderError
from ingestion.api.documents import router
from ingestion.errors import FileRefused, FileTooLarge

documents_api = NinjaAPI(
    title="Larder documents", version="1", renderer=Renderer(), docs_url=None, urls_namespace="documents"
)
documents_api.add_router("/api/documents", router)


def reshaped(response: HttpResponse, status: int) -> JsonResponse:
    """The same answer, with its sentence as these clients read it. Headers stay."""
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    return JsonResponse({"error": json.loads(response.content)["detail"]}, status=status, headers=headers)


@documents_api.exception_handler(LarderError)
def on_error(request: HttpRequest, error: LarderError) -> HttpResponse:
    refused = isinstance(error, FileRefused) and not isinstance(error, FileTooLarge)
    response = on_larder_error(request, error)
    return reshaped(response, 400 if refused else response.status_code)


@documents_api.exception_handler(AuthenticationError)
def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    detail = "Send an access key as `Authorization: Bearer <key>`."
    return JsonResponse({"error": detail}, status=401, headers={"WWW-Authenticate": "Bearer"})


@documents_api.exception_handler(ValidationError)
def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return JsonResponse({"error": str(error.errors[0]["msg"])}, status=400)


def _on_database_down(request: HttpRequest, error: Exception) -> HttpResponse:
    return reshaped(on_database_down(request, error), 503)


for _kind in DATABASE_DOWN:
    documents_api.exception_handler(_kind)(_on_database_down)
