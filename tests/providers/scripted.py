"""Scripted providers: real sockets, a few lines of asyncio, and whatever misbehaviour a test asks for."""

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class Connection:
    """What a script may do with one request."""

    writer: asyncio.StreamWriter
    asked: Asked

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, status: int, body: Any = b"", **headers: str) -> None:
        """Bytes as they are, anything else as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = {"Content-Length": str(len(data)), **{name.replace("_", "-"): value for name, value in headers.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        await self.raw(f"HTTP/1.1 {status} Scripted\r\n{head}\r\n".encode() + data)

    async def hang(self) -> None:
        await asyncio.sleep(3600)


Script = Callable[[Connection], Awaitable[None]]


@dataclass
class Provider:
    """A listening server. `asked` is everything it was asked, in order."""

    url: str
    asked: list[Asked] = field(default_factory=list)

    def calls(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]


@dataclass
class _Server:
    script: Script
    ssl_context: Any = None
    host: str = "127.0.0.1"
    provider: Provider = field(default_factory=lambda: Provider(""))
    ready: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop, self.stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._talk, self.host, 0, ssl=self.ssl_context)
        scheme = "https" if self.ssl_context else "http"
        self.provider.url = f"{scheme}://{self.host}:{server.sockets[0].getsockname()[1]}"
        self.ready.set()
        await self.stopped.wait()
        server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while asked := await _read_request(reader):
                self.provider.asked.append(asked)
                await self.script(Connection(writer, asked))
        writer.close()

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        assert self.ready.wait(5)
        return self

    def __exit__(self, *exc: object) -> None:
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join(5)


async def _read_request(reader: asyncio.StreamReader) -> Asked | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = dict(line.split(": ", 1) for line in head[1:] if line)
    headers = {name.lower(): value for name, value in headers.items()}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(method, path, headers, body)


@contextmanager
def provider(script: Script, *, ssl_context: Any = None) -> Iterator[Provider]:
    with _Server(script, ssl_context=ssl_context) as server:
        yield server.provider


# --- scripts that many tests play -------------------------------------------------------------------------------------


def script_of(status: int, body: object = b"", **headers: str) -> Script:
    """The same answer to every question."""

    async def script(connection: Connection) -> None:
        await connection.answer(status, body, **headers)

    return script


async def hang(connection: Connection) -> None:
    await connection.hang()


async def drip_headers(connection: Connection) -> None:
    await connection.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await connection.raw(b"X-Drip: yes\r\n")
        await asyncio.sleep(0.05)


async def drip_body(connection: Connection) -> None:
    await connection.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    while True:
        await connection.raw(b" ")
        await asyncio.sleep(0.05)


async def endless(connection: Connection) -> None:
    await connection.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        await connection.raw(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")


async def gigabyte(connection: Connection) -> None:
    await connection.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    while True:
        await connection.raw(b"x" * 65536)
