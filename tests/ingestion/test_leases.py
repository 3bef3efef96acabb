"""Who takes what up: one worker at a time, small files together, within the places that the house has."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from ingestion.extract import SMALL_BYTES
from ingestion.models import Collection, FileState
from ingestion.processing import leases, lifecycle
from ingestion.processing.chunks import cut_text
from ingestion.processing.failures import ATTEMPTS
from ingestion.processing.leases import LEASE, lease_files
from ingestion.processing.lifecycle import process_next
from tests.ingestion.conftest import ProcessAll, fresh, submit


def test_a_worker_that_was_killed_is_followed_by_another_after_its_lease(
    collection: Collection, now: datetime, process_all: ProcessAll
) -> None:
    file = submit("some text", collection, now)
    assert lease_files(now=timezone.now())  # and nobody ever reports
    assert not process_next(now=timezone.now())
    assert process_next(now=timezone.now() + LEASE + timedelta(seconds=1))
    assert fresh(file).state == FileState.DONE


def test_three_killed_workers_are_the_end(collection: Collection, now: datetime) -> None:
    file = submit("some text", collection, now)
    for attempt in range(ATTEMPTS + 1):
        lease_files(now=timezone.now() + attempt * 2 * LEASE)
    file = fresh(file)
    assert (file.state, file.error_code) == (FileState.FAILED, "interrupted")


def test_no_more_are_at_work_than_the_house_has_places(collection: Collection, now: datetime, settings: Any) -> None:
    settings.MAX_CONCURRENT_FILINGS = 1
    settings.MAX_FILING_BYTES = 2 * SMALL_BYTES
    submit("x" * (SMALL_BYTES + 1), collection, now)
    submit("one", collection, now)
    submit("two", collection, now)
    assert lease_files(now=timezone.now())
    assert not lease_files(now=timezone.now())


def test_of_small_files_that_hold_much_text_few_are_filed_together(
    collection: Collection, now: datetime, process_all: ProcessAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle, "TOGETHER_CHARS", 10)
    files = [submit(f"text no. {number}", collection, now) for number in range(5)]
    assert process_next(now=timezone.now())
    assert sorted((fresh(each).state, fresh(each).attempts) for each in files) == [
        *[("done", 1)] * 2,
        *[("queued", 0)] * 3,
    ]
    process_all()
    assert [(fresh(each).state, fresh(each).attempts) for each in files] == [("done", 1)] * 5


def test_a_worker_that_stops_hands_back_what_it_is_at(
    collection: Collection, now: datetime, process_all: ProcessAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping, cut = threading.Event(), cut_text
    monkeypatch.setattr(leases, "stopping", stopping)
    monkeypatch.setattr(lifecycle, "cut_text", lambda file: (stopping.set(), cut(file))[1])
    files = [submit(f"text no. {number}", collection, now) for number in range(3)]
    assert process_next(now=timezone.now())
    assert [(fresh(each).state, fresh(each).attempts) for each in files] == [("embedding", 0)] * 3
    stopping.clear()
    monkeypatch.setattr(lifecycle, "cut_text", cut)
    process_all()
    assert [(fresh(each).state, fresh(each).attempts) for each in files] == [("done", 1)] * 3


def test_a_worker_that_stops_while_it_reads_hands_back_what_it_has_not_read(
    collection: Collection, now: datetime, process_all: ProcessAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopping = threading.Event()
    stopping.set()
    monkeypatch.setattr(leases, "stopping", stopping)
    monkeypatch.setattr(lifecycle, "stopping", stopping)
    file = submit("some text", collection, now)
    assert process_next(now=timezone.now())
    assert (fresh(file).state, fresh(file).attempts, fresh(file).lease_until) == ("queued", 0, None)
    stopping.clear()
    process_all()
    assert (fresh(file).state, fresh(file).attempts) == ("done", 1)


def test_what_was_leased_before_the_clock_was_set_back_is_waited_for_no_longer(
    collection: Collection, now: datetime, process_all: ProcessAll
) -> None:
    file = submit("some text", collection, now)
    assert lease_files(now=now + timedelta(hours=2))
    assert process_next(now=now)
    assert fresh(file).state == FileState.DONE
