"""The rows of a query, of any database that SQLAlchemy reads."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from larder_sources.changes import Change, Gone, Item, Reading, Seen, SourceUnavailable, Values
from larder_sources.documents import as_json
from larder_sources.durations import read_duration
from larder_sources.kinds import Kind
from larder_sources.names import unknown_name
from larder_sources.options import Duration, Options

ENCODED = "; in a password @ is written %40, / %2F, : %3A and % %25"
ROWS = 500
"""Rows that are fetched at a time."""
FAR_AHEAD = timedelta(days=1)
"""A stamp further ahead of the clock is a slip, and what is written after it would be missed."""


class SqlOptions(Options):
    """The rows of a query."""

    NAMES: ClassVar[None] = None

    kind: Literal["sql"]
    url: SecretStr = Field(description="SQLAlchemy's URL of the database")
    query: str = Field(description="A SELECT; each of its rows is a document")
    key: tuple[str, ...] = Field(min_length=1, description="The column, or columns, by which a row is known again")
    updated_column: str | None = Field(
        default=None, description="Only rows at or after the newest of it are read again"
    )
    overlap: Duration = Field(default=read_duration("10m"), description="So far behind that: the longest transaction")
    deleted_column: str | None = Field(default=None, description="A row is gone where it is true, or a time")
    compare_keys_every: int | None = Field(
        default=None, ge=0, description="All keys are read at each so-many-th sync, to see what is gone; 0: never"
    )

    @field_validator("key", mode="before")
    @classmethod
    def _one_key_is_a_list(cls, key: Any) -> Any:
        return (key,) if isinstance(key, str) else key

    @field_validator("query")
    @classmethod
    def _query_is_one(cls, query: str) -> str:
        stripped = query.strip().rstrip(";").rstrip()
        if not stripped:
            raise ValueError("it is blank")
        return stripped

    @model_validator(mode="after")
    def _url_is_one(self) -> SqlOptions:
        read_url(self.url.get_secret_value())
        return self

    @property
    def keys_every(self) -> int:
        """Every sync, unless rows say of themselves that they are gone."""
        if self.compare_keys_every is not None:
            return self.compare_keys_every
        return 0 if self.deleted_column else 1


def read_url(url: str) -> URL:
    """Raises ValueError, which does not show it."""
    try:
        made = make_url(url)
    except (ArgumentError, ValueError):
        raise ValueError(f"url: it is no URL of SQLAlchemy, such as postgresql://user@host/database{ENCODED}") from None
    if "@" in (made.host or ""):
        raise ValueError(f"url: it has several @{ENCODED}")
    return made.set(drivername="postgresql+psycopg") if made.drivername in ("postgres", "postgresql") else made


class SqlSource:
    """Rows are told apart by a hash of their columns."""

    lists_everything: ClassVar[bool] = True

    def __init__(self, options: SqlOptions, _: Path) -> None:
        self._options = options
        self._url = read_url(options.url.get_secret_value())

    def check(self) -> str:
        with self._reading() as connection:
            count = connection.execute(text(self._select("count(*)"))).scalar_one()
            for _ in self._rows(connection, Since(), limit=1):
                pass
        return f"{count} rows in {self._url.render_as_string(hide_password=True)}"

    def changes(self, reading: Reading) -> Iterator[Change]:
        since, newest = Since.of(reading.state), Since.of(reading.state)
        syncs = int(reading.state.get("syncs", 0)) + 1
        with self._reading() as connection:
            for row in self._rows(connection, since):
                newest = newest.with_row(row.get(self._options.updated_column or ""))
                yield self._change(row)
            every = self._options.keys_every
            if since.value is None:
                reading.complete = True
            elif every and syncs % every == 0:
                yield from self._keys(connection)
                reading.complete = True
        if self._options.updated_column:
            reading.state.update(newest.as_state(), syncs=syncs)

    def close(self) -> None:
        """Nothing is held open between readings."""

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Raises SourceUnavailable in the database's words, without its address."""
        self._check_file()
        try:
            engine = _engine(self._url)
            with engine.connect() as connection:
                yield connection
        except NoSuchModuleError as error:
            raise SourceUnavailable(f"SQLAlchemy has no dialect {self._url.drivername!r}: {error}") from None
        except ModuleNotFoundError as error:
            raise SourceUnavailable(f"The driver {error.name} of {self._url.drivername} is not installed") from None
        except SQLAlchemyError as error:
            raise SourceUnavailable(self._told(error)) from None

    def _check_file(self) -> None:
        """SQLite makes a file that is not there. Raises SourceUnavailable."""
        name = (self._url.database or "") if self._url.get_backend_name() == "sqlite" else ""
        if name and not name.startswith((":", "file:")) and not Path(name).exists():
            raise SourceUnavailable(f"There is no file {name}")

    def _told(self, error: SQLAlchemyError) -> str:
        """With the option that is to blame: the query, or the address."""
        about = "query" if getattr(error, "statement", None) else self._url.render_as_string(hide_password=True)
        told = " ".join(str(getattr(error, "orig", None) or error.args[0]).split())
        secret = self._url.password
        return f"{about}: {told.replace(str(secret), '***') if secret else told}"

    def _rows(self, connection: Connection, since: Since, *, limit: int | None = None) -> Iterator[Mapping[str, Any]]:
        """Those at or after the cursor, and those without a stamp; streamed, so that none but a few are in memory."""
        statement, bound = self._select("*"), {}
        column = self._options.updated_column
        if column and since.value is not None:
            name = connection.dialect.identifier_preparer.quote(column)
            statement += f" WHERE {name} >= :larder_since OR {name} IS NULL"
            bound["larder_since"] = since.behind(self._options.overlap)
        found = connection.execution_options(stream_results=True, yield_per=ROWS).execute(text(statement), bound)
        self._check_columns(list(found.keys()))
        for at, row in enumerate(found.mappings()):
            if at == limit:
                return
            yield row

    def _keys(self, connection: Connection) -> Iterator[Change]:
        """All that are there, without reading their rows."""
        deleted = [self._options.deleted_column] if self._options.deleted_column else []
        columns = (*self._options.key, *deleted)
        named = ", ".join(connection.dialect.identifier_preparer.quote(each) for each in columns)
        statement = text(self._select(named))
        found = connection.execution_options(stream_results=True, yield_per=ROWS).execute(statement)
        for row in found.mappings():
            if not self._is_deleted(row):
                yield Seen(self._key(row))

    def _select(self, columns: str) -> str:
        return f"SELECT {columns} FROM ({self._options.query}) larder_rows"  # noqa: S608 - whose file it is wrote it

    def _check_columns(self, columns: list[str]) -> None:
        """Raises SourceUnavailable where an option or a template names a column that the query has not."""
        options = self._options
        asked = (*options.key, *filter(None, (options.updated_column, options.deleted_column)))
        for name in asked:
            if name not in columns:
                raise SourceUnavailable(unknown_name(name, columns, what="column"))
        try:
            options.check_names(frozenset((*columns, "row")))
        except ValueError as error:
            raise SourceUnavailable(str(error)) from None

    def _change(self, row: Mapping[str, Any]) -> Change:
        key = self._key(row)
        if self._is_deleted(row):
            return Gone(key)
        return Item(key=key, fingerprint=_hash(row), read=partial(self._values, row, key))

    def _key(self, row: Mapping[str, Any]) -> str:
        return "/".join(str(row[column]) for column in self._options.key)

    def _is_deleted(self, row: Mapping[str, Any]) -> bool:
        return bool(self._options.deleted_column and row[self._options.deleted_column])

    def _values(self, row: Mapping[str, Any], key: str) -> Values:
        columns = dict(row)
        lines = "\n".join(f"{name}: {value}" for name, value in columns.items() if value is not None)
        stamp = columns.get(self._options.updated_column or "")
        return {
            **columns,
            "row": columns,
            "content": str(columns.get("content") or lines),
            "title": str(columns.get("title") or key),
            "tags": _tags(columns.get("tags")),
            "metadata": {},
            "updated_at": _aware(stamp) if isinstance(stamp, datetime) else None,
        }


