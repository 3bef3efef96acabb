"""Where one request reads: at a replica that has replayed what the primary had written when the request began.

The primary is asked for the end of its log with the first read. It counts as known up to there what was answered to
whomever before: PostgreSQL writes a commit to its log before it answers. A replica is asked how far it has replayed,
*before* a statement's snapshot is taken, and afterwards whether it still is a replica, which it reports by itself, of
the same log.

See docs/decisions/0228.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core.replicas.servers import (
    FAILURES,
    PRIMARY,
    Replica,
    ReplicaUnfit,
    are_there,
    in_turn,
    is_of_server,
    reads_by_server,
)
from core.sql import Statement, fetch_from, lend_and_fetch, read_elsewhere

T = TypeVar("T")

REPLAY_PATIENCE_S = 0.02
"""How long a request waits for a replica to catch up; most have within 5 ms."""

CHOOSE_WITHIN_S = 0.5
"""Who has looked for a replica for so long reads at the primary."""

SAME_SERVER_S = 1.0
"""How long a session is taken for one to the server that it was to, before a statement; after it that is asked."""

# With synchronous_commit off a commit is answered before the log is on the disk, and only what is there is sent on.
MARK = """
SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
       ELSE pg_current_wal_flush_lsn() END::text,
       system_identifier, ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::int
FROM pg_control_system()
"""
REPLAYED = "SELECT pg_last_wal_replay_lsn()::text"

# The timeline is shown to members of pg_read_all_stats only, and while the log is streamed.
HISTORY = """
SELECT system_identifier, (SELECT received_tli FROM pg_stat_wal_receiver) FROM pg_control_system()
"""
UNTOLD = "it does not tell whose log it follows: it follows none, or `GRANT pg_read_all_stats TO {role}` is missing"
FOREIGN = "it follows another server than the one that DATABASE_URL names"


@dataclass(frozen=True, kw_only=True)
class LogEnd:
    """Where the primary's log ends, in bytes, and of whose log: the cluster's number and its timeline."""

    position: int
    history: tuple[int, int]


class Reads:
    """Of one request, in its thread. The server is chosen with the first read, and anew where the connection went back
    to the pool meanwhile. Once at the primary, it stays there."""

    def __init__(self) -> None:
        self._replica: Replica | None = None
        self._session: object = None
        self._history = (0, 0)
        self._stays = False
        self.is_split = False

    def alias(self) -> str:
        """Django's name of the server to read from."""
        if self._stays or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            self.stay()
            return DEFAULT_DB_ALIAS
        chosen, session = self._replica, self._session
        if chosen is None or session is None or connections[chosen.alias].connection is not session:
            self._choose()
        return self._replica.alias if self._replica else DEFAULT_DB_ALIAS

    def read(self, ask: Callable[[BaseDatabaseWrapper], T]) -> T:
        """What one server answers: the chosen one, or the primary where that fails."""
        alias = self.alias()
        if alias == DEFAULT_DB_ALIAS:
            return ask(connections[alias])
        try:
            found = ask(connections[alias])
            self.check_answer(connections[alias])
        except FAILURES as error:
            if not is_of_server(error):
                raise
            self.leave(error)
            return ask(connections[DEFAULT_DB_ALIAS])
        return found

    def check_answer(self, wrapper: BaseDatabaseWrapper) -> None:
        """After a statement: a log is received before it is replayed, and never left for a former one, so what was read
        is of the log that is received now. Raises ReplicaUnfit where it must not be believed."""
        check_replica(wrapper.connection)
        _expect_history(wrapper, _read_history(wrapper), self._history)

    def leave(self, error: Exception) -> None:
        """The replica that was chosen has failed."""
        if self._replica is not None:
            connections[self._replica.alias].close()
            self._replica.note_failure(error)
        self.stay()

    def stay(self) -> None:
        """At the primary from now on: somebody writes there, or no replica serves."""
        if not self._stays:
            self._stays, self.is_split = True, self._replica is not None
            self._replica = None
            reads_by_server.add({PRIMARY: 1})

    def choose_anew(self) -> None:
        """With the next read."""
        self._session = None

    def _choose(self) -> None:
        """The mark is read anew: what the replica before has shown is in whatever serves next."""
        mark, give_up_at = _read_mark(), time.monotonic() + CHOOSE_WITHIN_S
        for replica in in_turn():
            if time.monotonic() < give_up_at and replica.may_be_asked() and _serves(replica, mark):
                reads_by_server.add({replica.name: 1})
                self._replica, self._session = replica, connections[replica.alias].connection
                self._history = mark.history
                return
        self.stay()


