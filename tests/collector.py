"""A collector of traces: real OTLP over real HTTP, read by the library that OpenTelemetry publishes for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
ERROR = 2


@dataclass(frozen=True, kw_only=True)
class Received:
    """A span as it was sent. Ids in hexadecimal, `parent` "" where it has none; `links` are ids of spans."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    attributes: dict[str, Any]
    resource: dict[str, Any]
    failed: bool


@dataclass
class Collector:
    url: str = ""
    spans: list[Received] = field(default_factory=list)
    requests: int = 0
    raw: bytes = b""
    status: int = 200

    def named(self, name: str) -> list[Received]:
        return [each for each in self.spans if each.name == name]

    def one(self, name: str) -> Received:
        [found] = self.named(name)
        return found

    def chain(self, span: Received) -> list[str]:
        """The names from the span up to the first of its trace."""
        by_id = {each.id: each for each in self.spans}
        above = by_id.get(span.parent)
        assert above or not span.parent, f"{span.name} has a parent that nobody sent"
        return [span.name, *(self.chain(above) if above else [])]

    def take(self, body: bytes) -> None:
        self.requests += 1
        self.raw += body
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            resource = _plain(group.resource.attributes)
            self.spans += [_read(span, resource) for scope in group.scope_spans for span in scope.spans]


def _read(span: Any, resource: dict[str, Any]) -> Received:
    return Received(
        name=span.name,
        kind=KINDS[span.kind],
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        links=tuple(link.span_id.hex() for link in span.links),
        attributes=_plain(span.attributes),
        resource=resource,
        failed=span.status.code == ERROR,
    )


def _plain(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if collector.status == 200 and self.path == "/v1/traces":
                collector.take(body)
            else:
                collector.requests += 1
            self.send_response(collector.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield collector
        server.shutdown()
