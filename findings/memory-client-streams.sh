#!/usr/bin/env bash
# surrealdb-memory 1.0.0b1 (requests 2.34.2, aiohttp 3.14.5): how `chat(stream=True)` reads server-sent events.
#
# One would guess that an event named `error` raises, that a stream which breaks off is told apart from one that ended,
# that an answer of plain JSON is read, and that both clients show words as they come. Seen:
#   - `event: error` is one more chunk with an empty delta; its message is in `raw` alone, and nothing is raised;
#   - a stream that ends within an event gives the half event to the reader as text, without `done` and without an error;
#   - an answer of application/json to a request for a stream is no chunk at all;
#   - the blocking client keeps words back until 512 bytes or the end, unless the transfer is chunked; the awaited one
#     gives them as they come either way.
# surrealdb 3.0.0b5 has the same code under `surrealdb.spectron`, and is asked the same.
# So a server says what went wrong by its status before the first event, sends `done` at the end, and uses chunks.
#
# Output: `surrealdb_memory as described`, `surrealdb.spectron as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  surrealdb-memory==1.0.0b1 surrealdb==3.0.0b5 requests==2.34.2 aiohttp==3.14.5
"$room/venv/bin/python" - <<'PYTHON'
import asyncio
import importlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HELLO = b'data: {"delta": "Hel"}\n\n'
PAUSE_S = 0.3


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pieces: list[bytes] = []
    kind = "text/event-stream"
    chunked = True

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", self.kind)
        self.send_header("Connection", "close")
        if self.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.close_connection = True
        for number, piece in enumerate(self.pieces):
            time.sleep(PAUSE_S if number else 0)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if self.chunked else piece)
        if self.chunked:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{server.server_port}"


def answer(*pieces, kind="text/event-stream", chunked=True):
    Server.pieces, Server.kind, Server.chunked = list(pieces), kind, chunked


def blocking(client):
    began = time.monotonic()
    with client("acme", endpoint=URL, api_key="key") as memory:
        return [(chunk, time.monotonic() - began) for chunk in memory.chat("Hello?", stream=True)]


def awaited(client):
    async def run():
        began = time.monotonic()
        async with client("acme", endpoint=URL, api_key="key") as memory:
            return [(chunk, time.monotonic() - began) async for chunk in await memory.chat("Hello?", stream=True)]

    return asyncio.run(run())


def look(how, client):
    answer(HELLO, b'event: error\ndata: {"message": "the model is gone"}\n\n')
    chunks = [chunk for chunk, _ in how(client)]
    assert [(each.delta, each.done) for each in chunks] == [("Hel", False), ("", False)], chunks
    assert chunks[1].raw == {"message": "the model is gone"}, chunks
    answer(HELLO, b'data: {"del', chunked=False)
    chunks = [chunk for chunk, _ in how(client)]
    assert [(each.delta, each.done) for each in chunks] == [("Hel", False), ('{"del', False)], chunks
    answer(b'{"reply": "Hello", "sessionId": "s", "traceId": "t"}', kind="application/json")
    assert how(client) == []
    answer(HELLO, HELLO, HELLO)
    assert how(client)[0][1] < PAUSE_S
    answer(HELLO, HELLO, HELLO, chunked=False)
    waited = how(client)[0][1]
    assert (waited > 2 * PAUSE_S - 0.05) is (how is blocking), waited


for module, name in (("surrealdb_memory", "Memory"), ("surrealdb.spectron", "Spectron")):
    library = importlib.import_module(module)
    look(blocking, getattr(library, name))
    look(awaited, getattr(library, f"Async{name}"))
    print(f"{module} as described")
PYTHON