def begin_reads(reads: bool) -> None:
    """What this thread does until its next request: whether it may read elsewhere than at the primary."""
    read_elsewhere.set(Reads() if reads and are_there() else None)


def current_reads() -> Reads | None:
    found = read_elsewhere.get()
    return found if isinstance(found, Reads) else None


def read_anew() -> None:
    """What this thread reads from now on is as new as what it knows by other ways at this moment."""
    if reads := current_reads():
        reads.choose_anew()


def is_split() -> bool:
    """Whether this request has read at a replica and then at the primary.

    A replica shows a commit when it has replayed it, the primary a moment later: so what was read first may be newer.
    """
    found = current_reads()
    return found is not None and found.is_split


def _read_mark() -> LogEnd:
    [[(position, cluster, timeline)]] = lend_and_fetch(connections[DEFAULT_DB_ALIAS], [Statement(text=MARK)])
    return LogEnd(position=_bytes_of(position), history=(cluster, timeline))


def _serves(replica: Replica, mark: LogEnd) -> bool:
    """Whether it has all up to the mark, within its patience; whatever fails here is noted."""
    wrapper = connections[replica.alias]
    try:
        wrapper.ensure_connection()
        _check_history(wrapper, mark)
        _await_replay(wrapper, mark)
    except FAILURES as error:
        wrapper.close()
        replica.note_failure(error)
        return False
    replica.note_success()
    return True


def check_replica(session: Any) -> None:
    """PostgreSQL reports by itself when a server that replays begins to write. Raises ReplicaUnfit."""
    if session is None or session.info.parameter_status("in_hot_standby") != "on":
        raise ReplicaUnfit("it is no replica: it takes writes of its own")


def _check_history(wrapper: BaseDatabaseWrapper, mark: LogEnd) -> None:
    """Positions tell something within one log only, and there is another one after each promotion."""
    session: Any = wrapper.connection
    at, history = getattr(session, "history", (0.0, None))
    if history != mark.history or time.monotonic() - at > SAME_SERVER_S:
        history = _read_history(wrapper)
        session.history = (time.monotonic(), history)
    check_replica(session)
    _expect_history(wrapper, history, mark.history)


def _read_history(wrapper: BaseDatabaseWrapper) -> Any:
    [[history]] = fetch_from(wrapper, [Statement(text=HISTORY)])
    return history


def _expect_history(wrapper: BaseDatabaseWrapper, told: Any, expected: tuple[int, int]) -> None:
    if told != expected:
        wrapper.connection.history = (0.0, None)
        raise ReplicaUnfit(UNTOLD.format(role=wrapper.settings_dict["USER"]) if told[1] is None else FOREIGN)


def _await_replay(wrapper: BaseDatabaseWrapper, mark: LogEnd) -> None:
    """A session has the server's whole life before it: what that has once replayed need not be asked about again."""
    session: Any = wrapper.connection
    ends_at, pause_s = time.monotonic() + REPLAY_PATIENCE_S, 0.0005
    while getattr(session, "replayed", 0) < mark.position:
        [[(replayed,)]] = fetch_from(wrapper, [Statement(text=REPLAYED)])
        check_replica(session)
        session.replayed = _bytes_of(replayed)
        if session.replayed >= mark.position:
            return
        if time.monotonic() > ends_at:
            raise ReplicaUnfit(f"it is {mark.position - session.replayed:,} bytes of the primary's log behind")
        time.sleep(pause_s)
        pause_s *= 2


def _bytes_of(position: str | None) -> int:
    """Of a position in the log as PostgreSQL writes it, like 16/B374D848."""
    high, _, low = (position or "0/0").partition("/")
    return (int(high, 16) << 32) + int(low, 16)


class ReadRouter:
    """Django's: where a queryset reads, by the request that it belongs to; everything writes at the primary."""

    def db_for_read(self, model: object, **hints: object) -> str:
        reads = current_reads()
        return DEFAULT_DB_ALIAS if reads is None else reads.alias()

    def db_for_write(self, model: object, **hints: object) -> str:
        if reads := current_reads():
            reads.stay()
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: object, other: object, **hints: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        return db == DEFAULT_DB_ALIAS


def read_or_fall_back(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django's wrapper around each statement of a replica's connection: where it fails, the primary is asked."""
    reads = current_reads()
    try:
        found = execute(sql, params, many, context)
        reads.check_answer(context["connection"]) if reads else check_replica(context["connection"].connection)
    except FAILURES as error:
        if reads is None or not is_of_server(error):
            raise
        reads.leave(error)
        primary = connections[DEFAULT_DB_ALIAS].cursor()
        context["cursor"].cursor = primary.cursor  # the caller fetches from the one that it has
        return primary.execute(sql, params)
    return found
