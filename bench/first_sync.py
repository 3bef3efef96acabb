"""How long a newcomer waits: from `git clone` to the first successful scheduled sync on the dashboard.

    python -m bench.first_sync [REPOSITORY]

Clones into a temporary directory with an empty home, runs `make up` there, signs in, and reads the overview page until
the demo provider's first scheduled sync stands there as succeeded. Port 8000 has to be free.
"""

import argparse
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

URL = "http://127.0.0.1:8000"
PASSWORD = "first look"
LONGEST_S = 300


def wait_for(look: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + LONGEST_S
    while not look():
        if time.monotonic() > ends_at:
            raise SystemExit(f"not within {LONGEST_S} s")
        time.sleep(0.2)


def answers() -> bool:
    try:
        return httpx.get(f"{URL}/health", timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def signed_in() -> httpx.Client:
    browser = httpx.Client(base_url=URL, follow_redirects=True, trust_env=False)
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get("/login/").text)
    token = found.group(1) if found else ""
    form = {"username": "admin", "password": PASSWORD, "csrfmiddlewaretoken": token}
    browser.post("/login/", data=form, headers={"Referer": f"{URL}/login/"}).raise_for_status()
    return browser


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repository", nargs="?", default=".")
    repository = Path(parser.parse_args().repository).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        home, checkout = Path(scratch) / "home", Path(scratch) / "larder"
        home.mkdir()
        environment = {**os.environ, "HOME": str(home), "LARDER_ADMIN_PASSWORD": PASSWORD}
        began = time.monotonic()
        subprocess.run(["git", "clone", "--quiet", str(repository), str(checkout)], check=True)
        process = subprocess.Popen(["make", "up"], cwd=checkout, env=environment, start_new_session=True)
        try:
            wait_for(answers)
            print(f"web answers after      {time.monotonic() - began:6.1f} s")
            browser = signed_in()
            wait_for(lambda: "Succeeded" in browser.get("/").text)
            print(f"first sync visible after {time.monotonic() - began:4.1f} s")
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=60)


if __name__ == "__main__":
    main()
