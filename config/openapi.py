"""The OpenAPI document: its operations' names, and what django-ninja leaves out of it, how an operation refuses.

See docs/decisions/0153.
"""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from pydantic import BaseModel, ConfigDict


class Problem(BaseModel):
    """`code` is for programs and never renamed, `detail` for people. Some errors tell more beside them."""

    model_config = ConfigDict(extra="allow")

    code: str
    detail: str


REFUSED = "Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses."


class ErrorText(BaseModel):
    """A sentence, as clients of `/api/documents` read it."""

    error: str


class NamedAPI(NinjaAPI):
    """An API whose operationIds are the names of its functions, in whatever modules these stand.

    Where two functions of an API have the same name, each says its `operation_id` where its route is declared.
    """

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


class DescribedAPI(NamedAPI):
    """An API all of whose errors are a `Problem`, and whose document tells of APIs that stand beside it, too."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._beside: list[tuple[NamedAPI, type[BaseModel]]] = []

    def describe(self, beside: NamedAPI, *, refusal: type[BaseModel]) -> None:
        """Tell of another API, all of whose errors are a `refusal`."""
        self._beside.append((beside, refusal))

    def get_openapi_schema(self, **place: Any) -> OpenAPISchema:
        document = _refusing(super().get_openapi_schema(**place), Problem)
        for beside, refusal in self._beside:
            found = _refusing(beside.get_openapi_schema(**place), refusal)
            document["paths"] |= found["paths"]
            for kind, components in found["components"].items():
                document["components"].setdefault(kind, {}).update(components)
        return document


def _refusing(document: OpenAPISchema, refusal: type[BaseModel]) -> OpenAPISchema:
    """Each operation's refusals are told."""
    document["components"]["schemas"][refusal.__name__] = refusal.model_json_schema()
    told = {"schema": {"$ref": f"#/components/schemas/{refusal.__name__}"}}
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = {"description": REFUSED, "content": {"application/json": told}}
    return document
