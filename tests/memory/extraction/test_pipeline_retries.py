"""Turns that no model could read are read again, each by one worker, five times and further and further apart."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from memory.extraction.diff import Diff
from memory.extraction.reading import ReadingOutcome, ReadingStage, TurnReading
from memory.models import Context, Session, Turn
from memory.retries import LEASE, PAUSES, TRIES, is_last_try, postpone, retry_at, take_due_turn
from memory.scopes.sets import scope_set_for

pytestmark = pytest.mark.django_db

FAILED = TurnReading(diff=Diff(), stage=ReadingStage.FAST, outcome=ReadingOutcome.FAILED, may_be_tried_again=True)
READ = TurnReading(diff=Diff(), stage=ReadingStage.FAST, outcome=ReadingOutcome.READ)


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 18, 10, tzinfo=UTC)


def keep_turn(context: Context, *, now: datetime, seq: int = 0, **fields: Any) -> Turn:
    place = scope_set_for(context, [[""]], now=now)
    session, _ = Session.objects.get_or_create(context=context, scope_set=place, name="s", defaults={"created_at": now})
    given = {"content": "Ich wohne in Riga", "spoken_at": now, "stored_at": now, "not_before": now, **fields}
    return Turn.objects.create(context=context, session=session, scope_set=place, seq=seq, **given)


def test_each_try_waits_longer_than_the_one_before(now: datetime) -> None:
    waits = [retry_at(FAILED, attempts=attempts, now=now) for attempts in range(TRIES + 2)]
    assert waits == [*(now + pause for pause in PAUSES), None, None]
    assert list(PAUSES) == sorted(PAUSES)
    assert TRIES == 5


def test_what_is_read_or_can_never_be_is_not_tried_again(now: datetime) -> None:
    unread = TurnReading(diff=Diff(), stage=ReadingStage.RULES, outcome=ReadingOutcome.UNREAD)
    assert retry_at(READ, attempts=0, now=now) is retry_at(unread, attempts=0, now=now) is None


def test_a_due_turn_is_taken_once_and_its_try_is_counted(context: Context, now: datetime) -> None:
    kept = keep_turn(context, now=now)
    assert take_due_turn(now=now) == kept.pk
    assert take_due_turn(now=now) is None
    kept.refresh_from_db()
    assert (kept.attempts, kept.not_before) == (1, now + LEASE)


def test_who_waited_longest_comes_first_and_nobody_before_their_time(context: Context, now: datetime) -> None:
    late = keep_turn(context, now=now, seq=0, not_before=now - timedelta(minutes=1))
    first = keep_turn(context, now=now, seq=1, not_before=now - timedelta(minutes=9))
    keep_turn(context, now=now, seq=2, not_before=now + timedelta(seconds=1))
    keep_turn(context, now=now, seq=3, not_before=None)
    assert [take_due_turn(now=now) for _ in range(3)] == [first.pk, late.pk, None]


def test_a_turn_whose_reader_died_comes_back_and_is_given_up_after_five(context: Context, now: datetime) -> None:
    kept = keep_turn(context, now=now)
    taken = [take_due_turn(now=now + number * LEASE) for number in range(TRIES + 2)]
    assert taken == [kept.pk] * TRIES + [None, None]
    kept.refresh_from_db()
    assert kept.not_before is None
    assert is_last_try(kept.attempts)


def test_a_pause_that_was_asked_for_is_no_try(context: Context, now: datetime) -> None:
    kept = keep_turn(context, now=now)
    take_due_turn(now=now)
    postpone(kept.pk, wait_s=90, now=now)
    kept.refresh_from_db()
    assert (kept.attempts, kept.not_before) == (0, now + timedelta(seconds=90))


def test_nobody_waits_for_a_month(context: Context, now: datetime) -> None:
    kept = keep_turn(context, now=now)
    take_due_turn(now=now)
    postpone(kept.pk, wait_s=10**9, now=now)
    kept.refresh_from_db()
    assert kept.not_before == now + timedelta(hours=6)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_one_turn(context: Context, now: datetime) -> None:
    for seq in range(6):
        keep_turn(context, now=now, seq=seq)
    taken: list[UUID | None] = []
    together = Barrier(4)

    def work() -> None:
        together.wait()
        for _ in range(3):
            taken.append(take_due_turn(now=now))
        connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [pk for pk in taken if pk]
    assert len(found) == len(set(found))
    assert len(found) >= 3
