"""A signed-in browser of sorts, and providers with a history."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.audit import LARDER
from accounts.keys import create_key
from ingestion.collections.collections import default_collection
from ingestion.uploads.submit import Label, submit_text
from knowledge import checks
from knowledge.deleting.held import guard_of
from knowledge.embedding.vector_space import Space, activate
from knowledge.schemas import DocumentIn
from knowledge.writing.upsert import Push, upsert_documents
from memory.access.caller import MemoryCaller
from memory.access.contexts import create_context
from memory.writing import searchable
from memory.writing.given import GivenTurn
from memory.writing.turns import store_turn
from providers.alerts.saving import create_channel
from providers.models import Heartbeat, Provider, SyncRun
from providers.registry import create_provider
from tests.embedding import HashingEmbedder

NOW = timedelta()
SECRETS_KEY = Fernet.generate_key().decode()
KEPT = re.compile(r"(<(?:pre|textarea)\b.*?</(?:pre|textarea)>|<div class=\"(?:body )?text\b.*?</div>)", re.DOTALL)
BLOCKS = "|".join(
    """address article aside body button caption dd details dialog div dl dt fieldset footer form h1 h2 h3 head header
    html label legend li link main meta nav ol option p script section select summary table tbody td th thead title tr
    ul""".split()  # noqa: SIM905
)


class ReadingClient(Client):
    """Takes pages as a browser does, which shows any blank space as one blank, and none at the edges of a block."""

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        if not answer.streaming and answer.get("Content-Type", "").startswith("text/html"):
            parts = KEPT.split(answer.content.decode())
            shown = "".join(part if number % 2 else as_shown(part) for number, part in enumerate(parts))
            answer.content = shown.encode()
        return answer


def as_shown(html: str) -> str:
    html = re.sub(r"[ \t\r\n]+", " ", html).replace(" >", ">")
    return re.sub(rf" ?(</?(?:{BLOCKS})\b[^>]*>) ?", r"\1", html)


@pytest.fixture(autouse=True)
def _secrets_keys(settings: Any) -> None:
    settings.SECRETS_KEYS = [SECRETS_KEY]


@pytest.fixture
def client() -> Client:
    return ReadingClient()


@pytest.fixture
def staff(client: Client, django_user_model: Any) -> Client:
    """A client signed in as the admin `ada`."""
    client.force_login(django_user_model.objects.create_superuser("ada"))
    return client


@pytest.fixture
def viewer(client: Client, django_user_model: Any) -> Client:
    """A client signed in as `vera`, who may look and change nothing."""
    client.force_login(django_user_model.objects.create_user("vera", is_staff=True))
    return client


@pytest.fixture
def htmx() -> dict[str, str]:
    """The headers that htmx sends with a request."""
    return {"HX-Request": "true"}


@pytest.fixture
def provider(db: None) -> Callable[..., Provider]:
    def make(provider_id: str = "wiki", **fields: Any) -> Provider:
        now = timezone.now()
        given: dict[str, Any] = {"url": "http://wiki.test", "sync_schedule": "0 * * * *", **fields}
        return create_provider(provider_id, now=now, **given)

    return make


@pytest.fixture
def run(db: None) -> Callable[..., SyncRun]:
    """A run in this state, `ago` before now."""

    def make(provider_id: str = "wiki", state: str = "succeeded", *, ago: timedelta = NOW, **fields: Any) -> SyncRun:
        at = timezone.now() - ago
        times: dict[str, Any] = {"queued_at": at, "started_at": at}
        if state == "queued":
            times["started_at"] = None
        elif state == "running":
            times["lease_until"] = at + timedelta(minutes=1)
        else:
            times["finished_at"] = at + timedelta(seconds=3)
        return SyncRun.objects.create(provider_id=provider_id, trigger="manual", state=state, **times, **fields)

    return make


@pytest.fixture
def all_ready(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker and scheduler have just been seen."""
    checks._remembered.clear()
    for name in ("worker", "dispatcher"):
        Heartbeat.objects.create(name=name, at=timezone.now())


@pytest.fixture(scope="module")
def something(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One of everything that has an address: provider, its run, document `a`, key, channel, held deletion.

    Made once for a module: its tests run inside this transaction, each in one of its own that is undone after it.
    """
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(SECRETS_KEYS=[SECRETS_KEY]):
        make_something(timezone.now())
        yield
        transaction.set_rollback(True)


def make_something(now: datetime) -> None:
    create_provider("wiki", now=now, url="http://wiki.test", sync_schedule="0 * * * *")
    get_user_model().objects.create_user("grace", is_staff=True)
    embedder = HashingEmbedder()
    space = Space(model=activate(embedder, now=now), embedder=embedder)
    tickets = [DocumentIn(id=str(at), content=f"ticket {at}", source="tickets") for at in range(12)]
    fewer = Push(whole_set_of="tickets", guard=guard_of("tickets"))
    upsert_documents([DocumentIn(id="a", content="a", source="wiki")], now=now, space=space)
    upsert_documents(tickets, now=now, space=space)
    upsert_documents(tickets[:1], now=now, space=space, push=fewer)
    remember_something(now, space)
    create_key("a", role="analyzer")
    submit_text("a text", collection=default_collection(now=now), label=Label(title="A text"), now=now)
    create_channel(now=now, name="ops", kind="webhook", url="http://127.0.0.1:1")
    SyncRun.objects.create(
        provider_id="wiki",
        trigger="manual",
        state="succeeded",
        queued_at=now,
        started_at=now,
        finished_at=now + timedelta(seconds=3),
    )


def remember_something(now: datetime, space: Space) -> None:
    """A context that knows a little, and doubts some of it."""
    who = MemoryCaller(context=create_context("acme", now=now, actor=LARDER), name="agent", actor=LARDER, is_admin=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searchable, "active_space", lambda now: space)
        for text in ("I'm Dana. I work at Acme.", "Always answer in French.", "I moved to Porto a while ago."):
            turn = GivenTurn(text=text, role="user", spoken_at=now)
            store_turn(who, turn, session="chat", scopes=[["org/acme/user/dana"]], now=now)
    connection.check_constraints()  # what is deferred to the commit would be in the way of indexes
