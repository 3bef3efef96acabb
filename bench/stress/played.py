"""An embedder in the shape of Ollama whose temper can be changed while it runs."""

import hashlib
import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WIDTH = 384
SOUND_S = 0.005
SLOW_S = 20


class PlayedEmbedder(ThreadingHTTPServer):
    """`temper`: sound, silent (accepts and says nothing), or flaky (in turns late, failing, broken off and sound)."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.temper = "sound"
        self.turns = itertools.count()
        self.changed = threading.Event()

    @property
    def variables(self) -> dict[str, str]:
        return {"OLLAMA_URL": f"http://127.0.0.1:{self.server_port}", "EMBEDDING_MODEL": "ollama:played"}

    @contextmanager
    def being(self, temper: str) -> Iterator[None]:
        self.temper = temper
        self.changed.clear()
        try:
            yield
        finally:
            self.temper = "sound"
            self.changed.set()


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: PlayedEmbedder

    def do_GET(self) -> None:
        if self.server.temper != "silent":
            self._send(200, b'{"version": "0.0.0"}')
        else:
            self._say_nothing()

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.temper == "silent":
            self._say_nothing()
        elif self.path != "/api/embed":
            self._send(200, b"{}")
        elif self.server.temper == "flaky":
            self._falter(asked)
        else:
            self._embed(asked)

    def _falter(self, asked: bytes) -> None:
        turn = next(self.server.turns) % 4
        if turn == 0:
            time.sleep(SLOW_S)
        if turn == 1:
            self._send(500, b'{"error": "no"}')
        elif turn == 2:
            self.close_connection = True
        else:
            self._embed(asked)

    def _embed(self, asked: bytes) -> None:
        time.sleep(SOUND_S)
        rows = [_vector(text) for text in json.loads(asked)["input"]]
        self._send(200, json.dumps({"embeddings": rows}).encode())

    def _say_nothing(self) -> None:
        """Until the temper changes; then the connection ends."""
        self.server.changed.wait(600)
        self.close_connection = True

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        with suppress(ConnectionError):  # who asked has given up
            super().handle()


def _vector(text: str) -> list[float]:
    """Always the same for a text."""
    digest = hashlib.shake_128(text.encode()).digest(WIDTH)
    return [byte / 128 - 1 for byte in digest]
