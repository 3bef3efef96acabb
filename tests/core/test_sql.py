"""Statements with settings of their own, wherever they run."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction

from core.sql import Statement, breaking_off, fetch, fetch_all, fetch_lent, prepared
from core.sql.prepared import number_parameters
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


@pytest.mark.parametrize(
    ("text", "numbered", "names"),
    [
        ("SELECT %(a)s, %(b)s, %(a)s", "SELECT $1, $2, $1", ["a", "b"]),
        ("SELECT %s, %s", "SELECT $1, $2", []),
        ("SELECT 7 %% 2, '%%s' LIKE 'é%%'", "SELECT 7 % 2, '%s' LIKE 'é%'", []),
        ("SELECT 1", "SELECT 1", []),
    ],
)
def test_parameters_are_numbered(text: str, numbered: str, names: list[str]) -> None:
    assert number_parameters(text) == (numbered.encode(), names)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("around", [transaction.atomic, nullcontext])
@pytest.mark.parametrize("prepare", [True, False])
def test_a_statement_takes_values_of_any_type(
    around: Callable[[], AbstractContextManager[None]], prepare: bool
) -> None:
    with around():
        for value in (1, 2**40, None, 3):
            asked = {"value": value, "unused": object()}
            assert fetch("SELECT %(value)s::bigint, 7 %% 2", asked, prepare=prepare) == [(value, 1)]
        assert fetch("SELECT %s::text[], %s", [["a"], "b"], prepare=prepare) == [(["a"], "b")]
        assert fetch("SELECT 1 WHERE false", {"unused": 1}, prepare=prepare) == []


@pytest.mark.django_db(transaction=True)
def test_what_is_changed_in_a_transaction_is_undone_with_it() -> None:
    """Though the transaction's first statement is none of Django's."""
    with transaction.atomic():
        fetch("SELECT set_config('a.b', 'x', true)", [])
        assert fetch("SELECT current_setting('a.b', true)", []) == [("x",)]
    assert fetch("SELECT current_setting('a.b', true)", []) == [("",)]


@pytest.mark.django_db(transaction=True)
def test_a_connection_keeps_so_many_statements_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    monkeypatch.setattr(prepared, "MOST_PREPARED", 3)
    for number in [*range(9), *range(9)]:
        assert fetch(f"SELECT {number}, %s::text", ["x"]) == [(number, "x")]
    kept = {text for (text,) in fetch("SELECT statement FROM pg_prepared_statements", [], prepare=False)}
    assert kept == {f"SELECT {number}, $1::text" for number in (6, 7, 8)}
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_the_first_error_of_several_statements_is_told_and_the_connection_goes_on() -> None:
    good, bad = Statement(text="SELECT 1"), Statement(text="SELECT 1 / %s", parameters=[0])
    for statements in ([good, bad, good], [bad, bad], [bad]):
        with pytest.raises(DataError, match="division by zero"):
            fetch_all(statements)
        assert fetch_all([good, good]) == [[(1,)], [(1,)]]
    with pytest.raises(ProgrammingError, match="nowhere"):
        fetch("SELECT 1 FROM nowhere", [])
    assert fetch("SELECT 1", []) == [(1,)]


def elsewhere(work: Callable[[], Any]) -> Any:
    """What comes of it in a thread of its own, which has no connection."""
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_a_connection_is_lent_for_one_round_trip() -> None:
    def ask() -> object:
        assert fetch_lent([Statement(text="SELECT current_setting('TimeZone')")]) == [[("UTC",)]]
        with pytest.raises(DataError):
            fetch_lent([Statement(text="SELECT 1 / 0")])
        with pytest.raises(DeadlinePassed), deadline(0.05):
            fetch_lent([Statement(text="SELECT 1 FROM pg_sleep(30)")])
        return connection.connection

    assert elsewhere(ask) is None


@pytest.mark.django_db(transaction=True)
def test_who_has_a_connection_asks_by_it() -> None:
    with transaction.atomic():
        ours = fetch("SELECT pg_backend_pid()", [])
        assert fetch_lent([Statement(text="SELECT pg_backend_pid()")]) == [ours]


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_lent_that_ended_meanwhile() -> None:
    ended = elsewhere(lambda: fetch_lent([Statement(text="SELECT pg_backend_pid()")])[0][0][0])
    fetch("SELECT pg_terminate_backend(%s)", [ended])
    time.sleep(0.2)
    assert elsewhere(lambda: fetch_lent([Statement(text="SELECT 1")])) == [[(1,)]]
