"""Documents as clients upload them, and a worker's turn."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from ingestion.extract.sandbox import end_children
from ingestion.processing.lifecycle import process_next
from knowledge.embedding.vector_space import Space
from tests.memory.conftest import MemoryApi

Upload = Callable[..., Any]
BOUNDARY = "limit"


@pytest.fixture(scope="package", autouse=True)
def no_child_stays() -> Iterator[None]:
    yield
    end_children()


@pytest.fixture
def process_all(space: Space) -> Callable[[], None]:
    def run() -> None:
        while process_next(now=timezone.now()):
            pass

    return run


def part(name: str, body: bytes, *, filename: str | None = None, content_type: str = "") -> bytes:
    """One part of a form, as bytes."""
    named = "" if filename is None else f'; filename="{filename}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n'
    typed = f"Content-Type: {content_type}\r\n" if content_type else ""
    return f"{head}{typed}\r\n".encode() + body + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def send(api: MemoryApi, method: str, path: str, *parts: bytes) -> Any:
    call = getattr(api.client, method)
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    return call(f"{api.base}/{path}", data=form(*parts), content_type=content_type, headers=api.headers)


def upload(api: MemoryApi, *parts: bytes, path: str = "documents") -> Any:
    return send(api, "post", path, *parts)


def text_file(text: str = "Returns are accepted within 30 days.", name: str = "returns.txt") -> bytes:
    return part("file", text.encode(), filename=name, content_type="text/plain")
