"""Programs of Node.js, and a server that passes on what such a program, or a browser, may not ask by itself."""

import http.client
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.conftest import clean_environment


def run_node(installed: Path, *arguments: str, given: str | None = None, **environment: str) -> str:
    """What it writes; `given` is its standard input."""
    done = subprocess.run(
        [str(installed / "bin" / "node"), *arguments],
        env=clean_environment() | environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def speaking_with(key: str, url: str) -> Iterator[str]:
    """The address of a server that passes everything on with this key: conformance tests cannot send
    one, and a browser is not to have it."""
    target = urlsplit(url)

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            upstream = http.client.HTTPConnection(target.hostname or "", target.port, timeout=60)
            upstream.request(self.command, self.path, body, headers | {"Authorization": f"Bearer {key}"})
            answer = upstream.getresponse()
            told = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)
            upstream.close()

        do_GET = do_POST = do_DELETE = pass_on  # noqa: N815 -- names of the library

        def log_message(self, *told: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Passing)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
