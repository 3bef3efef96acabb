"""An Ollama-shaped server whose vectors are ready, so that no model's time is measured.

A push or a query over HTTP then costs everything that Larder does for a real backend, and nothing else.
"""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Embed = Callable[[bytes], bytes]
"""From the body that asks `/api/embed` to the body that answers."""


class ReadyServer(ThreadingHTTPServer):
    """On a free port of this machine."""

    def __init__(self, embed: Embed) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.embed = embed

    @property
    def variables(self) -> dict[str, str]:
        """They point a stack at it."""
        return variables_for(self.server_port)


def variables_for(port: int) -> dict[str, str]:
    return {"OLLAMA_URL": f"http://127.0.0.1:{port}", "EMBEDDING_MODEL": "ollama:ready"}


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write an answer
    server: ReadyServer

    def do_GET(self) -> None:
        self._send(b'{"version": "0.0.0"}')

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        self._send(self.server.embed(asked) if self.path == "/api/embed" else b"{}")

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
