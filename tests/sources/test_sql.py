"""The rows of a query as a source, of PostgreSQL and of SQLite."""

import os
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from larder_sources.changes import SourceUnavailable
from larder_sources.config import ConfigRefused
from larder_sources.kinds.sql import Since

from tests.sources.conftest import Keeper

TABLE = """
CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT, "Team" TEXT, changed {stamp}, gone {stamp}, note TEXT)
"""
STAMPS = {"postgresql": "TIMESTAMPTZ", "sqlite": "TEXT"}
Run = Callable[..., Any]
OLD = datetime(2024, 5, 4, 12, tzinfo=UTC)


class Database:
    """A table of people in a real database."""

    def __init__(self, url: str, run: Run, *, dialect: str) -> None:
        self.url, self.run, self.table = url, run, f"people_{uuid.uuid4().hex[:8]}"
        run(TABLE.format(table=self.table, stamp=STAMPS[dialect]))

    def add(self, *ids: int, at: datetime | None = OLD, name: str = "Ann") -> None:
        for each in ids:
            stamp = at.isoformat(sep=" ") if at else None
            self.run(
                f"INSERT INTO {self.table} VALUES ({each}, '{name} {each}', 'Riga', {self.said(stamp)}, NULL, NULL)"
            )

    def said(self, stamp: str | None) -> str:
        return f"'{stamp}'" if stamp else "NULL"

    def change(self, id: int, *, at: datetime, **columns: str) -> None:
        told = ", ".join(f"{name} = '{value}'" for name, value in columns.items())
        stamp = at.isoformat(sep=" ")
        self.run(f"UPDATE {self.table} SET {told or 'name = name'}, changed = '{stamp}' WHERE id = {id}")


@pytest.fixture(params=["postgresql", "sqlite"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        path = tmp_path / "people.sqlite3"
        connection = sqlite3.connect(path, isolation_level=None)
        yield Database(f"sqlite:///{path}", connection.execute, dialect="sqlite")
        connection.close()
        return
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        made = Database(os.environ["DATABASE_URL"], server.execute, dialect="postgresql")
        yield made
        server.execute(f"DROP TABLE {made.table}")


@pytest.fixture
def people(database: Database, tmp_path: Path) -> Keeper:
    options = {"kind": "sql", "url": "${PEOPLE}", "query": f"SELECT * FROM {database.table};", "key": "id"}
    return Keeper(folder=tmp_path, options=options, environment={"PEOPLE": database.url})


def test_rows_become_documents_by_their_templates(people: Keeper, database: Database) -> None:
    database.add(1)
    people.options |= {
        "id": "person/{{ key }}",
        "content": "{{ name }} works in {{ Team }}.",
        "tags": ["employee", "team:{{ Team | tag }}"],
        "metadata": {"name": "{{ row.name }}"},
        "updated_column": "changed",
    }
    people.sync()
    found = people.documents()["person/1"]
    assert (found.content, found.tags) == ("Ann 1 works in Riga.", ["employee", "team:riga"])
    assert found.metadata == {"name": "Ann 1"}


def test_without_a_template_a_row_is_told_column_by_column(people: Keeper, database: Database) -> None:
    database.add(1, at=None)
    people.sync()
    assert people.documents()["1"].content == "id: 1\nname: Ann 1\nTeam: Riga"


def test_without_a_cursor_all_rows_are_compared(people: Keeper, database: Database) -> None:
    database.add(*range(20))
    people.sync()
    database.change(3, at=OLD, name="Bea")
    database.run(f"DELETE FROM {database.table} WHERE id = 4")
    synced = people.sync()
    assert (synced.full, synced.pushed, synced.unchanged, synced.deleted) == (False, 1, 18, 1)


def test_with_a_cursor_only_what_is_as_new_is_read(people: Keeper, database: Database) -> None:
    people.options["updated_column"] = "changed"
    database.add(*range(20))
    database.add(20, at=OLD + timedelta(hours=5))
    people.sync()
    database.change(3, at=OLD + timedelta(hours=6), name="Bea")
    database.run(f"DELETE FROM {database.table} WHERE id = 4")
    synced = people.sync()
    assert (synced.pushed, synced.unchanged, synced.deleted) == (1, 1, 1)
    assert people.documents()["3"].content.splitlines()[1] == "name: Bea"


def test_what_is_stamped_with_the_very_instant_of_the_cursor_comes(people: Keeper, database: Database) -> None:
    people.options |= {"updated_column": "changed", "overlap": "1s"}
    database.add(1, 2)
    people.sync()
    database.add(3)
    assert people.sync().pushed == 1


def test_a_transaction_that_ended_late_is_within_the_overlap(people: Keeper, database: Database) -> None:
    people.options |= {"updated_column": "changed", "overlap": "10m", "compare_keys_every": 0}
    database.add(1)
    people.sync()
    database.add(2, at=OLD - timedelta(minutes=9))
    assert people.sync().pushed == 1


def test_a_row_that_was_stamped_long_ago_is_found_by_its_key(people: Keeper, database: Database) -> None:
    people.options["updated_column"] = "changed"
    database.add(1)
    people.sync()
    database.add(2, at=OLD - timedelta(days=900))
    assert people.sync().pushed == 0
    assert people.sync().pushed == 1
    assert people.ids() == ["1", "2"]


def test_rows_without_a_stamp_are_read_each_time(people: Keeper, database: Database) -> None:
    people.options["updated_column"] = "changed"
    database.add(1)
    database.add(2, at=None)
    people.sync()
    database.run(f"UPDATE {database.table} SET name = 'Bea' WHERE id = 2")
    assert people.sync().pushed == 1


def test_a_stamp_far_ahead_does_not_hide_what_comes_after(people: Keeper, database: Database) -> None:
    people.options["updated_column"] = "changed"
    database.add(1)
    database.add(2, at=datetime(2199, 1, 1, tzinfo=UTC))
    people.sync()
    database.change(1, at=OLD + timedelta(hours=1), name="Bea")
    assert people.sync().pushed == 1


def test_keys_are_compared_as_often_as_is_asked(people: Keeper, database: Database) -> None:
    people.options |= {"updated_column": "changed", "compare_keys_every": 3}
    database.add(*range(20))
    people.sync()
    database.run(f"DELETE FROM {database.table} WHERE id = 4")
    assert [people.sync().deleted for _ in range(3)] == [0, 1, 0]


def test_rows_say_of_themselves_that_they_are_gone(people: Keeper, database: Database) -> None:
    people.options |= {"updated_column": "changed", "deleted_column": "gone"}
    database.add(*range(20))
    people.sync()
    database.change(4, at=OLD + timedelta(hours=1), gone="2024-05-04 13:00:00+00:00")
    assert people.sync().deleted == 1
    people.state = {}
    assert people.sync().pushed == 19
    database.run(f"UPDATE {database.table} SET gone = NULL WHERE id = 4")
    database.change(4, at=OLD + timedelta(hours=2))
    assert people.sync().pushed == 1


def test_several_columns_make_a_key(people: Keeper, database: Database) -> None:
    people.options["key"] = ["Team", "id"]
    database.add(1)
    people.sync()
    assert people.ids() == ["Riga/1"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"key": "ids"}, "there is no column 'ids'; did you mean 'id'?"),
        ({"updated_column": "change"}, "there is no column 'change'; did you mean 'changed'?"),
        ({"content": "{{ nam }}"}, "content: there is no value 'nam'; did you mean 'name'?"),
        ({"query": "SELECT * FROM none_of_ours"}, "query: "),
        ({"query": "SELECT * FROM none_of_ours"}, "none_of_ours"),
    ],
)
def test_what_the_query_does_not_have_is_told(
    people: Keeper, database: Database, options: dict[str, Any], told: str
) -> None:
    people.options |= options
    with pytest.raises(SourceUnavailable) as refused:
        people.configured().source.check()
    assert told in str(refused.value)


