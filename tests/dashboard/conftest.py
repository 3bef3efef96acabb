"""A signed-in browser of sorts, and providers with a history."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.test import Client
from django.utils import timezone

from accounts.keys import create_key
from ingestion.collections.collections import default_collection
from ingestion.uploads.submit import Label, submit_text
from knowledge import checks
from knowledge.deleting.held import guard_of
from knowledge.run_counts import Counts
from providers.alerts.saving import create_channel
from providers.models import Heartbeat, Provider, SyncRun
from providers.registry import create_provider

NOW = timedelta()
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
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]


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


@pytest.fixture
def something(
    provider: Callable[..., Provider],
    run: Callable[..., SyncRun],
    push: Callable[..., Counts],
    django_user_model: Any,
) -> SyncRun:
    """One of everything that has an address: provider, its run, document `a`, key, channel, held deletion."""
    provider()
    push("a")
    django_user_model.objects.create_user("grace", is_staff=True)
    tickets = [{"id": str(number), "content": f"ticket {number}", "source": "tickets"} for number in range(12)]
    push(*tickets)
    push(tickets[0], whole_set_of="tickets", guard=guard_of("tickets"))
    create_key("a", role="analyzer")
    collection = default_collection(now=timezone.now())
    submit_text("a text", collection=collection, label=Label(title="A text"), now=timezone.now())
    create_channel(now=timezone.now(), name="ops", kind="webhook", url="http://127.0.0.1:1")
    return run()
