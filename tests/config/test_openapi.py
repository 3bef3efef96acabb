"""What the OpenAPI document promises to those who generate clients from it."""

import json
import re
from collections import defaultdict
from typing import Any

import pytest
from django.test import Client
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from config.api import api
from config.documents_api import documents_api
from config.memory_api import memory_api


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/api/openapi.json").json()
    return found


def test_every_operation_tells_how_it_refuses(document: dict[str, Any]) -> None:
    told = [(path, each) for path, operations in document["paths"].items() for each in operations.values()]
    assert len(told) > 60
    for path, operation in told:
        name, media_type = refusal_of(path)
        schema = {"$ref": f"#/components/schemas/{name}"}
        assert operation["responses"]["default"]["content"] == {media_type: {"schema": schema}}
    schemas = document["components"]["schemas"]
    assert (schemas["Problem"]["required"], schemas["ErrorText"]["required"]) == (["code", "detail"], ["error"])
    assert set(schemas["MemoryProblem"]["required"]) == {*PROBLEM_OF_A_MEMORY, "code", "detail"}


PROBLEM_OF_A_MEMORY = ("type", "title", "status", "instance", "message")


def refusal_of(path: str) -> tuple[str, str]:
    """The schema of an address' errors, and what they are sent as."""
    if path.startswith(("/api/documents", "/api/memory/")):
        return "ErrorText", "application/json"
    if path.startswith(("/api/v1/{context_id}", "/api/v1/contexts")) or path == "/api/v1/health":
        return "MemoryProblem", "application/problem+json"
    return "Problem", "application/json"


def test_a_memory_stands_in_it_with_what_it_takes(document: dict[str, Any]) -> None:
    paths = document["paths"]
    facts = paths["/api/v1/{context_id}/facts"]["post"]
    assert [(each["in"], each["name"], each["required"]) for each in facts["parameters"]] == [
        ("path", "context_id", True)
    ]
    (body,) = facts["requestBody"]["content"].values()
    taken = document["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]["properties"]
    assert {"text", "infer", "triples", "scopes", "observed_at"} <= set(taken)
    form = paths["/api/v1/{context_id}/documents"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert form["schema"]["required"] == ["file"]
    assert "/api/v1/{context_id}/knowledge" not in paths  # the older address of the same
    assert {"storeFacts", "queryMemory", "forgetMemory", "registerScope", "writeBatch"} <= set(operation_ids(api))


def test_every_part_of_an_address_is_told_as_a_parameter(document: dict[str, Any]) -> None:
    untold = [
        (path, name)
        for path, operations in document["paths"].items()
        for name in re.findall(r"{(\w+)}", path)
        for operation in operations.values()
        if name not in [each["name"] for each in operation["parameters"] if each["in"] == "path"]
    ]
    assert untold == []


def test_an_error_of_a_memory_has_the_shape_that_is_told(document: dict[str, Any], client: Client) -> None:
    answer = client.get("/api/v1/nowhere/me")
    told = document["components"]["schemas"]["MemoryProblem"]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(told["required"]) <= set(answer.json()) <= set(told["properties"])


def test_documents_stand_in_it_with_what_they_take(document: dict[str, Any]) -> None:
    assert set(document["paths"]["/api/documents"]) == {"get", "post"}
    assert set(document["paths"]["/api/documents/{file_id}"]) == {"get", "delete"}
    assert set(document["paths"]["/api/memory/jobs/{job_id}"]) == {"get"}
    post = document["paths"]["/api/documents"]["post"]
    taken = post["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert taken["source_type"] == {"enum": ["text", "url", "file"]}
    assert {"content", "url", "agent_id", "project", "metadata"} <= set(taken)
    names = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    assert len(names) == len(set(names))
    assert {scheme for each in post["security"] for scheme in each} <= set(document["components"]["securitySchemes"])


def test_the_document_is_made_anew_and_alike_each_time() -> None:
    assert api.get_openapi_schema() == api.get_openapi_schema()


def test_who_asks_for_it_is_shown_what_was_made_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/api/openapi.json")
    assert first.json() == json.loads(json.dumps(api.get_openapi_schema()))
    assert first["Content-Type"] == "application/json"
    monkeypatch.delattr(OpenAPISchema, "get_paths")
    assert client.get("/api/openapi.json").content == first.content
    assert client.post("/api/openapi.json").status_code == 405


def operations_of(described: NinjaAPI) -> list[Operation]:
    """Of the API, and for the one that tells of others, of all."""
    apis = [api, documents_api, memory_api] if described is api else [described]
    routers = [router for each in apis for router in each._get_bound_routers()]
    views = [view for router in routers for view in router.path_operations.values()]
    return [operation for view in views for operation in view.operations if operation.include_in_schema]


def operation_ids(described: NinjaAPI) -> list[str]:
    document = described.get_openapi_schema()
    return [operation["operationId"] for path in document["paths"].values() for operation in path.values()]


@pytest.mark.parametrize("described", [api, documents_api, memory_api])
def test_an_operation_has_a_name_of_its_own_that_tells_no_module(described: NinjaAPI) -> None:
    named = operation_ids(described)
    assert len(named) == len(set(named)) == len(operations_of(described))
    modules = {operation.view_func.__module__.replace(".", "_") for operation in operations_of(described)}
    assert [name for name in named if any(module in name for module in modules)] == []


@pytest.mark.parametrize("described", [api, documents_api, memory_api])
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
