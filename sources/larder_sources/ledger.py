"""What the store has of a source, in an SQLite file: each item's key, document id and fingerprint.

Only Larder knows which syncs succeeded, so what a sync does is *pending* under a token of its own, which it leaves in
its state. The next one brings the token that Larder kept, and so tells whether the pending rows are true, or those
before them, or neither (the file is another's or was restored, the state was reset): then everything comes anew. Of a
sync that failed the rows are kept without a fingerprint: what it pushed may be there; docs/decisions/0296-ledger.md.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

VERSION = 1
PATIENCE_S = 2.0
FORMER = "\x1fformer:"
"""Begins the keys of rows that stand for no item."""
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE known (key TEXT PRIMARY KEY, id TEXT, fingerprint TEXT NOT NULL, ends_at REAL) WITHOUT ROWID;
CREATE TABLE pending (key TEXT PRIMARY KEY, id TEXT, fingerprint TEXT NOT NULL, ends_at REAL) WITHOUT ROWID;
"""
OF_ONE_SYNC = """
CREATE TEMP TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TEMP TABLE gone (key TEXT PRIMARY KEY, ended INTEGER NOT NULL) WITHOUT ROWID;
CREATE TEMP VIEW live AS
    SELECT key, id, fingerprint, ends_at FROM pending UNION ALL
    SELECT key, id, fingerprint, ends_at FROM known WHERE key NOT IN (SELECT key FROM pending);
"""
OF_A_FAILURE = """
    INSERT OR REPLACE INTO known
    SELECT pending.key, coalesce(pending.id, known.id), '', pending.ends_at
    FROM pending LEFT JOIN known ON known.key = pending.key
    WHERE coalesce(pending.id, known.id) IS NOT NULL
"""
UNSEEN = """
    INSERT OR IGNORE INTO gone SELECT key, 0 FROM live WHERE key NOT IN (SELECT key FROM seen)
"""
ENDED = """
    INSERT OR IGNORE INTO gone SELECT key, ends_at IS NOT NULL FROM live
    WHERE id IS NOT NULL AND (ends_at <= ? OR substr(key, 1, length(?)) = ?)
"""
GONE_IDS = """
    SELECT DISTINCT id FROM live WHERE id IS NOT NULL AND key IN (SELECT key FROM gone)
    EXCEPT SELECT id FROM live WHERE id IS NOT NULL AND key NOT IN (SELECT key FROM gone) LIMIT ?
"""
FORGET_GONE = """
    INSERT OR REPLACE INTO pending
    SELECT key, NULL, CASE WHEN ended THEN fingerprint ELSE '' END, NULL FROM live JOIN gone USING (key)
"""
SHARED_IDS = """
    SELECT min(key), max(key) FROM live WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1 LIMIT ?
"""
UNKNOWN = """
    SELECT count(*) FROM json_each(?)
    WHERE value NOT IN (SELECT key FROM known) AND value NOT IN (SELECT key FROM pending)
"""
SEEN_AMONG = """
    SELECT key FROM seen WHERE key IN (SELECT value FROM json_each(?))
"""
LOOK_UP = """
    SELECT key, id, fingerprint, ends_at FROM known WHERE key IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is known of an item: its document's id, None where there is none, and `ends_at` in seconds since 1970."""

    key: str
    id: str | None
    fingerprint: str
    ends_at: float | None = None


class LedgerInUse(Exception):
    """Another process syncs the same source."""


