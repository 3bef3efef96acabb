"""An Ollama-shaped server that knows every vector already: `python -m bench.compare.ready VECTORS`, prints its port.

So a push or a query over HTTP is measured with everything that Larder does for a real backend, and no model's time.
"""

import sys
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from bench.compare.corpus import Vectors, row_of


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one write an answer
    vectors: Vectors

    def do_GET(self) -> None:
        self._send({"version": "0.0.0"})

    def do_POST(self) -> None:
        asked = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._send({"embeddings": self._rows(asked["input"])} if self.path == "/api/embed" else {})

    def _rows(self, texts: list[str]) -> list[Any]:
        rows = [row_of(text) for text in texts]
        numbers = [zlib.crc32(text.encode()) if row is None else row for text, row in zip(texts, rows, strict=True)]
        return list(self.vectors[np.array(numbers) % len(self.vectors)].astype(np.float32))

    def _send(self, answer: dict[str, Any]) -> None:
        body = orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    Answer.vectors = np.load(Path(sys.argv[1]), mmap_mode="r")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
