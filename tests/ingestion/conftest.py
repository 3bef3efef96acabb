"""What the tests of ingestion share with those of the store, and a worker's turn."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ingestion.collections.collections import default_collection
from ingestion.extract.sandbox import end_children
from ingestion.models import Collection, File
from ingestion.processing.lifecycle import process_next
from ingestion.uploads.submit import Label, submit_text
from knowledge.embedding.vector_space import Space

ProcessAll = Callable[[], None]
DOCUMENTS = "/v1/collections/reports/documents"


@pytest.fixture(scope="package", autouse=True)
def no_child_stays() -> Iterator[None]:
    """Children that read files are kept from one test to the next, as in a worker."""
    yield
    end_children()


@pytest.fixture
def collection(space: Space, now: datetime) -> Collection:
    return default_collection(now=now)


@pytest.fixture
def process_all(space: Space) -> ProcessAll:
    """Let a worker file everything that waits now."""

    def run() -> None:
        while process_next(now=timezone.now()):
            pass

    return run


def submit(text: str, collection: Collection, now: datetime, **label: Any) -> File:
    return submit_text(text, collection=collection, label=Label(**label), now=now).file


def fresh(file: File) -> File:
    return File.objects.get(pk=file.pk)


@pytest.fixture
def admin(api: Any, collection: Collection) -> Any:
    return api("admin")


@pytest.fixture
def reports(admin: Any) -> Any:
    assert admin("post", "/v1/collections", {"name": "reports"}).status_code == 201
    return admin


def upload(caller: Any, *given: tuple[str, bytes], to: str = DOCUMENTS, **form: Any) -> Any:
    data = {"files": [SimpleUploadedFile(name, body) for name, body in given], **form}
    return caller.client.post(to, data=data, headers=caller.headers)
