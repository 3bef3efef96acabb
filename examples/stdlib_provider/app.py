"""The provider's application: `granian --interface asgi --factory examples.stdlib_provider.app:create_app`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from larder_sdk import KnowledgeClient, KnowledgeDocument
from larder_sdk.provider import ProviderApp, create_provider_app

from examples.stdlib_provider.documents import library_documents

NAME = "python-stdlib"


def sync(_: KnowledgeClient) -> Iterator[KnowledgeDocument]:
    # The term moves once an hour, so that the syncs in between find every document unchanged.
    return library_documents(now=datetime.now(UTC).replace(minute=0, second=0, microsecond=0))


def create_app() -> ProviderApp:
    """Reads LARDER_URL, LARDER_KEY and LARDER_PROVIDER_SECRET. Documents are stored at once and embedded later."""
    return create_provider_app(name=NAME, sync=sync, wait_s=0)
