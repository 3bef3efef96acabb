"""Statements by libpq on psycopg's connection: sent, waited for and read without a cursor.

A cursor, and a pipeline above all, costs several times what the conversation does. What converts parameters and rows is
psycopg's own, and goes both ways in binary.

See docs/decisions/0213.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg
from psycopg import generators
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

MOST_PREPARED = 100
"""Statements that a connection keeps parsed; then the one that was not asked for longest goes."""

PLACEHOLDER = re.compile(rb"%(?:\((\w+)\)s|s|%)")

Rows = list[tuple[Any, ...]]
Parameters = Mapping[str, Any] | Sequence[Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What to run, and how.

    `tuned` are settings for this statement and those that follow it in the same round trip. `prepare`: keep the parsed
    statement with the connection; not for one whose text hardly ever comes again.
    """

    text: str
    parameters: Parameters = field(default_factory=dict)
    tuned: Mapping[str, object] = field(default_factory=dict)
    prepare: bool = True


class Message(NamedTuple):
    """A statement with its parameters as libpq sends it; without a name it is parsed anew."""

    prepared: "Prepared"
    name: bytes
    values: Sequence[Buffer | None]
    types: tuple[int, ...]
    formats: Sequence[Format]

    def send(self, pgconn: Any) -> None:
        if self.name:
            pgconn.send_query_prepared(self.name, self.values, param_formats=self.formats, result_format=Format.BINARY)
        else:
            pgconn.send_query_params(
                self.prepared.query,
                self.values,
                param_types=self.types,
                param_formats=self.formats,
                result_format=Format.BINARY,
            )


class Prepared:
    """A statement's text on one connection: what it is called there, by the types of its parameters."""

    def __init__(self, connection: psycopg.Connection[Any], text: str) -> None:
        self.query, self.order = number_parameters(text)
        self.converter = Transformer(connection)
        self.names: dict[tuple[int, ...], bytes] = {}

    def rows(self, results: Sequence[PGresult]) -> Rows:
        """Raises psycopg.Error where PostgreSQL told one."""
        result = results[-1]
        if result.status != ExecStatus.TUPLES_OK:
            raise error_from_result(result, encoding="utf-8")
        self.converter.set_pgresult(result)
        rows: Rows = self.converter.load_rows(0, result.ntuples, tuple)
        self.converter.set_pgresult(None)  # large ones are not to stay with the connection
        return rows


class PreparedStatements:
    """What one connection has parsed, and how it is asked."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._known: OrderedDict[str, Prepared] = OrderedDict()
        self._made = 0

    def fetch(self, statements: Sequence[Statement]) -> list[Rows]:
        """The rows of each, all in one round trip but for what has to be parsed first. Raises psycopg.Error.

        Several travel in one pipeline, whose implicit transaction settings end with, unless one is open already.
        """
        if not self._connection.autocommit and self._pgconn.transaction_status == TransactionStatus.IDLE:
            self._connection.execute("")  # psycopg begins the transaction
        with self._connection.lock:
            return self._connection.wait(self._converse(statements))

    def _converse(self, statements: Sequence[Statement]) -> PQGen[list[Rows]]:
        messages = []
        for each in statements:
            messages.append((yield from self._message(each)))  # noqa: PERF401 -- nothing else may yield
        if len(messages) == 1:
            messages[0].send(self._pgconn)
            found = [(yield from generators.execute(self._pgconn))]
        else:
            found = yield from self._in_pipeline(messages)
        return [message.prepared.rows(results) for message, results in zip(messages, found, strict=True)]

    def _in_pipeline(self, messages: Sequence[Message]) -> PQGen[list[list[PGresult]]]:
        pgconn, found = self._pgconn, []
        pgconn.enter_pipeline_mode()
        for each in messages:
            each.send(pgconn)
        pgconn.pipeline_sync()
        yield from generators.send(pgconn)
        for _ in messages:
            found.append((yield from generators.fetch_many(pgconn)))  # noqa: PERF401
        yield from generators.fetch_many(pgconn)  # that it is over
        pgconn.exit_pipeline_mode()
        return found

    def _message(self, statement: Statement) -> PQGen[Message]:
        prepared = self._known.get(statement.text)
        if prepared is None:
            prepared = Prepared(self._connection, statement.text)
            if statement.prepare:
                yield from self._keep(statement.text, prepared)
        elif statement.prepare:
            self._known.move_to_end(statement.text)
        given = statement.parameters
        values = [given[name] for name in prepared.order] if isinstance(given, Mapping) else given
        dumped = prepared.converter.dump_sequence(values, [PyFormat.AUTO] * len(values))
        types, formats = prepared.converter.types or (), prepared.converter.formats or ()
        name = prepared.names.get(types, b"")
        if not name and statement.prepare:
            name = yield from self._prepare(prepared, types)
        return Message(prepared, name, dumped, types, formats)

    def _keep(self, text: str, prepared: Prepared) -> PQGen[None]:
        self._known[text] = prepared
        while len(self._known) > MOST_PREPARED:
            _, oldest = self._known.popitem(last=False)
            for name in oldest.names.values():
                self._pgconn.send_query(b"DEALLOCATE " + name)
                yield from self._done()

    def _prepare(self, prepared: Prepared, types: tuple[int, ...]) -> PQGen[bytes]:
        self._made += 1
        name = b"larder_%d" % self._made
        self._pgconn.send_prepare(name, prepared.query, param_types=types)
        yield from self._done()
        prepared.names[types] = name
        return name

    def _done(self) -> PQGen[None]:
        results = yield from generators.execute(self._pgconn)
        if results[-1].status != ExecStatus.COMMAND_OK:
            raise error_from_result(results[-1], encoding="utf-8")


def number_parameters(text: str) -> tuple[bytes, list[str]]:
    """The text with `$1` for each `%s` or `%(name)s` and `%` for `%%`; the names in that order, none for `%s`.

    A name that comes again has the same number.
    """
    names: list[str] = []
    positions = 0

    def place(found: re.Match[bytes]) -> bytes:
        nonlocal positions
        if found[0] == b"%%":
            return b"%"
        if found[1] is None:
            positions += 1
            return b"$%d" % positions
        name = found[1].decode()
        if name not in names:
            names.append(name)
        return b"$%d" % (names.index(name) + 1)

    return PLACEHOLDER.sub(place, text.encode()), names


def array_of(numbers: Iterable[int]) -> str:
    """For a parameter that is cast to an array: psycopg looks at each element of a list, several times."""
    return f"{{{','.join(map(str, numbers))}}}"
