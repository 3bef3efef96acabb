"""A URL that somebody handed in is fetched by the worker, under the policy for addresses that users name."""

import asyncio
from dataclasses import dataclass

from django.conf import settings

from filing.errors import ExtractionFailed
from providers.addresses import Policy
from providers.errors import CallFailed, CallUnavailable, OutboundTimeout
from providers.outbound import call, deadline, open_client

TIMEOUT_MS = 60_000
ACCEPT = {"Accept": "text/html, text/*;q=0.9, application/json;q=0.8, */*;q=0.5"}


@dataclass(frozen=True, kw_only=True)
class Fetched:
    body: bytes
    content_type: str


def fetch(url: str) -> Fetched:
    """What stands at the URL. Raises ExtractionFailed, temporary where it may be there a minute later."""
    try:
        return asyncio.run(_fetch(url))
    except CallFailed as error:
        temporary = isinstance(error, CallUnavailable | OutboundTimeout)
        raise ExtractionFailed(error.detail, temporary=temporary, code=error.code) from error


async def _fetch(url: str) -> Fetched:
    async with deadline(TIMEOUT_MS), open_client(Policy.PUBLIC) as client:
        answer = await call(client, "GET", url, headers=ACCEPT, max_body_bytes=settings.MAX_FILING_BYTES)
    if answer.status != 200:
        gone = answer.status < 500 and answer.status != 429
        raise ExtractionFailed(f"The address answers with status {answer.status}.", temporary=not gone, code="not_ok")
    return Fetched(body=answer.body, content_type=answer.headers.get("Content-Type", ""))
