#!/usr/bin/env bash
# mem0ai 2.2.1 (`infer=True`, the default): what it keeps of a fact that is corrected.
#
# mem0 was known for asking its model whether each fact is to be added, to update another, or to delete one; so one would
# guess that after a correction only the new value is left. Seen, with a model that finds the new fact, and even says
# which memory it replaces:
#   - the one call of the model is for facts to add; `event: UPDATE` or `DELETE` with the id of a memory is ignored;
#   - both values stay, nothing links them, and nothing says which one is so; `history` of the old one tells of no change;
#   - the same sentence again, word for word, is not added twice.
# So whoever compares what a memory holds after a correction compares two designs: one that adds, one that reconciles.
#
# The model is a server in this script; the embedder, too. Telemetry is off.
# Output: the memories after each turn, then `as described`. Fails when any of it changes.
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
    reply, asked = "", 0

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told = json.dumps(embedded(body) if self.path.endswith("/embeddings") else self.written()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def written(self):
        Server.asked += 1
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


def say(text, *facts):
    Server.reply = json.dumps({"memory": list(facts)})
    events = [each["event"] for each in memory.add([{"role": "user", "content": text}], user_id="alice")["results"]]
    kept = sorted(each["memory"] for each in memory.get_all(filters={"user_id": "alice"})["results"])
    print(events, kept)
    return events, kept


acme, globex = "Alice works at Acme", "Alice works at Globex"
assert say("I work at Acme.", {"id": "0", "text": acme}) == (["ADD"], [acme])
replaced = {"id": "0", "text": globex, "event": "UPDATE", "old_memory": acme}
assert say("No, I work at Globex.", replaced) == (["ADD"], [acme, globex])
deleted = {"id": "0", "text": acme, "event": "DELETE"}
assert say("I have never worked at Acme.", deleted) == ([], [acme, globex])
assert say("I work at Globex.", {"id": "0", "text": globex}) == ([], [acme, globex])
assert Server.asked == 4
for each in memory.get_all(filters={"user_id": "alice"})["results"]:
    assert [change["event"] for change in memory.history(each["id"])] == ["ADD"], each
print("as described")
os._exit(0)
PYTHON
