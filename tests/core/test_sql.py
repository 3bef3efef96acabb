"""Statements with settings of their own, wherever they run."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.db import OperationalError, connection, transaction

from core.sql import Statement, breaking_off, fetch, fetch_all
from core.stopping import DeadlinePassed, check_deadline, deadline, left_s

SHOW = "SELECT current_setting('statement_timeout'), current_setting('enable_sort')"
TUNED = {"statement_timeout": 40_000, "enable_sort": "off"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("around", [transaction.atomic, nullcontext])
def test_settings_end_with_their_statement_also_within_a_transaction(
    around: Callable[[], AbstractContextManager[None]],
) -> None:
    before = fetch(SHOW, [])
    with around():
        assert fetch(SHOW, [], tuned=TUNED) == [("40s", "off")]
        assert fetch(SHOW, []) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("around", [transaction.atomic, nullcontext])
def test_a_statement_ends_with_the_deadline(around: Callable[[], AbstractContextManager[None]]) -> None:
    with pytest.raises(DeadlinePassed), around(), deadline(0.05):
        fetch("SELECT 1 FROM pg_sleep(30)", [])
    assert fetch("SELECT 1", []) == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_so_does_each_of_several_and_what_the_query_builder_asks() -> None:
    sleep = Statement(text="SELECT 1 FROM pg_sleep(30)")
    with pytest.raises(DeadlinePassed), deadline(0.05):
        fetch_all([Statement(text="SELECT 1"), sleep])
    with pytest.raises(DeadlinePassed), deadline(0.05), breaking_off(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


def test_the_nearest_of_several_deadlines_holds() -> None:
    with deadline(0), deadline(60), pytest.raises(DeadlinePassed):
        check_deadline()
    with deadline(60), deadline(0.15):
        assert 0 < (left_s() or 0) <= 0.15
    assert left_s() is None
    assert not check_deadline()


@pytest.mark.django_db(transaction=True)
def test_what_clears_up_after_a_deadline_is_let_finish() -> None:
    """A rollback is a statement, too, and may take longer than somebody who waits takes to look up."""
    with deadline(0.05), connection.cursor() as cursor:
        time.sleep(0.1)
        with pytest.raises(OperationalError, match="canceling statement"):
            cursor.execute("SELECT pg_sleep(30)")
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
