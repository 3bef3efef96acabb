"""What the tests of filing share with those of the store, and a worker's turn."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ingestion.collections.collections import default_collection
from ingestion.extract.sandbox import end_children
from ingestion.models import Collection, Filing
from ingestion.processing.lifecycle import file_next
from ingestion.uploads.submit import Label, hand_in_text
from knowledge.embedding.vector_space import Space

FileAll = Callable[[], None]
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
def file_all(space: Space) -> FileAll:
    """Let a worker file everything that waits now."""

    def run() -> None:
        while file_next(now=timezone.now()):
            pass

    return run


def hand_in(text: str, collection: Collection, now: datetime, **label: Any) -> Filing:
    return hand_in_text(text, collection=collection, label=Label(**label), now=now).filing


def fresh(filing: Filing) -> Filing:
    return Filing.objects.get(pk=filing.pk)


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
