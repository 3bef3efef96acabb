"""A bulk import is safe to run again: the second time nothing is processed, and nothing is there twice."""

import asyncio

import httpx
import pytest

from tests.compat.importing import all_ready, catalogue_of, client_of, files_of, import_files, import_nodes, progress
from tests.compat.memories import new_memory
from tests.e2e.conftest import Larder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_files_are_imported_once_however_often_they_are_uploaded(larder: Larder) -> None:
    async def run() -> None:
        async with client_of(larder, new_memory(larder, "bulk-files", use_models=False)) as client:
            files = files_of(20, org="acme")
            first, again = await import_files(client, files), await import_files(client, files)
            assert [each["deduplicated"] for each in first] == [False] * 20
            assert [each["deduplicated"] for each in again] == [True] * 20
            assert [each["id"] for each in again] == [each["id"] for each in first]
            assert await all_ready(client, 20, within_s=60, org="acme") == {"ready": 20, "queued": 0, "failed": 0}
            await third_run(client)

    async def third_run(client: httpx.AsyncClient) -> None:
        """Of what is ready nothing is queued again."""
        again = await import_files(client, files_of(20, org="acme"))
        assert {each["status"] for each in again} == {"ready"}
        assert await progress(client, org="acme") == {"ready": 20, "queued": 0, "failed": 0}

    asyncio.run(run())


def test_files_of_several_scopes_are_each_seen_from_their_own(larder: Larder) -> None:
    async def run() -> None:
        async with client_of(larder, new_memory(larder, "bulk-scopes", use_models=False)) as client:
            handbook, preferences = files_of(2, org="acme")
            preferences.scope["user"] = "alice"
            await import_files(client, [handbook, preferences])
            assert (await all_ready(client, 2, within_s=60, org="acme", user="alice"))["ready"] == 2
            assert (await progress(client, org="acme"))["ready"] == 1
            assert (await progress(client, org="globex"))["ready"] == 0

    asyncio.run(run())


def test_a_file_that_cannot_be_read_is_told_with_its_reason(larder: Larder) -> None:
    async def run() -> None:
        async with client_of(larder, new_memory(larder, "bulk-failures", use_models=False)) as client:
            part = {"file": ("broken.pdf", b"%PDF-1.7 and then nothing", "application/pdf")}
            made = (await client.post("/knowledge", files=part)).json()
            assert (await all_ready(client, 1, within_s=60))["failed"] == 1
            [failed] = (await client.get("/knowledge", params={"status": "failed"})).json()["documents"]
            assert (failed["id"], failed["errorKind"]) == (made["id"], "permanent")
            assert (await client.get(f"/knowledge/{made['id']}")).json()["error"].endswith(".")

    asyncio.run(run())


def test_nodes_are_imported_once_and_renewed_in_place(larder: Larder) -> None:
    async def run() -> None:
        async with client_of(larder, new_memory(larder, "bulk-nodes")) as client:
            nodes, relations = catalogue_of(1_000)
            [first] = await import_nodes(client, nodes, relations)
            [again] = await import_nodes(client, nodes, relations)
            nodes[7]["content"]["price"] = "1.50"
            [renewed] = await import_nodes(client, nodes, relations)
        counts = ("created", "updated", "unchanged", "relations_created", "relations_existing")
        assert [first[name] for name in counts] == [1_000, 0, 0, 1_000, 0]
        assert [again[name] for name in counts] == [0, 0, 1_000, 0, 1_000]
        assert [renewed[name] for name in counts] == [0, 1, 999, 0, 1_000]

    asyncio.run(run())


def test_trusted_text_is_counted_as_the_guide_says(larder: Larder) -> None:
    async def run() -> list[list[int]]:
        said = "Product Widget A (sku_001) costs 29.99 and belongs to category widgets."
        told = []
        async with client_of(larder, new_memory(larder, "bulk-triples")) as client:
            for text in (said, said, said.replace("29.99", "31.50")):
                body = {"text": text, "infer": "triples", "scope": {"org": "acme"}}
                answer = (await client.post("/facts", json=body)).json()
                told.append([answer[name] for name in ("created", "updated", "relations_created")])
        return told

    assert asyncio.run(run()) == [[3, 0, 2], [0, 0, 0], [0, 1, 0]]
