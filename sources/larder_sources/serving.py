"""A source as a provider over HTTP, or once without one."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import threading
from datetime import UTC, datetime
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server
from larder_sdk import Counts, KnowledgeClient, SyncKnowledgeClient
from larder_sdk.provider import ProviderApp, SyncRun, create_provider_app

from larder_sources.config import Configured
from larder_sources.environment import Place
from larder_sources.ledger import Ledger
from larder_sources.syncing import Synced, run_sync

logger = logging.getLogger("larder_sources")

OWN_STATE = "state of syncs without a provider"


def create_app(configured: Configured, place: Place, *, secret: str) -> ProviderApp:
    """The provider of a source, for an ASGI server with one worker process."""

    async def sync(_: KnowledgeClient, run: SyncRun) -> Counts:
        stop = threading.Event()
        try:
            synced = await asyncio.to_thread(_sync, configured, place, run=run, stop=stop)
        except asyncio.CancelledError:
            stop.set()
            raise
        run.mode = "full_refresh" if synced.full else "incremental"
        run.state.clear()
        run.state.update(synced.state)
        return Counts(upserted=synced.pushed)

    return create_provider_app(name=configured.name, sync=sync, secret=secret, url=place.url, key=place.key)


def _sync(configured: Configured, place: Place, *, run: SyncRun, stop: threading.Event) -> Synced:
    ledger = Ledger(place.ledger)
    try:
        with SyncKnowledgeClient(place.url, place.key, source=configured.name) as client:
            state = run.state if run.since else {}
            ours = client.correlated(run.id)
            return run_sync(configured, ours, ledger, state=state, now=datetime.now(UTC), stop=stop)
    finally:
        ledger.close()


def sync_once(configured: Configured, place: Place, *, stop: threading.Event) -> Synced:
    """A sync that Larder does not know as a run; the state is kept beside the ledger.

    Nothing moves the expiry of what does not come again, so with a `ttl` everything comes.
    """
    ledger = Ledger(place.ledger)
    try:
        state: dict[str, Any] = json.loads(ledger.note(OWN_STATE) or "{}")
        anew = configured.options.ttl is not None
        with SyncKnowledgeClient(place.url, place.key, source=configured.name) as client:
            synced = run_sync(configured, client, ledger, state=state, now=datetime.now(UTC), stop=stop, anew=anew)
        ledger.write_note(OWN_STATE, json.dumps(synced.state))
        return synced
    finally:
        ledger.close()


async def serve(app: ProviderApp, *, host: str, port: int) -> None:
    """Until a signal."""
    socket.create_server((host, port)).close()  # a port in use is an error, not something to share
    server = Server(app, address=host, port=port, interface=Interfaces.ASGI, log_enabled=False)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()
