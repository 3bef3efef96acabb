"""Streamable HTTP out of a web process that speaks WSGI.

The library speaks ASGI. One thread of this process has its event loop, started by the first request; the thread that
serves a request gives it to the loop and, until the answer is there, runs what the loop asks of it: the tools, with the
connection to the database, the deadlines and the log's context of that thread. Nothing outlives a request: no session,
no stream. An answer is one JSON object.

See docs/decisions/0273.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from mcp.server.lowlevel.server import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from mcp_server.caller import AgentCaller
from mcp_server.calling import Outage
from mcp_server.protocol import Context, Exchange, make_server

T = TypeVar("T")
Headers = Iterable[tuple[str, str]]

PATIENCE_S = 30.0
"""For the library alone, which takes a millisecond; no tool runs meanwhile."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class HttpAnswer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class RequestExchange:
    """Between one request's thread, which waits, and the loop, which must not."""

    def __init__(self, who: AgentCaller) -> None:
        self.who = who
        self.work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def run(self, work: Callable[[AgentCaller], T]) -> Awaitable[T]:
        result: Future[T] = Future()
        self.work.put(lambda: _settle(result, lambda: work(self.who)))
        return asyncio.wrap_future(result)

    def end(self) -> None:
        self.work.put(None)

    def serve(self) -> None:
        """Run what is asked for until the request has ended. Raises queue.Empty where the loop says nothing more."""
        while (work := self.work.get(timeout=PATIENCE_S)) is not None:
            work()


def _settle(result: "Future[T]", work: Callable[[], T]) -> None:
    try:
        found = work()
    except Exception as error:  # noqa: BLE001 -- it is raised where it is waited for
        result.set_exception(error)
    else:
        result.set_result(found)


class HttpServer:
    """The library's server on a loop of its own."""

    def __init__(self, *, outage: Outage, most_body_bytes: int) -> None:
        self._loop = asyncio.new_event_loop()
        server: Server[Any] = make_server(_exchange_of, outage=outage)
        self._manager = StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=most_body_bytes
        )
        self._started = threading.Event()
        threading.Thread(target=self._loop.run_until_complete, args=[self._live()], name="mcp", daemon=True).start()
        self._started.wait(PATIENCE_S)

    def answer(self, headers: Headers, body: bytes, *, who: AgentCaller) -> HttpAnswer:
        """Of one POST. Headers' names are in lower case."""
        exchange = RequestExchange(who)
        answering = asyncio.run_coroutine_threadsafe(self._answer(headers, body, exchange), self._loop)
        try:
            exchange.serve()
            return answering.result(PATIENCE_S)
        except BaseException:
            answering.cancel()  # does nothing to what has ended
            raise

    async def _live(self) -> None:
        async with self._manager.run():
            self._started.set()
            await asyncio.Event().wait()

    async def _answer(self, headers: Headers, body: bytes, exchange: RequestExchange) -> HttpAnswer:
        sent: list[Any] = []
        received = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Any:
            return received.pop() if received else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        try:
            await self._manager.handle_request(_scope(headers, exchange), receive, send)
        finally:
            exchange.end()
        return HttpAnswer(
            status=int(sent[0]["status"]),
            headers=[(name.decode("latin-1"), value.decode("latin-1")) for name, value in sent[0]["headers"]],
            body=b"".join(each.get("body", b"") for each in sent[1:]),
        )


EXCHANGE = "larder.exchange"


def _exchange_of(context: Context) -> Exchange:
    request: Any = context.request
    found: Exchange = request.scope[EXCHANGE]
    return found


def _scope(headers: Headers, exchange: RequestExchange) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/mcp",
        "raw_path": b"/mcp",
        "query_string": b"",
        "headers": [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers],
        "server": None,
        "client": None,
        EXCHANGE: exchange,
    }
