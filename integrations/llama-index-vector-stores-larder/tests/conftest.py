"""Where the running Larder is stands in LARDER_URL and LARDER_KEY, an admin's; each test has a source of its own."""

from uuid import uuid4

import pytest


@pytest.fixture
def source() -> str:
    return f"llama-index-{uuid4().hex}"
