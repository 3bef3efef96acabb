"""A provider in a few lines.

    export LARDER_URL=http://127.0.0.1:8000 LARDER_KEY=... LARDER_PROVIDER_SECRET=...
    granian --interface asgi --port 8101 examples.hello_provider:app

Register it with the same secret, and Larder calls it on its schedule.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from larder_sdk import KnowledgeClient, KnowledgeDocument, KnowledgeTag
from larder_sdk.provider import create_provider_app

PEOPLE = {
    "alice": "Alice Chen, Chief Technology Officer, Engineering",
    "bruno": "Bruno Costa, travel and expenses, Finance",
}


def sync(_: KnowledgeClient) -> Iterator[KnowledgeDocument]:
    """Everything there is now. Who is gone tomorrow expires by then."""
    for name, line in PEOPLE.items():
        yield KnowledgeDocument.with_ttl(timedelta(hours=24), id=name, content=line, tags=[KnowledgeTag.EMPLOYEE])


app = create_provider_app(name="people", sync=sync)
