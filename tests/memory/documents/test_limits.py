"""How large an upload may be, at every address that takes one, and nowhere else."""

from typing import Any

import pytest

from config.web.middleware import UPLOADS
from knowledge.embedding.vector_space import Space
from tests.memory.conftest import MemoryApi
from tests.memory.documents.conftest import part, send, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    settings.MAX_BODY_BYTES, settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000, 2_000
    settings.MAX_FILING_BYTES, settings.MAX_UPLOAD_BYTES = 10_000, 20_000


@pytest.mark.parametrize("path", ["documents", "knowledge"])
@pytest.mark.parametrize("name", [None, "a.txt"])
def test_an_upload_has_the_limit_of_uploads(space: Space, memory: MemoryApi, path: str, name: str | None) -> None:
    told = upload(memory, part("file", b"a" * 9_000, filename=name), path=path)
    assert told.status_code == 202
    put = send(memory, "put", f"{path}/{told.json()['id']}", part("file", b"b" * 9_000, filename=name))
    assert put.status_code == 202
    assert upload(memory, part("file", b"a" * 10_001, filename=name), path=path).status_code == 413
    whole = 20_000 + 64 * 1024 + 1
    refused = upload(memory, part("file", b"a" * whole, filename=name), path=path)
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "address",
    [
        "POST /api/v1/knowledge/documents",
        "PUT /api/v1/knowledge/documents/x",
        "POST /api/v1/acme/documents/query",
        "POST /api/v1/acme/knowledge/nodes/batch",
        "GET /api/v1/acme/documents",
        "PUT /api/v1/acme/documents",
    ],
)
def test_other_addresses_have_the_limit_of_bodies(address: str) -> None:
    assert UPLOADS.fullmatch(address) is None


def test_a_question_is_no_upload(space: Space, memory: MemoryApi) -> None:
    assert memory("post", "documents/query", {"query": "x" * 3_000}).status_code == 413
