"""What every room's tests share. The embedder is the tests' own; PostgreSQL and Redis are real."""

import gc
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import TransactionTestCase
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

import core.redis
from accounts.keys import create_key
from knowledge import checks
from knowledge.embedding import vector_space
from knowledge.embedding.vector_space import Space, activate
from knowledge.run_counts import Counts
from knowledge.schemas import DocumentIn
from knowledge.search import cache
from knowledge.search.frequencies import forget_frequencies
from knowledge.writing.upsert import Push, upsert_documents
from tests.embedding import HashingEmbedder
from tests.emptying import empty_tables

core.redis.TIMEOUT_S = 5.0  # a busy machine may take its time; what a slow Redis does is asked for where it is tested
PBKDF2PasswordHasher.iterations = 1_000  # a password of a test is worth no more work
hypothesis_settings.register_profile("larder", deadline=None)  # how long an example takes says what else runs here
hypothesis_settings.load_profile("larder")
TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[attr-defined]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """All tests, and what they import, live as long as the session; see docs/decisions/0200."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def embedder(monkeypatch: pytest.MonkeyPatch, settings: Any) -> HashingEmbedder:
    """The deterministic embedder, in place of every backend; set its attributes to make it fail."""
    played = HashingEmbedder()
    played.refused_marker = "☠"
    settings.EMBEDDING_MODEL = played.name
    monkeypatch.setattr(vector_space, "embedder_named", lambda name: played)
    monkeypatch.setattr(checks, "embedder_named", lambda name: played)
    checks._remembered.clear()
    return played


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Each test asks as if it were the first to ask."""
    forget_frequencies()
    core.redis.breaker = core.redis.Breaker()
    cache.forget_all()


@pytest.fixture
def space(db: None, embedder: HashingEmbedder, now: datetime) -> Space:
    return Space(model=activate(embedder, now=now), embedder=embedder)


@pytest.fixture
def push(space: Space, now: datetime) -> Callable[..., Counts]:
    """Store documents given as dictionaries or as bare texts (their own id), source `wiki` unless they name one."""

    def run(*items: str | dict[str, Any], at: datetime | None = None, **options: Any) -> Counts:
        documents = [DocumentIn(**({"id": item, "content": item} if isinstance(item, str) else item)) for item in items]
        for document in documents:
            document.source = document.source or "wiki"
        used = options.pop("space", space)
        return upsert_documents(documents, now=at or now, space=used, push=Push(**options))

    return run


class Api:
    """Django's test client, speaking JSON with one access key."""

    def __init__(self, client: Any, key: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(self.client, method)(path, **data, headers=self.headers | headers)


@pytest.fixture
def api(db: None, client: Any) -> Callable[..., Api]:
    """`api("provider", "wiki")` speaks with a fresh key of that role and source; `api(None)` without any."""
    client.raise_request_exception = False

    def speak(role: str | None, source: str | None = None) -> Api:
        return Api(client, create_key("test", role=role, source=source)[1] if role else "")

    return speak


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
