#!/usr/bin/env bash
# mem0ai 2.2.1 (`infer=True`, the default): what becomes of a turn whose model writes something else than was asked for.
#
# One would guess that a reply which cannot be used raises, or is asked for once more, as a server that fails does raise.
# Seen:
#   - a reply that was cut off, is empty, is prose, or has its rows under another name (`facts`, as older versions asked
#     for; `memory` in place of `text`) is no error: `add` gives an empty list, as for a turn with nothing to remember;
#   - the model is asked once, and nothing marks the turn to be read again;
#   - rows that are plain texts are an AttributeError out of the library's inside; a status of 500 is an LLMError;
#   - JSON behind a word or two of prose is read.
# So whoever counts what is remembered with a small model counts its broken replies as turns that say nothing.
#
# The model is a server in this script; the embedder, too. Telemetry is off.
# Output: each reply with what came of it, then `as described`. Fails when any of it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
  mem0ai==2.2.1 openai==3.57.0 qdrant-client==1.20.0
MEM0_TELEMETRY=False MEM0_DIR="$room/mem0" OPENAI_API_KEY=none ROOM="$room" "$room/venv/bin/python" - <<'PYTHON'
import hashlib
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SIZE = 64


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    reply, status, questions = "", 200, 0

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told = json.dumps(embedded(body) if self.path.endswith("/embeddings") else self.written()).encode()
        self.send_response(200 if self.path.endswith("/embeddings") else self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def written(self):
        Server.questions += 1
        message = {"role": "assistant", "content": self.reply}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        return {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": choices}

    def log_message(self, *_):
        pass


def embedded(body):
    """Any two texts are somewhat alike, so that each finds the others."""
    texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
    rows = [[1 + byte / 2_000 for byte in (hashlib.sha256(text.encode()).digest() * 2)[:SIZE]] for text in texts]
    data = [{"object": "embedding", "index": number, "embedding": row} for number, row in enumerate(rows)]
    return {"object": "list", "model": "m", "data": data, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()

from mem0 import Memory  # noqa: E402 - after the environment is set

asked = {"openai_base_url": f"http://127.0.0.1:{server.server_port}/v1", "model": "m"}
store = {"collection_name": "c", "path": f"{os.environ['ROOM']}/vectors", "embedding_model_dims": SIZE}
memory = Memory.from_config(
    {
        "llm": {"provider": "openai", "config": asked},
        "embedder": {"provider": "openai", "config": {**asked, "embedding_dims": SIZE}},
        "vector_store": {"provider": "qdrant", "config": store},
        "history_db_path": f"{os.environ['ROOM']}/history.db",
    }
)


def say(reply, *, status=200):
    """How many memories `add` tells of, or the name of what it raises; how often the model was asked."""
    Server.reply, Server.status, Server.questions = reply, status, 0
    try:
        told = len(memory.add([{"role": "user", "content": "I work at Acme."}], user_id="alice")["results"])
    except Exception as error:
        told = type(error).__name__
    print(repr(reply[:60]), status, "->", told)
    return told, Server.questions


ROW = {"id": "0", "text": "Alice works at Acme"}
WHOLE = json.dumps({"memory": [ROW]})
SILENT = (
    WHOLE[:-5],
    "",
    "I cannot help with that.",
    json.dumps({"facts": [ROW["text"]]}),
    json.dumps({"memory": [{"id": "0", "memory": ROW["text"]}]}),
    json.dumps([ROW]),
)
for reply in SILENT:
    assert say(reply) == (0, 1), reply
assert say(json.dumps({"memory": [ROW["text"]]})) == ("AttributeError", 1)
assert say(WHOLE, status=500)[0] == "LLMError"
assert memory.get_all(filters={"user_id": "alice"})["results"] == []
assert say(f"Sure:\n{WHOLE}") == (1, 1)
print("as described")
os._exit(0)
PYTHON