class Ledger:
    """The file of one source. Raises LedgerInUse where another process has it open."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = _open(path)
        except sqlite3.OperationalError as error:
            raise LedgerInUse(f"{path} cannot be opened ({error}); does another sync of this source run?") from error
        self._db.executescript(OF_ONE_SYNC)

    def close(self) -> None:
        self._db.close()

    def begin(self, token: str | None) -> bool:
        """Whether what is known is what the store had at the success that left this token. If not, nothing is known."""
        with self._db:
            self._db.execute("DELETE FROM seen")
            self._db.execute("DELETE FROM gone")
            if token and token == self.note("pending"):
                self._db.execute("INSERT OR REPLACE INTO known SELECT * FROM pending")
                self._db.execute("DELETE FROM known WHERE id IS NULL AND fingerprint = ''")
            elif token and token == self.note("known"):
                self._db.execute(OF_A_FAILURE)
            else:
                self._db.execute("DELETE FROM known")
                token = None
            self._db.execute("DELETE FROM pending")
            self._write_note("known", token or "")
            self._write_note("pending", "")
        return token is not None

    def end(self, token: str) -> None:
        """What this sync did is true if Larder keeps the token."""
        with self._db:
            self._write_note("pending", token)

    def note(self, name: str) -> str:
        found = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(found[0]) if found else ""

    def write_note(self, name: str, value: str) -> None:
        with self._db:
            self._write_note(name, value)

    def look_up(self, keys: Sequence[str]) -> Mapping[str, Entry]:
        """Those of the items that are known, by key."""
        rows = self._db.execute(LOOK_UP, (json.dumps(keys),))
        return {key: Entry(key=key, id=id, fingerprint=mark, ends_at=end) for key, id, mark, end in rows}

    def count_unknown(self, keys: Iterable[str]) -> int:
        """Those of which neither a sync before nor this one knows."""
        return int(self._db.execute(UNKNOWN, (json.dumps(list(keys)),)).fetchone()[0])

    def seen_among(self, keys: Sequence[str]) -> set[str]:
        """Those of them that this sync has seen."""
        return {row[0] for row in self._db.execute(SEEN_AMONG, (json.dumps(keys),))}

    def mark_seen(self, keys: Iterable[str]) -> None:
        with self._db:
            self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((key,) for key in keys))

    def write(self, entries: Iterable[Entry]) -> None:
        """Before they are pushed, so that nothing is in the store that is unknown here."""
        rows = ((each.key, each.id, each.fingerprint, each.ends_at) for each in entries)
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?)", rows)

    def write_former(self, id: str) -> None:
        """A document of an item that has another id now; it goes with the next deletions."""
        self.write([Entry(key=f"{FORMER}{id}", id=id, fingerprint="")])

    def mark_gone(self, keys: Iterable[str], *, ended: bool = False) -> None:
        """`ended`: they are still there, and their documents are not to be."""
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO gone VALUES (?, ?)", ((key, ended) for key in keys))

    def mark_unseen_gone(self) -> None:
        with self._db:
            self._db.execute(UNSEEN)

    def mark_ended(self, now: datetime) -> None:
        """What has come to its date, and documents under former ids."""
        with self._db:
            self._db.execute(ENDED, (now.timestamp(), FORMER, FORMER))

    def count(self) -> int:
        """Documents that the store had before this sync."""
        return int(self._db.execute("SELECT count(*) FROM known WHERE id IS NOT NULL").fetchone()[0])

    def gone_ids(self, *, most: int) -> list[str]:
        """Ids of documents that are to be deleted: those of what is gone, and of nothing else that is there."""
        return [row[0] for row in self._db.execute(GONE_IDS, (most,))]

    def forget_gone(self) -> None:
        """Their documents have been deleted."""
        with self._db:
            self._db.execute(FORGET_GONE)

    def shared_ids(self, *, most: int) -> list[tuple[str, str]]:
        """Ids that several items have, with two of their keys."""
        rows = self._db.execute(SHARED_IDS, (most,))
        return [(first, last) for first, last in rows]

    def _write_note(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def _open(path: Path) -> sqlite3.Connection:
    """A file that is none of ours, or of another version, begins anew."""
    try:
        database = _connect(path)
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version == VERSION:
            database.execute("SELECT count(*) FROM meta, known LIMIT 1")
            return database
        database.close()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    database = _connect(path)
    database.executescript(f"{SCHEMA} PRAGMA user_version = {VERSION};")
    return database


def _connect(path: Path) -> sqlite3.Connection:
    """Used by one thread at a time."""
    database = sqlite3.connect(path, timeout=PATIENCE_S, check_same_thread=False)
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    return database
