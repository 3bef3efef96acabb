"""The OpenAPI document: its operations' names, and what django-ninja leaves out of it, how an operation refuses.

See docs/decisions/0153.
"""

import re
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.responses import Response
from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """`code` is for programs and never renamed, `detail` for people. Some errors tell more beside them."""

    model_config = ConfigDict(extra="allow")

    code: str
    detail: str


JSON = "application/json"
_IN_BRACES = re.compile(r"{(\w+)}")
REFUSED = "Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses."


class ErrorText(BaseModel):
    """A sentence, as clients of `/api/documents` read it."""

    error: str


class MemoryProblem(Problem):
    """A problem of RFC 9457. `message` repeats `detail`, since some clients show the one and some the other."""

    type: str
    title: str
    status: int
    instance: str
    message: str
    retry_after: int | None = None


class NamedAPI(NinjaAPI):
    """An API whose operationIds are the names of its functions (`bulkUpsert`), in whatever modules these stand.

    Where two functions of an API have the same name, each says its `operation_id` where its route is declared.
    """

    def get_openapi_schema(self, **place: Any) -> OpenAPISchema:
        return _named(_addressed(super().get_openapi_schema(**place)))

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


class DescribedAPI(NamedAPI):
    """An API all of whose errors are a `Problem`, and whose document tells of APIs that stand beside it, too."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._beside: list[tuple[NamedAPI, type[BaseModel], str]] = []

    def describe(self, beside: NamedAPI, *, refusal: type[BaseModel], media_type: str = JSON) -> None:
        """Tell of another API, all of whose errors are a `refusal`, sent as `media_type`."""
        self._beside.append((beside, refusal, media_type))

    def get_openapi_schema(self, **place: Any) -> OpenAPISchema:
        document = _refusing(super().get_openapi_schema(**place), Problem, JSON)
        for beside, refusal, media_type in self._beside:
            found = _refusing(beside.get_openapi_schema(**place), refusal, media_type)
            document["paths"] |= found["paths"]
            for kind, components in found["components"].items():
                document["components"].setdefault(kind, {}).update(components)
        return document

    def show_document(self, request: HttpRequest) -> HttpResponse:
        """Made with the first request and kept: making it takes 0.15 s, and everybody may ask for it."""
        return HttpResponse(self._document, content_type=JSON)

    @cached_property
    def _document(self) -> bytes:
        return Response(self.get_openapi_schema()).content


def _addressed(document: OpenAPISchema) -> OpenAPISchema:
    """What an address names and no function takes, as authentication does, is told as a parameter, too."""
    for path, operations in document["paths"].items():
        for operation in operations.values():
            taken = operation.setdefault("parameters", [])
            missing = [name for name in _IN_BRACES.findall(path) if name not in {each["name"] for each in taken}]
            taken[:0] = [
                {"in": "path", "name": name, "schema": {"type": "string"}, "required": True} for name in missing
            ]
    return document


def _named(document: OpenAPISchema) -> OpenAPISchema:
    """Ids as generators of clients like them, whatever a route calls its own: `bulkUpsert`."""
    for operations in document["paths"].values():
        for operation in operations.values():
            first, *others = operation["operationId"].split("_")
            operation["operationId"] = first + "".join(map(str.capitalize, others))
    return document


def _refusing(document: OpenAPISchema, refusal: type[BaseModel], media_type: str) -> OpenAPISchema:
    """Each operation's refusals are told."""
    document["components"]["schemas"][refusal.__name__] = refusal.model_json_schema()
    told = {"schema": {"$ref": f"#/components/schemas/{refusal.__name__}"}}
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": REFUSED, "content": {media_type: told}}
    return document
