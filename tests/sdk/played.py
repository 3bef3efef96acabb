"""A provider made of one function, called as the platform calls it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from larder_sdk import FakeKnowledgeClient, KnowledgeClient, KnowledgeDocument
from larder_sdk.provider import create_provider_app

SECRET = "the provider's secret"


def documents(count: int = 3) -> list[KnowledgeDocument]:
    return [KnowledgeDocument(id=f"d{number}", content=f"text {number}") for number in range(count)]


class Played:
    """A provider that was made of one function, the store it fills, and calls as the platform makes them."""

    def __init__(self, sync: Callable[..., Any], **options: Any) -> None:
        self.store = FakeKnowledgeClient(source="demo")
        self.app = create_provider_app(name="demo", sync=sync, secret=SECRET, client=self.store, **options)

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        options.setdefault("headers", {"Authorization": f"Bearer {SECRET}"})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://provider") as client:
            return await client.request(method, path, **options)

    async def sync(self, **options: Any) -> dict[str, Any]:
        """One sync to its end; its state."""
        answer = await self.call("POST", "/internal/sync", **options)
        assert answer.status_code == 202, answer.text
        while (state := (await self.call("GET", "/internal/state")).json())["in_progress"]:
            await asyncio.sleep(0.005)
        return state


def run(work: Awaitable[Any]) -> Any:
    async def bounded() -> Any:
        return await asyncio.wait_for(work, timeout=10)

    return asyncio.run(bounded())


def plain_list(_: KnowledgeClient) -> list[KnowledgeDocument]:
    return documents()
