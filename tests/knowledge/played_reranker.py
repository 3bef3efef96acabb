"""A server that reranks as each kind does, by which share of the question's words a text has."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATHS = {"cohere": "/v2/rerank", "jina": "/v1/rerank", "tei": "/rerank", "voyage": "/v1/rerank"}

Answer = tuple[int, bytes]


class PlayedReranker(ThreadingHTTPServer):
    """`answer` makes a status and a body of what it was asked; `asked` are path, headers and body of each call."""

    daemon_threads = True

    def __init__(self, kind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kind = kind
        self.answer: Callable[[dict[str, Any]], Answer] = self.sound
        self.asked: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def sound(self, body: dict[str, Any]) -> Answer:
        texts = body["texts" if self.kind == "tei" else "documents"]
        if self.kind == "tei" and len(texts) > 32:
            return 422, b'{"error": "batch size > maximum allowed batch size 32", "error_type": "Validation"}'
        return 200, json.dumps(
            self.written([(at, overlap(body["query"], text)) for at, text in enumerate(texts)])
        ).encode()

    def written(self, scores: list[tuple[Any, Any]]) -> Any:
        """Scores by index, best first, in the kind's shape."""
        name = "score" if self.kind == "tei" else "relevance_score"
        rows = [{"index": index, name: score} for index, score in sorted(scores, key=lambda each: -each[1])]
        if self.kind == "tei":
            return rows
        return {"object": "list", "data": rows} if self.kind == "voyage" else {"id": "x", "results": rows, "meta": {}}


class _Handler(BaseHTTPRequestHandler):
    server: PlayedReranker

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, dict(self.headers), body))
        status, content = (
            self.server.answer(body) if self.path == PATHS[self.server.kind] else (404, b'{"error": "not here"}')
        )
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        with suppress(OSError):  # who asked may have gone
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def serving(kind: str, settings: Any) -> Iterator[PlayedReranker]:
    """A server of this kind, at RERANK_URL."""
    with PlayedReranker(kind) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.RERANK_MODEL, settings.RERANK_URL, settings.RERANK_API_KEY = f"{kind}:m", server.url, "sk-secret"
        settings.RERANK_BUDGET_MS = 5_000
        yield server
        server.shutdown()
        thread.join()


def turned(server: PlayedReranker) -> Callable[[dict[str, Any]], Answer]:
    """The later a text was sent, the better."""

    def answer(body: dict[str, Any]) -> Answer:
        count = len(body["texts" if server.kind == "tei" else "documents"])
        return 200, json.dumps(server.written([(at, at / 100) for at in range(count)])).encode()

    return answer


def overlap(question: str, text: str) -> float:
    wanted = set(question.lower().split())
    return len(wanted & set(text.lower().split())) / len(wanted)
