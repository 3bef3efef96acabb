"""Characters that no column can store: whoever sends them is told which part of the request holds them."""

from collections.abc import Callable

import pytest
from django.db import DataError
from django.test import RequestFactory

from config.api import on_unstorable
from tests.conftest import Api

pytestmark = pytest.mark.django_db
STORE = "/api/v1/knowledge"
NUL, HALF = "NUL", "half of a surrogate pair"
SURROGATE = r'{"source": "x", "id": "x", "%s": "\ud83d"}'


@pytest.mark.parametrize(
    ("method", "path", "body", "field", "reason"),
    [
        ("put", f"{STORE}/sources/a%00b/documents", '{"documents": []}', "source", NUL),
        ("post", f"{STORE}/sources/%00/replacements", None, "source", NUL),
        ("get", f"{STORE}/sources/%00/documents/x", None, "source", NUL),
        ("get", f"{STORE}/documents?source=%00", None, "source", NUL),
        ("post", f"{STORE}/quarantine/retry", SURROGATE % "source", "source", HALF),
        ("post", f"{STORE}/quarantine/retry", SURROGATE % "id", "id", HALF),
        (
            "post",
            "/api/v1/schedule/preview",
            r'{"sync_schedule": "@daily", "jitter_s": 60, "provider": "\ud83d"}',
            "provider",
            HALF,
        ),
        ("post", "/v1/collections", r'{"name": "x", "description": "\ud800"}', "description", HALF),
        ("post", "/v1/collections", r'{"name": "x", "metadata": {"a": [{"b": "\ud800"}]}}', "metadata", HALF),
    ],
)
def test_what_holds_it_is_named(
    api: Callable[..., Api], method: str, path: str, body: str | None, field: str, reason: str
) -> None:
    answer = api("admin")(method, path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), answer.content
    assert answer.json()["errors"][0]["field"].startswith(field)
    assert reason in answer.json()["detail"]


def test_the_documents_interface_tells_it_in_its_own_shape(api: Callable[..., Api]) -> None:
    answer = api("admin")("post", "/api/documents/retry?collection=a%00b")
    assert (answer.status_code, "collection: holds a NUL" in answer.json()["error"]) == (400, True)


def test_another_fault_of_the_database_stays_one(rf: RequestFactory) -> None:
    """A refusal that nothing in the request explains is a fault of ours, and is logged as one."""
    for sent in (rf.get("/?a=b"), rf.post("/", b"{", "application/json"), rf.post("/", {"a": "b"})):
        with pytest.raises(DataError):
            on_unstorable(sent, DataError("integer out of range"))


def test_a_depth_that_ends_the_stack_elsewhere_is_named(api: Callable[..., Api]) -> None:
    deep = '{"a":' * 500 + "1" + "}" * 500
    pushed = api("admin")(
        "post", f"{STORE}/upsert", f'{{"id": "x", "source": "x", "content": "y", "metadata": {deep}}}'
    )
    assert (pushed.status_code, "nests deeper than 16" in pushed.json()["detail"]) == (422, True)
    made = api("admin")("post", "/v1/collections", f'{{"name": "x", "metadata": {deep}}}')
    assert (made.status_code, "nests deeper than 16" in made.json()["detail"]) == (422, True)
