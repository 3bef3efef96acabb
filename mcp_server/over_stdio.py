"""Standard input and output: one message a line, for the program that started this process.

All calls run on one thread, one after the other, with one connection to the database. The key is looked at with each
call, so that one which is revoked meanwhile opens nothing any more.

See docs/decisions/0275.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections
from django.utils import timezone
from mcp.server.stdio import stdio_server

from accounts.throttle import admit
from mcp_server.caller import AgentCaller, caller_with
from mcp_server.calling import Outage
from mcp_server.protocol import make_server

T = TypeVar("T")


class ProcessExchange:
    """Between the loop and the thread of the calls."""

    def __init__(self, raw_key: str) -> None:
        self._raw_key = raw_key
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mcp")

    def run(self, work: Callable[[AgentCaller], T]) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, self._run, work)

    def _run(self, work: Callable[[AgentCaller], T]) -> T:
        close_old_connections()
        try:
            who = caller_with(self._raw_key, address="", now=timezone.now())
            admit(who.key_id)
            return work(who)
        finally:
            close_old_connections()


def serve_stdio(raw_key: str, *, outage: Outage) -> None:
    """Until standard input ends. What anything else in this process prints goes to standard error meanwhile."""
    exchange = ProcessExchange(raw_key)
    server = make_server(lambda context: exchange, outage=outage)

    async def serve() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    asyncio.run(serve())
