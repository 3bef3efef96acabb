#!/usr/bin/env bash
# mcp 2.3.0, the Model Context Protocol's Python package: what a server without sessions does with either handshake, and
# what its client shows of a refusal.
#
# One would guess that a server which answers `initialize`, too, names those versions where it is asked which it supports,
# and that a client shows why it was refused. Seen:
#   - `server/discover` names 2026-07-28 alone, while the same address answers `initialize` with 2025-11-25;
#   - a 401 with a body of JSON, a problem of RFC 9457 among them, is to the client "Server returned an error response";
#     with an error of JSON-RPC, whose id may be null, it shows that one's message.
# So Larder's refusals are errors of JSON-RPC, too.
#
# Output: `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check mcp==2.3.0
"$room/venv/bin/python" - <<'PYTHON'
import asyncio
import contextlib
import logging
import socket

import httpx2
import uvicorn
from mcp import Client, MCPError
from mcp.server.lowlevel.server import Server
from starlette.responses import JSONResponse

logging.disable(logging.CRITICAL)
META = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def message(method, **params):
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


@contextlib.asynccontextmanager
async def serving(app):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="auto", timeout_graceful_shutdown=1))
        running = asyncio.create_task(server.serve(sockets=[found]))
        while not server.started:
            await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{found.getsockname()[1]}/mcp"
        server.should_exit = True
        await running


async def look_at_the_server():
    app = Server("test").streamable_http_app(stateless_http=True, json_response=True)
    async with serving(app) as url, httpx2.AsyncClient(headers=ACCEPT, trust_env=False) as client:
        discovered = await client.post(
            url,
            json=message("server/discover", _meta=META),
            headers={"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "server/discover"},
        )
        assert discovered.json()["result"]["supportedVersions"] == ["2026-07-28"], discovered.text
        about = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        begun = await client.post(url, json=message("initialize", **about))
        assert begun.json()["result"]["protocolVersion"] == "2025-11-25", begun.text


def refusing(body):
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await JSONResponse(body, status_code=401)(scope, receive, send)

    return app


async def shown(body):
    """What a person reads whose client is refused with this body."""
    async with serving(refusing(body)) as url:
        try:
            async with Client(url, mode="legacy"):
                raise AssertionError("it was not refused")
        except BaseExceptionGroup as group:
            error = group
            while isinstance(error, BaseExceptionGroup):
                error = error.exceptions[0]
            assert isinstance(error, MCPError), error
            return error.error.message


async def main():
    await look_at_the_server()
    problem = {"type": "about:blank", "title": "Unauthorized", "status": 401, "detail": "Your key has expired."}
    assert await shown(problem) == "Server returned an error response", await shown(problem)
    error = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Your key has expired."}} | problem
    assert await shown(error) == "Your key has expired.", await shown(error)
    print("as described")


asyncio.run(main())
PYTHON
