"""A provider out of one function.

    from larder_sdk import KnowledgeDocument
    from larder_sdk.provider import create_provider_app

    def sync(client):
        for page in wiki.pages():
            yield KnowledgeDocument(id=page.path, content=page.text, tags=["wiki_page"])

    app = create_provider_app(name="wiki", sync=sync)

`app` is an ASGI application for uvicorn, granian or hypercorn, with one worker process.
"""

from __future__ import annotations

import os

from larder_sdk.client import KnowledgeClient
from larder_sdk.provider.app import ProviderApp
from larder_sdk.provider.produce import Delivery, Sync, deliver
from larder_sdk.provider.runner import SyncRunner, SyncState
from larder_sdk.provider.signatures import sign, verify_signature

__all__ = ["ProviderApp", "Sync", "SyncState", "create_provider_app", "sign", "verify_signature"]


def create_provider_app(
    *,
    name: str,
    sync: Sync,
    secret: str | None = None,
    client: KnowledgeClient | None = None,
    url: str | None = None,
    key: str | None = None,
    full: bool = False,
    batch: int = 500,
    wait_s: int | None = None,
    version: str = "0.1.0",
) -> ProviderApp:
    """An ASGI application that Larder can call on schedule.

    `name` is the provider's id and so the source of its documents. `sync(client)` gives documents (a list, a
    generator, an async generator) or pushes them by itself and gives their number. With `full` the documents
    are the source's whole set, and what they do not name is deleted; otherwise they are pushed `batch` at a
    time as they come. `wait_s` as in `KnowledgeClient.upsert`.

    The platform authenticates with `secret` (default: LARDER_PROVIDER_SECRET); without any every call is
    refused. Documents go to Larder through `client`, or to `url` (LARDER_URL) with `key` (LARDER_KEY).

    `POST /internal/sync` answers 202 at once and syncs in the background, one sync at a time;
    `GET /internal/state` tells how it went; `GET /health` and `GET /manifest` are open.
    """
    own = client or KnowledgeClient(
        url or _from_env("LARDER_URL", "Larder's address, for example http://127.0.0.1:8000"),
        key or os.environ.get("LARDER_KEY"),
        source=name,
    )
    delivery = Delivery(full=full, batch=batch, wait_s=wait_s)

    async def work(correlation_id: str | None) -> int:
        return await deliver(sync, own.correlated(correlation_id), delivery)

    return ProviderApp(
        runner=SyncRunner(work),
        manifest={"id": name, "version": version, "kind": "context_provider", "contract": 2},
        secret=secret if secret is not None else os.environ.get("LARDER_PROVIDER_SECRET", ""),
        client=own,
        owns_client=client is None,
    )


def _from_env(name: str, meaning: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set. It is {meaning}")
    return value
