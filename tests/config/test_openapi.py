"""What the OpenAPI document promises to those who generate clients from it."""

from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from config.api import api
from config.documents_api import documents_api


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/api/openapi.json").json()
    return found


def test_every_operation_tells_how_it_refuses(document: dict[str, Any]) -> None:
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert len(operations) > 50
    for operation in operations:
        schema = operation["responses"]["default"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
    assert document["components"]["schemas"]["Problem"]["required"] == ["code", "detail"]


def test_the_document_is_made_anew_and_alike_each_time() -> None:
    assert api.get_openapi_schema() == api.get_openapi_schema()


def operations_of(described: NinjaAPI) -> list[Operation]:
    views = [view for router in described._get_bound_routers() for view in router.path_operations.values()]
    return [operation for view in views for operation in view.operations if operation.include_in_schema]


def operation_ids(described: NinjaAPI) -> list[str]:
    document = described.get_openapi_schema()
    return [operation["operationId"] for path in document["paths"].values() for operation in path.values()]


@pytest.mark.parametrize("described", [api, documents_api])
def test_an_operation_has_a_name_of_its_own_that_tells_no_module(described: NinjaAPI) -> None:
    named = operation_ids(described)
    assert len(named) == len(set(named)) == len(operations_of(described))
    modules = {operation.view_func.__module__.replace(".", "_") for operation in operations_of(described)}
    assert [name for name in named if any(module in name for module in modules)] == []


@pytest.mark.parametrize("described", [api, documents_api])
def test_a_function_that_moves_keeps_its_operation_s_name(described: NinjaAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    before = operation_ids(described)
    for operation in operations_of(described):
        monkeypatch.setattr(operation.view_func, "__module__", "another.module")
    assert operation_ids(described) == before


def test_a_component_s_name_stands_for_one_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """django-ninja takes the last of several schemas of a name; which one that is, the order of imports decides."""
    given: dict[str, list[Any]] = defaultdict(list)

    def collect(document: OpenAPISchema, definitions: dict[str, Any]) -> None:
        for name, schema in definitions.items():
            given[name].append(schema)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", collect)
    api.get_openapi_schema()
    assert len(given) > 5
    assert [name for name, schemas in given.items() if any(schema != schemas[0] for schema in schemas)] == []
    assert [name for name in given if "__" in name] == []  # pydantic's way to tell two classes of a name apart
