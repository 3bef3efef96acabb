"""The loops of a bulk import, as its published guide has them: uploads in flight, nodes in batches, safe to rerun."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from tests.compat.memories import Memory
from tests.e2e.conftest import Larder

AT_ONCE = 20
STATUSES = ("ready", "queued", "failed")
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ToImport:
    name: str
    body: bytes
    scope: dict[str, str]


def files_of(count: int, **scope: str) -> list[ToImport]:
    return [
        ToImport(name=f"policy-{number}.txt", body=f"Parcel rule {number}: {number} days.".encode(), scope=dict(scope))
        for number in range(count)
    ]


def catalogue_of(count: int) -> tuple[list[Row], list[Row]]:
    """Nodes, each in one of twenty categories."""
    skus = [f"sku-{number}" for number in range(count)]
    nodes = [
        {"kind": "product", "slug": sku, "title": f"Widget {sku}", "content": {"sku": sku, "price": f"{number}.99"}}
        for number, sku in enumerate(skus)
    ]
    relations = [
        {"in": ["product", sku], "out": ["category", f"category-{number % 20}"], "label": "belongs_to"}
        for number, sku in enumerate(skus)
    ]
    return nodes, relations


def client_of(larder: Larder, memory: Memory) -> httpx.AsyncClient:
    """As an older client sends its key."""
    base = f"{larder.url}/api/v1/{memory.context}"
    return httpx.AsyncClient(base_url=base, headers={"API-KEY": memory.key}, timeout=30, trust_env=False)


async def import_files(client: httpx.AsyncClient, files: Iterable[ToImport]) -> list[Row]:
    """What each upload was answered with; whatever is no 202 fails."""
    limit = asyncio.Semaphore(AT_ONCE)

    async def upload(file: ToImport) -> Row:
        async with limit:
            part = {"file": (file.name, file.body, "text/plain")}
            fields = {"title": file.name, "profile": "text_only", "scope": json.dumps(file.scope)}
            answer = await client.post("/knowledge", files=part, data=fields)
        assert answer.status_code == 202, answer.text
        found: Row = answer.json()
        return found

    return await asyncio.gather(*map(upload, files))


async def import_nodes(
    client: httpx.AsyncClient, nodes: Sequence[Row], relations: Sequence[Row], *, size: int = 1_000
) -> list[Row]:
    """What each batch was answered with; a relation goes with its first end."""
    told = []
    for start in range(0, len(nodes), size):
        some = nodes[start : start + size]
        slugs = {node["slug"] for node in some}
        beside = [each for each in relations if each["in"][1] in slugs]
        answer = await client.post("/knowledge/nodes/batch", json={"nodes": list(some), "relations": beside})
        assert answer.status_code == 200, answer.text
        told.append(answer.json())
    return told


async def progress(client: httpx.AsyncClient, **scope: str) -> dict[str, int]:
    """How many documents have each status, as seen from a scope."""
    places = {f"scope[{name}]": value for name, value in scope.items()}
    asked = [client.get("/knowledge", params={"status": status, "page_size": 1, **places}) for status in STATUSES]
    answers = await asyncio.gather(*asked)
    return {status: answer.json()["total"] for status, answer in zip(STATUSES, answers, strict=True)}


async def all_ready(client: httpx.AsyncClient, count: int, *, within_s: float, **scope: str) -> dict[str, int]:
    ends_at = asyncio.get_running_loop().time() + within_s
    while (found := await progress(client, **scope))["ready"] + found["failed"] < count:
        assert asyncio.get_running_loop().time() < ends_at, found
        await asyncio.sleep(0.3)
    return found
