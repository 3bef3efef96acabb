"""Where a request reads, with a second connection to the tests' own server in a replica's place.

`tests/e2e/test_replicas.py` does harm to real ones.
"""

import time
from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.models import User
from config.postgresql import limits
from config.postgresql.base import DatabaseWrapper
from core.replicas import ReadRouter, begin_reads, is_split, read_anew, reads, servers
from core.replicas.reads import _bytes_of
from core.replicas.servers import ReplicaUnfit
from core.sql import Statement, fetch, fetch_at_primary, read_elsewhere
from core.stopping import DeadlinePassed, deadline
from core.waiting import breaker
from core.waiting.breaker import SharedBreaker

pytestmark = pytest.mark.django_db(transaction=True)

ALIAS = "replica1"
SESSION = "SELECT pg_backend_pid()"


def connect_anywhere(self: BaseDatabaseWrapper) -> None:
    """Django's own, without what its test cases put before it."""
    if self.connection is None:
        with self.wrap_database_errors:
            self.connect()


@pytest.fixture
def replica(transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[servers.Replica]:
    """It takes no writes, as a real one; that it lags behind nothing is played."""
    like = connections[DEFAULT_DB_ALIAS].settings_dict
    options = like["OPTIONS"] | {"options": "-c default_transaction_read_only=on"}
    connections.settings[ALIAS] = like | {"OPTIONS": options, "DISABLE_SERVER_SIDE_CURSORS": True}
    settings.DATABASE_ROUTERS = ["core.replicas.ReadRouter"]
    servers.replicas.cache_clear()
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", connect_anywhere)
    monkeypatch.setattr(limits, "REPLICA_S", 10.0)  # a busy machine may take its time
    for name in ("check_replica", "_check_history", "_expect_history", "_await_replay"):
        monkeypatch.setattr(reads, name, lambda *_: None)
    [made] = servers.replicas()
    made.breaker = SharedBreaker(f"replica {uuid4()}")
    begin_reads(True)
    yield made
    begin_reads(False)
    connections[ALIAS].close()
    cast(DatabaseWrapper, connections[ALIAS]).close_pool()
    del connections[ALIAS], connections.settings[ALIAS]
    servers.replicas.cache_clear()


def place() -> str:
    """By which of Django's connections a statement goes."""
    [[pid]] = fetch(SESSION, {})
    for alias in (DEFAULT_DB_ALIAS, ALIAS):
        if connections[alias].connection and connections[alias].connection.info.backend_pid == pid:
            return alias
    raise AssertionError(pid)


def end_session(alias: str) -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connections[alias].connection.info.backend_pid])


def test_without_replicas_nobody_looks_for_one() -> None:
    begin_reads(True)
    assert read_elsewhere.get() is None
    assert ReadRouter().db_for_read(User) == DEFAULT_DB_ALIAS


def test_who_reads_does_so_at_the_replica_and_who_writes_at_the_primary(replica: servers.Replica) -> None:
    assert (place(), User.objects.all().db) == (ALIAS, ALIAS)
    User.objects.create(username="jo")
    assert (place(), User.objects.all().db) == (DEFAULT_DB_ALIAS, DEFAULT_DB_ALIAS)
    begin_reads(False)
    assert place() == DEFAULT_DB_ALIAS
    begin_reads(True)
    assert place() == ALIAS


def test_within_a_transaction_and_after_it_everything_is_at_the_primary(replica: servers.Replica) -> None:
    with transaction.atomic():
        assert place() == DEFAULT_DB_ALIAS
    assert place() == DEFAULT_DB_ALIAS
    assert not is_split()