@dataclass(frozen=True)
class Since:
    """The newest stamp that has been read: a time, a text or a number, by the database's own clock."""

    value: datetime | str | int | float | None = None

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Since:
        value = state.get("since")
        return cls(datetime.fromisoformat(str(value)) if state.get("is_time") else value)

    def as_state(self) -> dict[str, Any]:
        is_time = isinstance(self.value, datetime)
        return {"since": self.value.isoformat() if isinstance(self.value, datetime) else self.value, "is_time": is_time}

    def with_row(self, stamp: Any) -> Since:
        """The newer of both. Raises SourceUnavailable for what has no order that JSON can keep."""
        if stamp is None or _is_far_ahead(stamp):
            return self
        if isinstance(stamp, bool) or not isinstance(stamp, datetime | str | int | float):
            raise SourceUnavailable(f"updated_column holds a {type(stamp).__name__}; it has to be a time or a number")
        try:
            return Since(stamp) if self.value is None or stamp > self.value else self  # type: ignore[operator]
        except TypeError as error:
            raise SourceUnavailable(f"updated_column holds what cannot be compared: {error}") from None

    def behind(self, overlap: timedelta) -> Any:
        """The cursor as much earlier: a transaction that began before may have ended after the last reading."""
        if isinstance(self.value, datetime):
            return self.value - overlap
        moment = _time_in(self.value) if isinstance(self.value, str) else None
        return (moment - overlap).isoformat(sep=str(self.value)[10]) if moment else self.value


def _time_in(stamp: str) -> datetime | None:
    """SQLite keeps times as texts."""
    try:
        return datetime.fromisoformat(stamp) if len(stamp) > 10 else None
    except ValueError:
        return None


def _is_far_ahead(stamp: Any) -> bool:
    moment = _time_in(stamp) if isinstance(stamp, str) else stamp
    return isinstance(moment, datetime) and _aware(moment) > datetime.now(UTC) + FAR_AHEAD


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _tags(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    return value.split(",") if isinstance(value, str) else []


def _hash(row: Mapping[str, Any]) -> str:
    """Of all columns: a row that was stamped anew without a change is no change."""
    written = json.dumps({name: _plain(value) for name, value in row.items()}, sort_keys=True)
    return hashlib.blake2b(written.encode(), digest_size=16).hexdigest()


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else as_json(value)


def _engine(url: URL) -> Engine:
    """Reads alone, where the database can be told so."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "postgresql":
        return engine.execution_options(postgresql_readonly=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = ON"))
    return engine


KIND = Kind(options=SqlOptions, make=SqlSource)
