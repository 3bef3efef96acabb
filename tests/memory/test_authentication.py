"""Which key opens which context, and what the others are told."""

from typing import Any

from tests.memory.conftest import MemoryApi


def test_anybody_may_ask_whether_the_memory_answers(client: Any) -> None:
    answer = client.get("/api/v1/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["X-Trace-Id"]


def test_an_address_that_is_none_is_told_as_a_problem(memory: MemoryApi) -> None:
    answer = memory("get", "nothing-here")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
