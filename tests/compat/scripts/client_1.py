"""Contract 1 as its users write it: `client_1.py URL KEY SOURCE`. Runs with spot-sdk-python 1.2.1."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta

import httpx
from spot_sdk import KnowledgeClient, KnowledgeDocument, KnowledgeTag

url, key, source = sys.argv[1:]
client = KnowledgeClient(url=f"{url}/api/v1/knowledge", api_key=key)


async def found(text: str, tags: str) -> list[str]:
    """Its `/query` carries no credential; what it is refused for is told by the status."""
    try:
        return [document.id for document in await client.fetch(text=text, tags=tags, top_k=3)]
    except httpx.HTTPStatusError as error:
        return [str(error.response.status_code)]


async def status_of_delete(doc_id: str) -> int:
    try:
        await client.delete(doc_id)
    except httpx.HTTPStatusError as error:
        return error.response.status_code
    return 200


async def main() -> None:
    naive = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=1)
    alice = KnowledgeDocument(
        id="employee:alice@acme.com",
        content="Alice Chen, Chief Technology Officer, Engineering",
        tags=[KnowledgeTag.EMPLOYEE, KnowledgeTag.EXECUTIVE],
        metadata={"email": "alice@acme.com"},
        expires_at=naive,
    )
    others = [
        KnowledgeDocument(id="wiki/vpn/reset", content="How to reset your VPN password", tags=[KnowledgeTag.WIKI_PAGE]),
        KnowledgeDocument(id="wiki/vpn/reset?page=2", content="Choosing a new password", tags=[KnowledgeTag.WIKI_PAGE]),
        KnowledgeDocument(id="wiki/vpn", content="Connecting to the VPN from home", tags=[KnowledgeTag.WIKI_PAGE]),
    ]
    await client.upsert(alice)
    await client.bulk_upsert(others)
    await client.bulk_upsert([])
    hits = await found("who runs technology?", "employee+executive|director")
    answers = {
        "hits": hits,
        "delete_prefix_of_others": await status_of_delete("wiki"),
        "delete": await status_of_delete("wiki/vpn"),
        "delete_again": await status_of_delete("wiki/vpn"),
        "delete_with_question_mark": await status_of_delete("wiki/vpn/reset?page=2"),
        "delete_with_unknown_question_mark": await status_of_delete("wiki/vpn/reset?page=3"),
        "hits_after": await found("how do I reset the VPN password?", "wiki_page"),
    }
    print(json.dumps(answers))


asyncio.run(main())
