"""`python -m examples.stdlib_provider --port 8100`: the demo provider in the foreground, until a signal."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import socket

from granian.constants import Interfaces
from granian.server.embed import Server

from examples.stdlib_provider.app import create_app

logger = logging.getLogger("examples.stdlib_provider")


async def serve(host: str, port: int) -> None:
    socket.create_server((host, port)).close()  # a port in use is an error, not something to share
    server = Server(create_app(), address=host, port=port, interface=Interfaces.ASGI, log_enabled=False)
    logger.info("the standard library's documentation, on http://%s:%d", host, port)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def main() -> None:
    parser = argparse.ArgumentParser(description="Larder's demo provider: the Python standard library's documentation")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("LARDER_PROVIDER_PORT", "8100")))
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # one line a push is noise
    asyncio.run(serve(options.host, options.port))


if __name__ == "__main__":
    main()
