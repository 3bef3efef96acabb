"""The client package is tested without Django: a scripted transport, or a real socket."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from larder_sdk import KnowledgeClient, Retry, SyncKnowledgeClient


@pytest.fixture(autouse=True)
def embedder() -> None:
    """Nothing is embedded here."""


class Script:
    """Answers requests from a list, the last answer for ever, and remembers them."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def client(self, **options: Any) -> SyncKnowledgeClient:
        options = {"retry": Retry(first_pause_s=0.001)} | options
        return SyncKnowledgeClient("http://larder", "key", transport=httpx.MockTransport(self), **options)

    def async_client(self, **options: Any) -> KnowledgeClient:
        options = {"retry": Retry(first_pause_s=0.001)} | options
        return KnowledgeClient("http://larder", "key", transport=httpx.MockTransport(self), **options)


@pytest.fixture
def script() -> Callable[..., Script]:
    return Script
