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


REFUSAL = {
    "description": "Refused, or not possible now. docs/reference/errors.md lists the codes with their statuses.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class NamedAPI(NinjaAPI):
    """An API whose operationIds are the names of its functions, in whatever modules these stand.

    Where two functions of an API have the same name, each says its `operation_id` where its route is declared.
    """

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


class DescribedAPI(NamedAPI):
    """An API all of whose errors are a `Problem`."""

    def get_openapi_schema(self, **place: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**place)
        document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = REFUSAL
        return document
