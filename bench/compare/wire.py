"""The least of an HTTP client, the same for every server: what is measured is then the server and not its client."""

import json
import socket
from types import TracebackType
from typing import Any, Self

TIMEOUT_S = 120


class RequestFailed(Exception):
    pass


class Line:
    """One kept connection. Requests are bytes made beforehand (`post_request`); answers need a Content-Length."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, request: bytes) -> bytes:
        """The body of a 2xx answer."""
        self.socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._receive()
        head = bytes(received[:end]).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        while len(received) < end + 4 + length:
            received += self._receive()
        body = bytes(received[end + 4 :])
        if not head.startswith(b"http/1.1 2"):
            raise RequestFailed(f"{head[:15].decode()}: {body[:300].decode(errors='replace')}")
        return body

    def json(self, request: bytes) -> Any:
        return json.loads(self.send(request))

    def _receive(self) -> bytes:
        if not (received := self.socket.recv(262_144)):
            raise RequestFailed("the server closed the connection")
        return received


def get_request(path: str, *, key: str = "") -> bytes:
    fields = ["Host: 127.0.0.1", *([f"Authorization: Bearer {key}"] if key else [])]
    return "\r\n".join([f"GET {path} HTTP/1.1", *fields, "", ""]).encode()


def post_request(path: str, body: Any, *, key: str = "") -> bytes:
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = ["Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(encoded)}"]
    if key:
        fields.append(f"Authorization: Bearer {key}")
    return "\r\n".join([f"POST {path} HTTP/1.1", *fields, "", ""]).encode() + encoded
