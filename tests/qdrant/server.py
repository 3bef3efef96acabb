"""The HTTP of it: requests as the client sends them, and what a test makes of their answers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from pydantic import TypeAdapter
from qdrant_client.models import CreateCollection, CreateFieldIndex, QueryRequest, ScrollRequest, UpdateOperations

Answered = tuple[int, bytes]
COMPLETED = {"operation_id": 0, "status": "completed"}


class Engine(Protocol):
    """Collections by name. Raises KeyError for one that is not there."""

    def exists(self, name: str) -> bool: ...
    def create(self, name: str, config: CreateCollection) -> None: ...
    def drop(self, name: str) -> None: ...
    def index(self, name: str, field: CreateFieldIndex) -> None: ...
    def update(self, name: str, operation: Any) -> None: ...
    def query(self, name: str, request: QueryRequest) -> list[tuple[int, float]]: ...
    def scroll(self, name: str, request: ScrollRequest) -> tuple[list[int], int | None]: ...
    def retrieve(self, name: str, ids: list[int]) -> dict[int, dict[str, Any]]: ...


class Server(ThreadingHTTPServer):
    """`answer` may take an answer's place: it is given the path, the body, and how to answer honestly."""

    daemon_threads = True
    answer: Callable[[str, dict[str, Any], Callable[[], Answered]], Answered] | None = None

    def __init__(self, engine: Engine) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.one_at_a_time = threading.Lock()
        self.begin(engine)

    def begin(self, engine: Engine) -> None:
        """On another engine, with nothing asked so far."""
        with self.one_at_a_time:
            self.engine, self.answer = engine, None
            self.requests: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def asked(self, what: str) -> int:
        return sum(what in each for each in self.requests)

    def respond(self, method: str, path: str, body: dict[str, Any]) -> Answered:
        self.requests.append(f"{method} {path}")
        return (
            self.answer(path, body, lambda: self._honest(method, path, body))
            if self.answer
            else (self._honest(method, path, body))
        )

    def _honest(self, method: str, path: str, body: dict[str, Any]) -> Answered:
        _, name, *rest = path.strip("/").split("/")
        try:
            with self.one_at_a_time:
                return answered(self._result(method, name, "/".join(rest), body))
        except KeyError:
            return 404, json.dumps({"status": {"error": f"Collection `{name}` doesn't exist!"}, "time": 0}).encode()

    def _result(self, method: str, name: str, what: str, body: dict[str, Any]) -> Any:
        match method, what:
            case "GET", "exists":
                return {"exists": self.engine.exists(name)}
            case "PUT", "":
                self.engine.create(name, CreateCollection.model_validate(body))
            case "DELETE", "":
                self.engine.drop(name)
            case "PUT", "index":
                self.engine.index(name, CreateFieldIndex.model_validate(body))
                return COMPLETED
            case "POST", "points/batch":
                operations = TypeAdapter(UpdateOperations).validate_python(body).operations
                for each in operations:
                    self.engine.update(name, each)
                return [COMPLETED] * len(operations)
            case "POST", "points/query":
                found = self.engine.query(name, QueryRequest.model_validate(body))
                return {"points": [{"id": point, "version": 0, "score": score} for point, score in found]}
            case "POST", "points/scroll":
                points, following = self.engine.scroll(name, ScrollRequest.model_validate(body))
                return {"points": [{"id": point} for point in points], "next_page_offset": following}
            case _:
                raise AssertionError(f"{method} {what} is not spoken here")
        return True


def answered(result: Any) -> Answered:
    return 200, json.dumps({"result": result, "status": "ok", "time": 0.001}).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        status, content = self.server.respond(self.command, self.path.partition("?")[0], body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = _respond  # noqa: N815 -- as the base class calls them

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(engine: Engine) -> Iterator[Server]:
    server = Server(engine)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
