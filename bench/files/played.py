"""An Ollama-shaped server whose vectors are ready: answers are put together from pieces of JSON made beforehand."""

import json
import random
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DIMENSIONS, READY = 384, 1_024


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write an answer
    vectors: list[bytes]

    def do_GET(self) -> None:
        self._send(b'{"version": "0.0.0"}')

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = [self.vectors[zlib.crc32(text.encode()) % READY] for text in asked.get("input", ())]
        self._send(b'{"embeddings": [%s]}' % b",".join(found) if self.path == "/api/embed" else b"{}")

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def ready_embedder() -> Iterator[dict[str, str]]:
    """Yields the variables that point a stack at it."""
    chance = random.Random(0)
    made = ([round(chance.gauss(0, 1), 4) for _ in range(DIMENSIONS)] for _ in range(READY))
    Answer.vectors = [json.dumps(vector).encode() for vector in made]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {"OLLAMA_URL": f"http://127.0.0.1:{server.server_address[1]}", "EMBEDDING_MODEL": "ollama:ready"}
    finally:
        server.shutdown()
