"""Statements with settings of their own, wherever they run."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest
from django.db import connection, transaction

from core.sql import Statement, bounded_transaction, fetch, fetch_all
from core.stopping import DeadlinePassed, deadline, left_ms

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
    assert fetch("SELECT current_setting('statement_timeout') <> '100ms'", []) == [(True,)]


@pytest.mark.django_db(transaction=True)
def test_so_does_each_of_several_and_what_the_query_builder_asks() -> None:
    sleep = Statement(text="SELECT 1 FROM pg_sleep(30)")
    with pytest.raises(DeadlinePassed), deadline(0.05):
        fetch_all([Statement(text="SELECT 1"), sleep])
    with pytest.raises(DeadlinePassed), deadline(0.05), bounded_transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


def test_the_nearest_of_several_deadlines_holds() -> None:
    with deadline(0), deadline(60), pytest.raises(DeadlinePassed):
        left_ms()
    with deadline(60), deadline(0.15):
        assert left_ms() in (100, 200)
    assert left_ms() is None
