"""A stage's limits hold at every address: its key asks questions, and is shown nothing anywhere else.

The addresses are found in the routes themselves, so that one which is added tomorrow is tried, too.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts.keys import create_key
from accounts.models import Stage
from knowledge.run_counts import Counts
from tests.memory.test_isolation import OF_THE_STORE, filled

SECRET = "the safe opens with 4711"
QUERY = ("POST", "/api/v1/knowledge/query")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def addresses(patterns: Any, before: str = "") -> Iterator[str]:
    """Every address that the product has, pages included, with something in each of its places."""
    for each in patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield "/" + re.sub(r"<[^>]*>", "00000000-0000-7000-8000-000000000001", here.replace("<path:key>", "safe"))
        else:
            yield from addresses(each.url_patterns, here)


EVERYWHERE = sorted(set(addresses(get_resolver().url_patterns)))


@pytest.fixture
def staged(db: None) -> str:
    stage = Stage.objects.create(name="triage", max_top_k=2)
    return create_key("spam-check", role="analyzer", stage=stage)[1]


@pytest.fixture
def stored(push: Callable[..., Counts]) -> None:
    push(*({"id": f"safe/{n}", "content": f"{SECRET} {n}"} for n in range(5)), {"id": "safe", "content": SECRET})


def send(client: Client, method: str, path: str, key: str) -> Any:
    body = json.dumps({"text": SECRET, "top_k": 50, "documents": [], "name": "x"})
    return client.generic(
        method, path, body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
    )


def test_a_key_with_a_stage_asks_and_does_nothing_else(staged: str, stored: None, client: Client) -> None:
    client.raise_request_exception = False
    assert len(OF_THE_STORE) > 50
    for method, path in OF_THE_STORE:
        answer = send(client, method, filled(path, "acme"), staged)
        assert answer.status_code == (200 if (method, path) == QUERY else 403), (method, path)
        assert (method, path) != QUERY or len(answer.json()["documents"]) == 2


def test_no_address_of_any_kind_shows_it_a_content(staged: str, stored: None, client: Client) -> None:
    client.raise_request_exception = False
    assert {"/api/v1/knowledge/documents/safe", "/knowledge/", "/metrics"} <= set(EVERYWHERE)
    for path in EVERYWHERE:
        for method in METHODS:
            if (method, path) != QUERY:
                assert SECRET.encode() not in send(client, method, path, staged).content, (method, path)


@pytest.mark.parametrize("path", ["documents?limit=500", "documents/safe", "sources/wiki/documents/safe", "stats"])
def test_it_is_told_why_and_what_it_may_do(staged: str, stored: None, client: Client, path: str) -> None:
    answer = send(client, "GET", f"/api/v1/knowledge/{path}", staged)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "bound to the stage 'triage'" in answer.json()["detail"]
    assert "/api/v1/knowledge/query" in answer.json()["detail"]
