#!/usr/bin/env bash
# granian 2.8.7: a worker that ends as it is asked to runs nothing that was registered with `atexit`.
#
# One would guess that a server's process which ends in order runs the handlers of `atexit`, by which OpenTelemetry's SDK (and
# others: loggers, profilers) sends what it still holds. Seen, of a worker of a WSGI application after SIGTERM:
#   - it ends with its server, in order, and no handler of `atexit` was called: workers are children of `multiprocessing`;
#   - what was registered as a finalizer of `multiprocessing` with a priority was called.
#
# So whoever has last words in a worker says them by `multiprocessing.util.Finalize`, which an ordinary process runs, too.
# Output: what was called, then `as described`. Fails when it changes.
set -euo pipefail
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/python" -m pip install --quiet --disable-pip-version-check "granian==2.8.7"
cat >"$room/app.py" <<'PYTHON'
import atexit
import os
from multiprocessing.util import Finalize


def note(word):
    with open(os.environ["NOTES"], "a") as notes:
        print(word, file=notes)


atexit.register(note, "atexit")
Finalize(None, note, args=["finalizer"], exitpriority=1)
note("loaded")


def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
PYTHON
NOTES="$room/notes" "$room/venv/bin/python" - "$room" <<'PYTHON'
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

room = sys.argv[1]
with socket.socket() as found:
    found.bind(("127.0.0.1", 0))
    port = found.getsockname()[1]
command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--log-level", "error", "app:application"]
server = subprocess.Popen(command, cwd=room)
for _ in range(200):
    try:
        assert urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read() == b"ok"
        break
    except OSError:
        time.sleep(0.05)
server.send_signal(signal.SIGTERM)
assert server.wait(20) == 0
with open(os.environ["NOTES"]) as notes:
    said = notes.read().split()
print("called:", said)
assert said == ["loaded", "finalizer"], said
PYTHON
echo "as described"
