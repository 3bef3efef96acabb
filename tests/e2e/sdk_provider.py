"""A provider on the SDK as a process of its own: `python -m tests.e2e.sdk_provider PORT LARDER_URL KEY SECRET`."""

import asyncio
import sys
from collections.abc import Iterator

from granian.constants import Interfaces
from granian.server.embed import Server
from larder_sdk import KnowledgeClient, KnowledgeDocument
from larder_sdk.provider import create_provider_app


def sync(client: KnowledgeClient) -> Iterator[KnowledgeDocument]:
    yield KnowledgeDocument(id="opening", content="The canteen opens at seven.", tags=["public"])


def serve(port: int, larder_url: str, key: str, secret: str) -> None:
    app = create_provider_app(name="canteen", sync=sync, url=larder_url, key=key, secret=secret)
    asyncio.run(Server(app, port=port, interface=Interfaces.ASGI, log_enabled=False).serve())


if __name__ == "__main__":
    serve(int(sys.argv[1]), *sys.argv[2:5])