def test_a_connection_that_went_back_is_not_taken_for_granted(
    replica: servers.Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place() == ALIAS
    connections[ALIAS].close()
    monkeypatch.setattr(reads, "_await_replay", refuse)
    assert place() == DEFAULT_DB_ALIAS
    assert is_split()


def test_what_is_known_by_other_ways_is_asked_for_before_the_next_read(
    replica: servers.Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place() == ALIAS
    monkeypatch.setattr(reads, "_await_replay", refuse)
    assert place() == ALIAS
    read_anew()
    assert place() == DEFAULT_DB_ALIAS


def test_a_snapshot_that_is_kept_is_the_primarys(replica: servers.Replica) -> None:
    assert place() == ALIAS
    [[[pid]]] = fetch_at_primary([Statement(text=SESSION)])
    assert pid == connections[DEFAULT_DB_ALIAS].connection.info.backend_pid
    assert place() == ALIAS


def refuse(*_: object) -> None:
    raise ReplicaUnfit("it is behind")


@pytest.mark.parametrize("ask", [lambda: fetch(SESSION, {})[0][0], lambda: User.objects.count()], ids=["sql", "orm"])
def test_what_fails_at_the_replica_is_asked_of_the_primary(replica: servers.Replica, ask: Any) -> None:
    assert place() == ALIAS
    end_session(ALIAS)
    assert ask() is not None
    assert place() == DEFAULT_DB_ALIAS
    assert is_split()
    assert "terminating connection" in replica.breaker.last_failure()


@pytest.mark.parametrize("ask", [lambda: fetch(SESSION, {})[0][0], lambda: User.objects.count()], ids=["sql", "orm"])
@pytest.mark.parametrize("doubt", ["check_replica", "_expect_history"], ids=["promoted", "of another history"])
def test_what_a_replica_said_that_is_none_any_more_is_thrown_away(
    replica: servers.Replica, ask: Any, doubt: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert place() == ALIAS
    pid = connections[ALIAS].connection.info.backend_pid
    monkeypatch.setattr(reads, doubt, refuse)
    assert ask() != pid
    assert place() == DEFAULT_DB_ALIAS


def test_a_statement_that_writes_after_all_is_run_at_the_primary_and_blames_nobody(replica: servers.Replica) -> None:
    made = "CREATE TABLE made_by_mistake AS SELECT 1 AS one"
    assert place() == ALIAS
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(made)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("DROP TABLE made_by_mistake")
    assert replica.breaker.last_failure() == ""


def test_a_statement_that_had_its_time_is_not_begun_again(replica: servers.Replica) -> None:
    began = time.monotonic()
    with pytest.raises(DeadlinePassed), deadline(0.3):
        fetch("SELECT pg_sleep(20)", {})
    assert time.monotonic() - began < 10
    assert replica.breaker.last_failure() == ""


def test_a_replica_that_failed_three_times_is_left_alone(
    replica: servers.Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(reads, "_await_replay", refuse)
        for _ in range(3):
            begin_reads(True)
            assert place() == DEFAULT_DB_ALIAS
    begin_reads(True)
    assert place() == DEFAULT_DB_ALIAS
    replica.breaker.note_success()
    begin_reads(True)
    assert place() == ALIAS


@pytest.mark.parametrize("redis_is_there", [True, False])
def test_a_replica_that_was_away_serves_again_by_itself(
    replica: servers.Replica, monkeypatch: pytest.MonkeyPatch, settings: Any, redis_is_there: bool
) -> None:
    """Nobody ends its pause, nor tells the breaker anything: what requests find does."""
    monkeypatch.setattr(breaker, "FIRST_PAUSE_S", 1)
    if not redis_is_there:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with monkeypatch.context() as away:
        away.setattr(reads, "_await_replay", refuse)
        fail(times=3)
        assert next_place() == DEFAULT_DB_ALIAS
    assert next_place() == DEFAULT_DB_ALIAS
    assert place_within(20) == ALIAS
    assert [next_place() for _ in range(3)] == [ALIAS] * 3
    monkeypatch.setattr(servers, "SURE_S", 0.0)
    with monkeypatch.context() as away:
        away.setattr(reads, "_await_replay", refuse)
        fail(times=2)
    assert next_place() == ALIAS  # the count began anew


def test_a_replica_that_is_still_away_when_it_is_tried_serves_later(
    replica: servers.Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breaker, "FIRST_PAUSE_S", 1)
    with monkeypatch.context() as away:
        away.setattr(reads, "_await_replay", refuse)
        fail(times=3)
        first = pauses(replica)
        while pauses(replica) == first:
            assert next_place() == DEFAULT_DB_ALIAS
            time.sleep(0.05)
    assert place_within(20) == ALIAS


def next_place() -> str:
    """Of the next request."""
    begin_reads(True)
    return place()


def place_within(seconds: float) -> str:
    ends_at = time.monotonic() + seconds
    while (found := next_place()) != ALIAS and time.monotonic() < ends_at:
        time.sleep(0.05)
    return found


def fail(*, times: int) -> None:
    for _ in range(times):
        connections[ALIAS].close()
        assert next_place() == DEFAULT_DB_ALIAS


def pauses(replica: servers.Replica) -> int:
    """How many times it failed while no pause was on."""
    return replica.breaker._failures


@pytest.mark.parametrize(("text", "position"), [("16/B374D848", 97500059720), ("0/0", 0), (None, 0)])
def test_positions_of_the_log_are_compared_as_numbers(text: str | None, position: int) -> None:
    assert _bytes_of(text) == position
