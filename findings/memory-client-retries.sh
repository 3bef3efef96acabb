#!/usr/bin/env bash
# surrealdb-memory 1.0.0b1 and surrealdb 3.0.0b5 (`surrealdb.spectron`): what is asked again, and when.
#
# One would guess that 429 and 503 are tried again after `Retry-After`, that what can never work is not, and that reads
# are safer to repeat than writes. Seen in both, awaited and blocking:
#   - 429 is never tried again, with `Retry-After` or without; the error does not carry the header either;
#   - every status from 500 on is, 501 (not implemented) too: four requests within 1.75 s, whatever `Retry-After` says;
#   - a POST that only reads (`recall`) is not tried again, while the write `remember` is, with one
#     Idempotency-Key for all four;
#   - that key has a clock in it: the same words within one half minute are one request to the server, though a person
#     may have said them twice.
# So what a client must wait for stands in the sentence that it shows, 501 is told quickly, and a server that keeps
# answers by key treats a repetition within half a minute as one.
#
# Output: `surrealdb_memory as described`, `surrealdb.spectron as described`. Fails when any of it changes. A minute.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check surrealdb-memory==1.0.0b1 surrealdb==3.0.0b5
"$room/venv/bin/python" - <<'PYTHON'
import asyncio
import importlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLD = {"mode": "full", "sessionId": "s"}


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    status = 200
    keys: list[str | None] = []

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.keys.append(self.headers.get("Idempotency-Key"))
        body = json.dumps(TOLD | {"message": "no"}).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After", "30")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
ACCESS = {"endpoint": f"http://127.0.0.1:{server.server_port}", "api_key": "key"}


def blocking(client, verb):
    with client("acme", **ACCESS) as memory:
        return verb(memory)


def awaited(client, verb):
    async def run():
        async with client("acme", **ACCESS) as memory:
            return await verb(memory)

    return asyncio.run(run())


def asked(how, client, status, verb):
    """How many requests, how many different keys, and how long."""
    Server.status, Server.keys = status, []
    began = time.monotonic()
    try:
        how(client, verb)
    except Exception as error:
        assert not hasattr(error, "headers") and not hasattr(error, "retry_after"), vars(error)
    return len(Server.keys), len(set(Server.keys)), time.monotonic() - began


def read(memory):
    return memory.state()


def search(memory):
    return memory.recall("where?")


def write(memory):
    return memory.remember("I live in Riga.")


def look(how, client):
    for verb in (read, search, write):
        assert asked(how, client, 429, verb)[0] == 1, verb
    for status, verb in ((501, write), (503, read)):
        count, keys, seconds = asked(how, client, status, verb)
        assert (count, keys) == (4, 1) and 1.7 < seconds < 6, (status, verb, count, keys, seconds)
    assert asked(how, client, 503, search)[0] == 1
    while time.time() % 30 > 27:
        time.sleep(0.2)
    Server.status, Server.keys = 200, []
    for _ in range(2):
        how(client, write)
    assert len(Server.keys) == 2 and len(set(Server.keys)) == 1, Server.keys


for module, name in (("surrealdb_memory", "Memory"), ("surrealdb.spectron", "Spectron")):
    library = importlib.import_module(module)
    look(blocking, getattr(library, name))
    look(awaited, getattr(library, f"Async{name}"))
    print(f"{module} as described")
PYTHON
