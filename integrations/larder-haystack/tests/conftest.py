"""Against the Larder of LARDER_URL, by an admin's key in LARDER_KEY. Each test has a source of its own."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from haystack_integrations.document_stores.larder import LarderDocumentStore


@pytest.fixture
def make_store() -> Callable[..., LarderDocumentStore]:
    """Stores of one source."""
    source = f"haystack-{uuid4().hex}"

    def make(**options: Any) -> LarderDocumentStore:
        return LarderDocumentStore(**{"source": source} | options)

    return make


@pytest.fixture
def document_store(make_store: Callable[..., LarderDocumentStore]) -> LarderDocumentStore:
    return make_store()
