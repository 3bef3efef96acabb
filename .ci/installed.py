"""Try the server's wheel as somebody who has nothing but Python: pipx, an empty home, `larder up`.

`make trial` builds it and calls this, which installs it with pipx, which uv fetches, starts it, looks at a page and its
style sheets, pushes and asks, stops it, and starts it again to find the same data.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PIPX = "pipx==1.18.4"
START_S = 300
DOCUMENT = {"id": "policy:travel", "content": "Flights are booked two weeks in advance.", "tags": ["policy"]}


def main(wheel: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="larder-home-"))
    try:
        environment = install(wheel, home)
        keys = first_start(home, environment)
        second_start(home, environment, keys)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def install(wheel: Path, home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LARDER_", "PYTHON", "XDG_"))}
    environment = kept | {"HOME": str(home), "PATH": f"{home}/.local/bin:{os.environ['PATH']}"}
    uvx = [str(Path(sys.executable).with_name("uv")), "tool", "run"]
    cache = environment | {"HOME": os.environ["HOME"]}
    subprocess.run([*uvx, PIPX, "--version"], env=cache, check=True, stdout=subprocess.DEVNULL)
    places = {"PIPX_HOME": f"{home}/.local/pipx", "PIPX_BIN_DIR": f"{home}/.local/bin"}
    command = [*uvx, PIPX, "install", "--quiet", "--python", sys.executable, str(wheel)]
    subprocess.run(command, env=cache | places, check=True)
    packages = next((home / ".local/pipx/venvs/larder-server/lib").glob("python*/site-packages"))
    assert not (packages / "torch").exists(), "torch came along"
    shown = subprocess.run(["larder"], env=environment, check=True, capture_output=True, text=True, cwd=home).stdout
    assert "doctor" in shown, shown
    return environment


def first_start(home: Path, environment: dict[str, str]) -> dict[str, str]:
    with serving(home, environment) as (url, log):
        keys = dict(re.findall(r"export LARDER_(\w+)_KEY=(\S+)", log.read_text()))
        page = fetch(f"{url}/login/")
        for sheet in re.findall(r'rel="stylesheet" href="([^"]+)"', page):
            assert "{" in fetch(url + sheet), sheet
        fetch(f"{url}/api/v1/knowledge/bulk-upsert", key=keys["PROVIDER"], body={"documents": [DOCUMENT]})
        assert found(url, keys) == [DOCUMENT["id"]]
    return keys


def second_start(home: Path, environment: dict[str, str], keys: dict[str, str]) -> None:
    with serving(home, environment) as (url, _):
        assert found(url, keys) == [DOCUMENT["id"]]


@contextmanager
def serving(home: Path, environment: dict[str, str]) -> Iterator[tuple[str, Path]]:
    """`larder up` in the foreground, and Ctrl-C at the end; nothing of it may be left then."""
    log = home / "up.log"
    port = free_port()
    with log.open("w") as output:
        started = time.monotonic()
        command = ["larder", "up", "--port", str(port)]
        up = subprocess.Popen(command, env=environment, cwd=home, stdout=output, stderr=output)
    try:
        while "is ready" not in log.read_text():
            assert up.poll() is None, log.read_text()
            assert time.monotonic() < started + START_S, log.read_text()
            time.sleep(0.2)
        print(f"ready after {time.monotonic() - started:.0f} s", flush=True)
        yield f"http://127.0.0.1:{port}", log
        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0, log.read_text()
    finally:
        up.kill()
        up.wait()
    assert not left_over(home), left_over(home)


def left_over(home: Path) -> list[str]:
    """Command lines of processes that name the trial's home."""
    lines = [path.read_bytes().replace(b"\0", b" ").decode() for path in Path("/proc").glob("[0-9]*/cmdline")]
    return [line for line in lines if f"{home}/.local" in line]


def found(url: str, keys: dict[str, str]) -> list[str]:
    asked = {"text": "when to book a flight", "tags": "policy", "top_k": 1}
    answer = json.loads(fetch(f"{url}/api/v1/knowledge/query", key=keys["ANALYZER"], body=asked))
    return [each["id"] for each in answer["documents"]]


def fetch(url: str, *, key: str = "", body: object = None) -> str:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(url, data=json.dumps(body).encode() if body else None, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