def test_check_counts_the_rows(people: Keeper, database: Database) -> None:
    database.add(1, 2)
    assert people.configured().source.check().startswith("2 rows in ")


def test_a_query_cannot_write(people: Keeper, database: Database) -> None:
    database.add(1)
    if database.url.startswith("sqlite"):
        people.options["query"] = f"DELETE FROM {database.table} RETURNING *"
    else:
        people.options["query"] = f"SELECT setval('nothing', 1), * FROM {database.table}"
        database.run("CREATE SEQUENCE IF NOT EXISTS nothing")
    with pytest.raises(SourceUnavailable):
        people.sync()


def test_a_database_that_is_away_is_told_without_the_password(tmp_path: Path) -> None:
    url = "postgresql://ann:very-secret@127.0.0.1:9/people"
    away = Keeper(folder=tmp_path, options={"kind": "sql", "url": url, "query": "SELECT 1 AS id", "key": "id"})
    with pytest.raises(SourceUnavailable) as refused:
        away.sync()
    assert "very-secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("people", "it is no URL of SQLAlchemy"),
        ("nosql://a/b", "no dialect 'nosql'"),
        ("postgresql://ann:very@hidden@db/people", "url: it has several @; in a password @ is written %40"),
        ("postgresql://ann@db:hidden/people", r"url: it is no URL of SQLAlchemy.*; in a password"),
        ("postgresql://ann@127.0.0.1:9/people", r"postgresql\+psycopg://ann@127.0.0.1:9/people: connection failed"),
        ("sqlite:////none/people.db", "There is no file /none/people.db"),
    ],
)
def test_an_address_that_is_none_is_told(tmp_path: Path, url: str, told: str) -> None:
    keeper = Keeper(folder=tmp_path, options={"kind": "sql", "url": url, "query": "SELECT 1 AS id", "key": "id"})
    with pytest.raises((ConfigRefused, SourceUnavailable), match=told) as refused:
        keeper.configured().source.check()
    assert "hidden" not in str(refused.value)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/none.db"
    keeper = Keeper(folder=tmp_path, options={"kind": "sql", "url": url, "query": "SELECT 1 AS id", "key": "id"})
    with pytest.raises(SourceUnavailable):
        keeper.sync()
    assert not (tmp_path / "none.db").exists()


def test_a_blank_query_is_refused(tmp_path: Path) -> None:
    keeper = Keeper(folder=tmp_path, options={"kind": "sql", "url": "sqlite://", "query": " ; ", "key": "id"})
    with pytest.raises(ConfigRefused, match="query: it is blank"):
        keeper.configured()


def test_of_rows_with_one_key_the_first_counts_and_the_others_are_told(people: Keeper, database: Database) -> None:
    database.add(*range(1, 1201))
    people.options |= {"query": f"SELECT (id - 1) % 700 AS key, name FROM {database.table} ORDER BY id", "key": "key"}
    told = people.sync().state["passed_over"]
    assert (told["count"], told["first"]["0"]) == (500, "an item before it has the same key")
    assert people.documents()["0"].content.endswith("Ann 1")
    database.run(f"DELETE FROM {database.table} WHERE (id - 1) % 700 = 0")
    people.sync()
    assert "0" not in people.ids()


@pytest.mark.parametrize("value", [None, 4, 4.5, "abc", OLD, OLD.replace(tzinfo=None)])
def test_a_cursor_is_kept_as_json(value: Any) -> None:
    assert Since.of(Since(value).as_state()) == Since(value)
