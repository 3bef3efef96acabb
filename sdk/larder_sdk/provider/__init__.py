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
from larder_sdk.provider.produce import Delivery, Sync, deliver, takes_run
from larder_sdk.provider.runner import Done, SyncRunner, SyncState
from larder_sdk.provider.signatures import check_secret, sign, verify_signature
from larder_sdk.provider.syncs import SyncCall, SyncRun, check_state

__all__ = ["ProviderApp", "Sync", "SyncRun", "SyncState", "create_provider_app", "sign", "verify_signature"]


def create_provider_app(
    *,
    name: str,
    sync: Sync,
    secret: str | None = None,
    client: KnowledgeClient | None = None,
    url: str | None = None,
    key: str | None = None,
    full: bool = False,
    incremental: bool = False,
    batch: int = 500,
    wait_s: int | None = None,
    version: str = "0.1.0",
) -> ProviderApp:
    """An ASGI application that Larder can call on schedule.

    `name` is the provider's id and so the source of its documents. `sync(client)` gives documents (a list, a
    generator, an async generator) or pushes them by itself and gives their number. With `full` the documents
    are the source's whole set, and what they do not name is deleted; otherwise they are pushed `batch` at a
    time as they come. `wait_s` as in `KnowledgeClient.upsert`.

    `sync(client, run)` is told its run, a `SyncRun`: `run.since`, and `run.state`, which Larder keeps from success to
    success. With `incremental` a sync whose `run.since` is not None brings only what has changed since then, unless it
    sets `run.mode` otherwise: what it leaves out is neither deleted nor does it expire.

    The platform authenticates with `secret` (default: LARDER_PROVIDER_SECRET); without any every call is
    refused. Raises ValueError for one that begins with `whsec_` and does not go on in Base64. Documents go to Larder
    through `client`, or to `url` (LARDER_URL) with `key` (LARDER_KEY).

    `POST /internal/sync` answers 202 at once and syncs in the background, one sync at a time;
    `GET /internal/state` tells how it went; `GET /health` and `GET /manifest` are open.
    """
    shared = secret if secret is not None else os.environ.get("LARDER_PROVIDER_SECRET", "")
    check_secret(shared)
    own = client or KnowledgeClient(
        url or _from_env("LARDER_URL", "Larder's address, for example http://127.0.0.1:8000"),
        key or os.environ.get("LARDER_KEY"),
        source=name,
    )
    delivery = Delivery(full=full, batch=batch, wait_s=wait_s)
    if incremental and not takes_run(sync):
        raise TypeError("An incremental provider needs `sync(client, run)`, to know since when")

    async def work(call: SyncCall) -> Done:
        run = call.begin(incremental=incremental)
        count = await deliver(sync, own.correlated(call.run_id).traced(call.trace), delivery, run=run)
        return Done(count=count, mode=run.mode, state=check_state(run))

    return ProviderApp(
        runner=SyncRunner(work),
        manifest={"id": name, "version": version, "kind": "context_provider", "contract": 2},
        secret=shared,
        client=own,
        owns_client=client is None,
    )


def _from_env(name: str, meaning: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set. It is {meaning}")
    return value
