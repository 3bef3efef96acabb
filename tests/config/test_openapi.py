"""What the OpenAPI document promises to those who generate clients from it."""

from typing import Any

import pytest
from django.test import Client

from config.api import api


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
