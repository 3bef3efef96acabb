"""No page asks the database more often for having more to show."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.utils import timezone

from accounts.audit import LARDER, record
from accounts.keys import create_key
from knowledge.deleting.trash import delete_document
from knowledge.models import Change, Document, HeldDeletion
from knowledge.run_counts import Counts
from providers.alerts.models import Alert
from providers.alerts.saving import create_channel
from providers.models import Provider, RunAttempt, SyncRun
from tests.dashboard.addresses import GUARDED, address_of

pytestmark = pytest.mark.django_db
MOST = 12
"""Statements of one page, the session's and the user's among them."""

MANY = 15
ASKED = (
    "/knowledge/?text=ticket",
    "/knowledge/?text=ticket&mode=keyword",
    "/knowledge/?text=ticket&mode=hybrid&strategy=diverse&tags=a|b&source=tickets",
    "/knowledge/?text=ticket&mode=hybrid&strategy=diverse&tags=p0|nothing&min_score=0.5",
    "/knowledge/?q=ticket&tags=a|b&source=tickets",
    "/knowledge/?q=%22ticket%22&tags=a|b&source=tickets",
    "/knowledge/trash/?q=gone",
    "/providers/?q=p",
    "/audit/?actor=larder&verb=provider",
    "/keys/?q=key",
)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that goes to the database, whoever sends it: searches go past Django's cursors."""
    statements: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *parameters: Any, **options: Any) -> Any:
        if "SELECT set_config(" not in str(query):  # which travels with the statement that it is for
            statements.append(str(query))
        return execute(cursor, query, *parameters, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    return statements


@pytest.fixture
def many(
    provider: Callable[..., Provider], run: Callable[..., SyncRun], push: Callable[..., Counts]
) -> Callable[[], None]:
    """Makes more than a dozen of everything that a page lists."""

    def make() -> None:
        now = timezone.now()
        of_run = SyncRun.objects.get()
        for number in range(MANY):
            name = f"p{number}"
            made = provider(name, max_age_s=60)
            failed = run(made.pk, "failed", error="It answered 500.")
            run(made.pk, ("queued", "running")[number % 2])
            push({"id": "x", "content": f"ticket {number}", "source": name, "tags": [name]})
            push({"id": f"gone {number}", "content": f"gone {number}", "source": "wiki"})
            delete_document(f"gone {number}", source="wiki", now=now, actor="")
            create_key(f"key {number}", role="provider", source=name)
            channel = create_channel(now=now, name=name, kind="webhook", url="http://127.0.0.1:1")
            Alert.objects.create(channel=channel, provider=name, event="failing", detail="", at=now, not_before=now)
            HeldDeletion.objects.create(source=name, keys=["x"], count=1, live=1, reason="", run=failed.pk, held_at=now)
            record(LARDER, "provider.update", name, now=now, after={"url": name})
            Change.objects.create(source="wiki", key="a", kind="updated", at=now, run=of_run.pk, before=f"{number}")
            RunAttempt.objects.create(
                run=of_run, number=number, state="failed", started_at=now, ended_at=now, retry_at=now, error="late"
            )
        Document.objects.filter(source="p0").update(expires_at=now)

    return make


def statements_of(staff: Client, address: str, sent: list[str]) -> list[str]:
    """Of the second time: what is remembered for a while is no work of each page."""
    staff.get(address)
    sent.clear()
    assert staff.get(address).status_code in (200, 405)
    return list(sent)


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    return {}


@pytest.fixture
def asked(found: dict[str, list[str]], request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """What each page asked, by its name. All are looked at above one store, as making that takes long."""
    if not found:
        staff, _, many, sent = map(request.getfixturevalue, ("staff", "something", "many", "sent"))
        addresses = {name: address_of(name) for name in GUARDED} | {address: address for address in ASKED}
        many()
        found |= {name: statements_of(staff, address, sent) for name, address in addresses.items()}
    return found


@pytest.mark.parametrize("name", GUARDED)
def test_a_page_takes_a_dozen_statements_at_most(asked: dict[str, list[str]], name: str) -> None:
    assert len(asked[name]) <= MOST, "\n".join(asked[name])


@pytest.mark.parametrize("address", ASKED)
def test_so_does_one_that_is_asked_for_something(asked: dict[str, list[str]], address: str) -> None:
    assert len(asked[address]) <= MOST, "\n".join(asked[address])
