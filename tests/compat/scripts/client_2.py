"""Contract 2 as its users write it: `client_2.py URL KEY SOURCE`. Runs with spot-sdk-python 2.1.2."""

import asyncio
import json
import sys
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr
from spot_sdk import KnowledgeClient, KnowledgeDocument, KnowledgeTag
from spot_sdk.clients import SpotAPIError
from spot_sdk.workflow import RetrievalLimits

url, key, source = sys.argv[1:]
client = KnowledgeClient(f"{url}/api/v1/knowledge", SecretStr(key), source=source)
capped = KnowledgeClient(
    f"{url}/api/v1/knowledge", SecretStr(key), source=source, retrieval_limits=RetrievalLimits(max_top_k=1)
)


def document(doc_id: str, content: str, *tags: str) -> KnowledgeDocument:
    later = datetime.now(UTC) + timedelta(hours=1)
    return KnowledgeDocument(id=doc_id, content=content, tags=list(tags), expires_at=later)


async def found(text: str, tags: str) -> list[str]:
    return [hit.id for hit in await client.fetch(text=text, tags=tags, top_k=3)]


async def status_of(call: Awaitable[object]) -> int:
    try:
        await call
    except SpotAPIError as error:
        return int(error.status_code)
    return 200


async def main() -> None:
    odd = "wiki/50% #1?a:b é"
    alice = document("alice", "Alice Chen, Chief Technology Officer", KnowledgeTag.EMPLOYEE, KnowledgeTag.EXECUTIVE)
    await client.upsert(alice)
    await client.bulk_upsert(
        [
            document(odd, "How to reset your VPN password", KnowledgeTag.WIKI_PAGE),
            document("wiki", "Connecting to the VPN from home", KnowledgeTag.WIKI_PAGE),
        ]
    )
    foreign = KnowledgeDocument(id="x", content="x", source="somebody-else")
    answers = {
        "hits": await found("who runs technology?", "employee+executive|director"),
        "capped": len(await capped.fetch(text="vpn", top_k=10)),
        "scores": [hit.score for hit in await client.fetch(text="vpn", top_k=10)],
        "foreign_source": await status_of(client.upsert(foreign)),
        "bad_expression": await status_of(client.fetch(text="x", tags="a b")),
        "delete": await status_of(client.delete(odd)),
        "delete_again": await status_of(client.delete(odd)),
    }
    await client.replace_source([alice, document("new", "Expense rules for travel", KnowledgeTag.POLICY)])
    answers["wiki_after_replace"] = await found("vpn", "wiki_page")
    answers["policy_after_replace"] = await found("what may I spend on a trip?", "policy")
    print(json.dumps(answers))


asyncio.run(main())
