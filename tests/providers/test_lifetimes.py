"""Documents that an incremental sync did not repeat live on, as if it had."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.clock import database_now
from knowledge.deleting.trash import sweep_expired
from knowledge.models import Document
from providers.incremental.lifetimes import renew_lifetimes
from providers.incremental.wire import Progress
from providers.models import Provider, RunState, SyncCursor, SyncRun, Trigger
from providers.runs.claim import claim_run
from providers.runs.outcome import Verdict, settle_attempt
from providers.runs.schedule import request_sync
from providers.tasks import renew_lifetimes as task

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
Sync = Callable[..., None]
Push = Callable[..., Any]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("queue")]


@pytest.fixture
def began() -> datetime:
    return database_now()


@pytest.fixture
def sync(make: Callable[..., Provider], push: Push, began: datetime) -> Sync:
    """A sync in this mode, so long after `began`, that brings these documents, each for a day unless it says more."""
    make(now=began)

    def run(mode: str, *brought: str | dict[str, Any], after: timedelta = timedelta(), renews: bool = True) -> None:
        now = began + after
        asked = request_sync("wiki", trigger=Trigger.MANUAL, now=now)
        claimed = claim_run(asked.pk, now=now)
        assert claimed
        documents = [{"id": each, "content": each} if isinstance(each, str) else each for each in brought]
        push(*({"expires_at": now + DAY, **each} for each in documents), at=now)
        settle_attempt(claimed, Verdict(state=RunState.SUCCEEDED, progress=Progress(mode=mode)), now=now)
        if renews:
            renew_lifetimes(now=now)

    return run


def ends(began: datetime) -> dict[str, timedelta | None]:
    """Until when each document that is found stays, counted from `began`."""
    found = Document.objects.filter(deleted_at=None).values_list("key", "expires_at")
    return {key: end and end - began for key, end in found}


def test_what_was_not_repeated_lives_on(sync: Sync, began: datetime) -> None:
    sync("full_refresh", "a", "b", {"id": "c", "content": "c", "expires_at": None})
    sync("incremental", "b", {"id": "new", "content": "new"}, after=6 * HOUR)
    assert ends(began) == {"a": 30 * HOUR, "b": 30 * HOUR, "c": None, "new": 30 * HOUR}
    sync("incremental", after=12 * HOUR)
    assert ends(began) == {"a": 36 * HOUR, "b": 36 * HOUR, "c": None, "new": 36 * HOUR}


def test_for_days_on_end(sync: Sync, began: datetime) -> None:
    sync("full_refresh", "a")
    for number in range(1, 12):
        sync("incremental", after=number * 6 * HOUR)
        assert sweep_expired(now=began + number * 6 * HOUR) == 0
    assert ends(began) == {"a": 66 * HOUR + DAY}


def test_without_a_success_it_expires(sync: Sync, began: datetime) -> None:
    sync("full_refresh", "a")
    sync("incremental", after=6 * HOUR)
    assert sweep_expired(now=began + 31 * HOUR) == 1
    sync("incremental", after=32 * HOUR)
    assert ends(began) == {}


def test_a_full_refresh_repeats_what_lives_on(sync: Sync, began: datetime) -> None:
    sync("full_refresh", "a", "b")
    sync("incremental", after=6 * HOUR)
    sync("full_refresh", "a", after=12 * HOUR)
    assert ends(began) == {"a": 36 * HOUR, "b": 30 * HOUR}
    sync("incremental", after=18 * HOUR)
    assert ends(began) == {"a": 42 * HOUR, "b": 36 * HOUR}


def test_a_provider_that_names_no_mode_renews_nothing_by_itself(sync: Sync, began: datetime) -> None:
    sync("", "a")
    sync("", after=6 * HOUR)
    assert ends(began) == {"a": 24 * HOUR}
    assert not SyncCursor.objects.exists()


def test_the_first_incremental_sync_counts_from_the_success_before(sync: Sync, began: datetime) -> None:
    sync("", "a")
    sync("incremental", after=6 * HOUR)
    assert ends(began) == {"a": 30 * HOUR}


def test_syncs_every_few_minutes_renew_once_an_hour(sync: Sync, began: datetime) -> None:
    sync("full_refresh", "a")
    for minutes in range(10, 60, 10):
        sync("incremental", after=timedelta(minutes=minutes))
        assert ends(began) == {"a": 24 * HOUR}
    sync("incremental", after=HOUR)
    assert ends(began) == {"a": 25 * HOUR}


def test_but_at_once_where_a_document_would_expire_soon(sync: Sync, began: datetime) -> None:
    sync("full_refresh", {"id": "a", "content": "a", "expires_at": began + HOUR / 2})
    for minutes in range(10, 120, 10):
        sync("incremental", after=timedelta(minutes=minutes))
    assert ends(began) == {"a": timedelta(minutes=140)}


def test_other_sources_and_the_trash_are_left_alone(sync: Sync, push: Push, began: datetime) -> None:
    push({"id": "x", "content": "x", "source": "hr", "expires_at": began + DAY}, at=began - HOUR)
    sync("full_refresh", "a", "b")
    Document.objects.filter(key="b").update(deleted_at=began + HOUR)
    sync("incremental", after=6 * HOUR)
    assert ends(began) == {"a": 30 * HOUR, "x": 24 * HOUR}
    assert Document.objects.get(key="b").expires_at == began + DAY


def test_a_walk_that_is_cut_short_goes_on_where_it_was(
    sync: Sync, began: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.batches.BATCH", 2)
    monkeypatch.setattr("core.batches.WITHIN_S", 0)
    sync("full_refresh", *"abcde")
    sync("incremental", after=6 * HOUR, renews=False)
    walked = [renew_lifetimes(now=began), renew_lifetimes(now=began)]
    assert ends(began) == dict.fromkeys("abcd", 30 * HOUR) | {"e": 24 * HOUR}
    sync("incremental", after=12 * HOUR, renews=False)  # counted from where the walk leads to
    walked += [renew_lifetimes(now=began) for _ in range(4)]
    assert walked == [2, 2, 1, 2, 2, 1]
    assert ends(began) == dict.fromkeys("abcde", 36 * HOUR)


def test_a_worker_does_it_and_twice_changes_nothing(sync: Sync, began: datetime) -> None:
    sync("full_refresh", "a")
    sync("incremental", after=6 * HOUR, renews=False)
    task()
    task()
    assert ends(began) == {"a": 30 * HOUR}
    assert SyncRun.objects.filter(renewed=0).count() == 2
