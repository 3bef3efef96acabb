"""What the OpenAPI document allows, the server takes: its examples, and whatever else fits its schemas.

Fields whose rule no schema can say (a schedule, the host of an address, one field that forbids another) are fixed.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

import config.urls  # noqa: F401 -- the document tells of the APIs that it mounts
from config.api import api as larder
from ingestion.collections.collections import create_collection
from knowledge.embedding.vector_space import Space
from providers.alerts.saving import create_channel
from providers.registry import create_provider
from tests.config.schema_values import values_of
from tests.conftest import Api

REFUSED = (400, 413, 422)
NAMES = {
    "source": "handbook",
    "name": "handbook",
    "provider_id": "policies",
}
JUDGED_BY_HAND = {"submit", "upload"}
"""Their clients expect sentences of another product; what is no text to them counts as absent."""
FIXED: dict[str, dict[str, Any]] = {
    "upsert": {"source": "handbook", "language": "", "vectors": [], "embedding_model": ""},
    "bulkUpsert": {"source": "handbook", "language": "", "vectors": [], "embedding_model": ""},
    "replaceSource": {"source": "handbook", "language": "", "vectors": [], "embedding_model": ""},
    "query": {"text": "flights", "vector": None, "embedding_model": "", "source": None, "language": "", "filter": None},
    "getMany": {"source": "handbook"},
    "deleteMany": {"source": "handbook", "filter": {"key": "id", "op": "eq", "value": "nowhere"}},
    "declareFilterKey": {"key": "metadata.year"},
    "retry": {"source": "handbook"},
    "createProvider": {
        "url": "http://people.example:8100",
        "sync_schedule": "@daily",
        "timezone": "UTC",
        "secret": "",
        "paused": False,
        "language": "",
    },
    "updateProvider": {
        "url": "http://people.example:8100",
        "sync_schedule": "@daily",
        "timezone": "UTC",
        "secret": "",
        "paused": False,
        "language": "",
    },
    "createChannel": {"kind": "webhook", "url": "http://alerts.example", "secret": "", "recipients": []},
    "updateChannel": {"kind": "webhook", "url": "http://alerts.example", "secret": "", "recipients": []},
    "createKey": {"role": "analyzer", "source": None, "stage": None, "owner": None, "expires_at": None},
    "preview": {"sync_schedule": "@daily", "timezone": "UTC", "after": None},
}


numbers = count()


def bodies() -> list[tuple[str, str, str, dict[str, Any]]]:
    """Method, address, operationId and content of each body of JSON outside of memories."""
    found = []
    for path, operations in DOCUMENT["paths"].items():
        if path.startswith(("/api/v1/{context_id}", "/api/v1/contexts")):
            continue
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                found.append((method, path, operation["operationId"], content))
    return found


DOCUMENT: dict[str, Any] = larder.get_openapi_schema()
COMPONENTS = DOCUMENT["components"]["schemas"]
BODIES = bodies()
SAID = [each for each in BODIES if each[2] not in {*JUDGED_BY_HAND, "addPart"}]


@pytest.fixture
def admin(api: Callable[..., Api], space: Space, now: datetime, settings: Any) -> Api:
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    create_collection("handbook", now=now)
    create_provider("policies", now=now, url="http://policies.example:8100")
    return api("admin")


@pytest.fixture
def names(admin: Api, now: datetime) -> dict[str, str]:
    """What stands in an address."""
    channel = create_channel(now=now, name="Night", kind="webhook", url="http://alerts.example")
    begun = admin("post", "/api/v1/knowledge/sources/handbook/replacements").json()
    return {**NAMES, "channel_id": str(channel.pk), "replacement": begun["id"]}


def examples_of(content: dict[str, Any]) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    found: list[Any] = COMPONENTS[content["schema"]["$ref"].rpartition("/")[2]]["examples"]
    return found


@pytest.mark.parametrize(("method", "path", "name", "content"), BODIES, ids=[each[2] for each in BODIES])
def test_an_example_fits_its_schema_and_is_taken(
    method: str, path: str, name: str, content: dict[str, Any], admin: Api, names: dict[str, str]
) -> None:
    validator = Draft202012Validator({**content["schema"], "components": DOCUMENT["components"]})
    examples = examples_of(content)
    assert examples
    for example in examples:
        validator.validate(example)
        answer = admin(method, path.format(**names), example)
        assert answer.status_code < 300, answer.content


@pytest.mark.parametrize(("method", "path", "name", "content"), SAID, ids=[each[2] for each in SAID])
@given(data=st.data())
@bounded(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_what_a_schema_allows_is_not_refused(
    method: str, path: str, name: str, content: dict[str, Any], admin: Api, names: dict[str, str], data: st.DataObject
) -> None:
    body = data.draw(values_of(content["schema"], COMPONENTS, fixed=FIXED.get(name)))
    make_unique(name, body)
    answer = admin(method, path.format(**names), body)
    assert answer.status_code not in REFUSED, answer.content


def make_unique(name: str, body: dict[str, Any]) -> None:
    """No schema can say that there is no other of a name."""
    for each in body.get("documents") or []:
        each["id"] = f"{next(numbers)} {each['id'][:100].strip()}".strip()
    if name == "createChannel":
        body["name"] = f"{next(numbers)} {body['name'][:40].strip()}".strip()


def test_every_answer_has_a_schema_and_every_operation_a_summary() -> None:
    untold = [
        operation["operationId"]
        for operations in DOCUMENT["paths"].values()
        for operation in operations.values()
        if not operation.get("summary") or not all(map(has_schema, operation["responses"].items()))
    ]
    assert untold == []


def has_schema(told: tuple[Any, dict[str, Any]]) -> bool:
    """That of an object names its fields or says of what kind they are."""
    status, answer = told
    if str(status) == "204":
        return True
    schemas = [each["schema"] for each in answer.get("content", {}).values()]
    return bool(schemas) and all(each and (each.get("type") != "object" or "properties" in each) for each in schemas)


def test_an_id_is_short() -> None:
    ids = [each["operationId"] for operations in DOCUMENT["paths"].values() for each in operations.values()]
    assert "bulkUpsert" in ids
    assert [each for each in ids if not each.isalnum() or len(each) > 30] == []
