#!/usr/bin/env bash
# surrealdb-memory 1.0.0b1 and surrealdb 3.0.0b5 (`surrealdb.spectron`): what they make of answers that are a little off.
#
# One would guess that typed dataclasses check or convert what they are given, and that whatever goes wrong is an error
# of the library. Seen in both, awaited and blocking:
#   - numbers that come as text stay text ("0.9"), and `deduplicated: "false"` is true to whoever asks `if`;
#   - null for a list is None, not an empty list, and null within a list is an element;
#   - a missing field raises ValueError, a page of HTML with 200 (as a proxy gives) TypeError: neither is one of the
#     library's own errors, which a caller would catch;
#   - the `detail` of a problem (RFC 9457) is never shown: only `message`, `title` or `error` are, else a fixed sentence.
# So a server sends every list, real numbers, all required fields, and repeats `detail` as `message`.
#
# Output: `surrealdb_memory as described`, `surrealdb.spectron as described`. Fails when any of it changes.
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    status, body = 200, b""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

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


def given(body, *, status=200):
    Server.status, Server.body = status, body if isinstance(body, bytes) else json.dumps(body).encode()


def raised(call):
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def look(how, client, own):
    recall = lambda: how(client, lambda memory: memory.recall("where?"))  # noqa: E731
    given({"hits": [{"id": "1", "score": "0.9", "source": "chunk", "text": None}], "queryMs": "12"})
    found = recall()
    assert (found.hits[0].score, found.hits[0].text, found.query_ms) == ("0.9", None, "12"), found
    given({"id": "1", "status": "queued", "contentHash": "x", "deduplicated": "false"})
    assert bool(how(client, lambda memory: memory.documents.upload(b"x", filename="x.txt")).deduplicated) is True
    given({"hits": None})
    assert recall().hits is None
    given({"hits": [None]})
    assert recall().hits == [None]
    given({"hits": [{"id": "1"}]})
    error = raised(recall)
    assert type(error) is ValueError, error
    given(b"<html>Bad gateway</html>")
    error = raised(recall)
    assert type(error) is TypeError, error
    given({"title": "", "status": 400, "detail": "k is 1 to 50."}, status=400)
    error = raised(recall)
    assert isinstance(error, own) and "k is" not in error.message, error
    given({"detail": "k is 1 to 50.", "message": "k is 1 to 50."}, status=400)
    assert raised(recall).message == "k is 1 to 50."


for module, name in (("surrealdb_memory", "Memory"), ("surrealdb.spectron", "Spectron")):
    library = importlib.import_module(module)
    own = getattr(library, f"{name}APIError")
    look(blocking, getattr(library, name), own)
    look(awaited, getattr(library, f"Async{name}"), own)
    print(f"{module} as described")
PYTHON
