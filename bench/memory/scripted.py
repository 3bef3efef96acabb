"""A model that replies what it was told to, in the shapes of OpenAI's API, at once."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bench.memory.conversations import sentences

DIMENSIONS = 384


class Model:
    """`reply`: rows as the case has them, or a text that is no JSON. `calls` counts the questions to it."""

    def __init__(self) -> None:
        self.reply: Any = {}
        self.calls = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def chat(self, question: dict[str, Any]) -> str:
        self.calls += 1
        if isinstance(self.reply, str):
            return self.reply
        if (question.get("response_format") or {}).get("type") == "json_schema":
            return json.dumps(self.reply)
        texts = [{"id": str(at), "text": text} for at, text in enumerate(sentences(self.reply))]
        return json.dumps({"memory": texts})


@contextmanager
def scripted_model() -> Iterator[Model]:
    """On loopback, until it is left."""
    model = Model()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(model))
    model.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()


def _handler(model: Model) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(_embeddings(asked) if self.path.endswith("/embeddings") else _completion(model.chat(asked)))

        def _answer(self, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    return Handler


def _completion(text: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def _embeddings(asked: dict[str, Any]) -> dict[str, Any]:
    texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
    rows = [{"object": "embedding", "index": at, "embedding": _vector(text)} for at, text in enumerate(texts)]
    return {"object": "list", "model": "scripted", "data": rows, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def _vector(text: str) -> list[float]:
    """The same text has the same direction, and no two others are alike."""
    digest = hashlib.shake_256(text.casefold().encode()).digest(DIMENSIONS)
    return [(byte - 127.5) / 127.5 for byte in digest]
